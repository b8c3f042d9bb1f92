"""The declarations of the field types: what each may be told, and what an expression sees of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "field_types"


@dataclass(frozen=True, slots=True)
class Declaration:
    """One field type as its file declares it. `settings` are JSON Schema properties."""

    name: str
    label: str
    value: str
    operators: frozenset[str]  # how its values may be compared
    settings: Mapping[str, Any]
    required: tuple[str, ...]
    defaults: Mapping[str, Any]
    relation: str  # "", one, many or any
    to: str  # the entity that the type always links to
    facts: Mapping[str, str]  # parts of a value that a path may name, with their value types
    examples: tuple[Mapping[str, Any], ...]


@cache
def _all() -> Mapping[str, Declaration]:
    return {path.stem: _read(path) for path in sorted(FOLDER.glob("*.yaml"))}


def _read(path: Path) -> Declaration:
    data = yaml.load(path.read_text(), Loader=yaml.CSafeLoader)
    settings = data.get("settings") or {}
    return Declaration(
        name=data["field_type"],
        label=data["label"],
        value=data["value"],
        operators=frozenset(data["operators"]),
        settings=MappingProxyType(settings),
        required=tuple(data.get("needs", ())),
        defaults=MappingProxyType(
            {key: schema["default"] for key, schema in settings.items() if "default" in schema}
        ),
        relation=data.get("relation", ""),
        to=data.get("to", ""),
        facts=MappingProxyType(data.get("facts") or {}),
        examples=tuple(data.get("examples") or ()),
    )


def names() -> tuple[str, ...]:
    """Every field type there is."""
    return tuple(_all())


def declared(name: str) -> Declaration:
    """A field type's declaration. KeyError when there is none."""
    return _all()[name]
