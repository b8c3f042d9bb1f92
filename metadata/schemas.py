"""What documents may look like: a JSON Schema per kind, and faults told in plain words."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from metadata import declarations
from metadata.diagnostics import Diagnostics, suggest, way_on
from metadata.source import Document

FOLDER = Path(__file__).parent / "schema"
NOT_YET = {
    "branch": 'The scope "branch" is not available yet.',
}


@cache
def schemas() -> Mapping[str, Any]:
    """Every schema by the kind it is of, and `common`."""
    return {path.stem: yaml.safe_load(path.read_text()) for path in sorted(FOLDER.glob("*.yaml"))}


def kinds() -> tuple[str, ...]:
    """The kinds of document there are."""
    return tuple(kind for kind in schemas() if kind != "common")


@cache
def _registry() -> Registry[Any]:
    resources = {
        kind: Resource.from_contents(schema, default_specification=DRAFT202012)
        for kind, schema in schemas().items()
    }
    return Registry().with_resources(resources.items())  # nothing is ever fetched


@cache
def _validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator(schemas()[kind], registry=_registry())


@cache
def _field_validator(field_type: str) -> Draft202012Validator:
    """The common properties of a field, and the settings that its type declares beside them."""
    common = schemas()["entity"]["$defs"]["field"]
    settings = declarations.declared(field_type).settings
    schema = {
        **common,
        "properties": {**settings, **common["properties"]},
        "required": [*common["required"], *declarations.declared(field_type).required],
        "additionalProperties": False,
    }
    return Draft202012Validator(schema, registry=_registry())


def check_shape(document: Document, found: Diagnostics) -> None:
    """Note all that is wrong with a document's shape. Fields are checked by `check_field`."""
    for error in _validator(document.kind).iter_errors(document.data):
        _tell(document, (), error, found)


_sound_fields: set[bytes] = set()


def check_field(
    document: Document, path: tuple[str, ...], field: Mapping[str, Any], found: Diagnostics
) -> bool:
    """Note all that is wrong with one field's declaration; answer whether it is sound.

    A shape that was sound once is sound again: twenty thousand fields have few shapes.
    """
    told = {key: value for key, value in field.items() if key not in {"label", "help"}}
    shape = orjson.dumps(told, default=str)
    plain = all(isinstance(field.get(k, ""), str) and field.get(k, "x") for k in ("label", "help"))
    if plain and shape in _sound_fields:
        return True
    name = field.get("type")
    if isinstance(name, str) and name not in declarations.names():
        place = document.place(*path, "type")
        message = f'Field "{path[-1]}" of "{document.key}" has the type "{name}".'
        found.error(place, "field.unknown-type", message, way_on(name, declarations.names()))
        return False
    if not isinstance(name, str):
        place = document.place(*path)
        message = f'Field "{path[-1]}" of "{document.key}" has no type.'
        found.error(place, "field.no-type", message, 'Give it one, such as "type: text".')
        return False
    errors = list(_field_validator(name).iter_errors(dict(field)))
    for error in errors:
        _tell(document, path, error, found)
    if not errors and plain:
        _sound_fields.add(shape)
    return not errors


def _tell(
    document: Document, above: tuple[str | int, ...], error: ValidationError, found: Diagnostics
) -> None:
    path = (*above, *error.absolute_path)
    for at_key, step, code, message, hint in _faults(error):
        where = (*path, step) if step is not None else path
        found.error(document.place(*where, at_key=at_key), f"{document.kind}.{code}", message, hint)


def _faults(error: ValidationError) -> Iterator[tuple[bool, str | None, str, str, str]]:
    """What a fault of a schema means to the author: whether it is about a key, which, and words."""
    at = ".".join(str(step) for step in error.absolute_path) or "the document"
    value = error.instance
    shown = _short(value)
    match error.validator:
        case "additionalProperties":
            known = list(error.schema.get("properties", {}))
            for key in sorted(value.keys() - set(known)):
                message = f'"{key}" is not known in {at}.'
                yield True, key, "unknown-key", message, way_on(key, known, "keys")
        case "required":
            missing = next(k for k in error.validator_value if k not in value)
            yield False, None, "missing-key", f'"{missing}" is missing in {at}.', ""
        case "enum":
            allowed = [str(v).lower() if isinstance(v, bool) else str(v) for v in error.validator_value]
            message = NOT_YET.get(str(value)) or f"{at} is {shown}, which is none of its choices."
            nearest = suggest(str(value), allowed)
            hint = f'Did you mean "{nearest}"? ' if nearest else ""
            yield False, None, "unknown-choice", message, f"{hint}Choices: {', '.join(allowed)}."
        case "type":
            wanted = error.validator_value
            wanted = wanted if isinstance(wanted, list) else [wanted]
            words = " or ".join(_KINDS.get(each, each) for each in wanted)
            hint = 'Write true or false.' if "boolean" in wanted else ""
            yield False, None, "wrong-type", f"{at} is {shown}; it must be {words}.", hint
        case "pattern":
            hint = "A key has lower-case letters, digits and underscores, and starts with a letter."
            yield False, None, "malformed", f"{at} is {shown}, which is not well-formed.", hint
        case "anyOf":
            best = min(error.context or [error], key=lambda e: (e.validator == "type", -len(e.path)))
            if best is error or best.validator == "type":
                yield False, None, "wrong-type", f"{at} is {shown}, which does not fit here.", ""
            else:
                yield from _faults(best)
        case "propertyNames":
            yield False, None, "malformed-key", error.message[:200] + ".", ""
        case _:
            yield False, None, "invalid", f"{at}: {error.message[:200]}.", ""


_KINDS = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "null": "empty",
}


def _short(value: Any) -> str:
    match value:
        case dict():
            return "a mapping"
        case list():
            return "a list"
        case bool():
            return str(value).lower()
        case None:
            return "empty"
        case str():
            return f'"{value[:60]}"'
        case _:
            return str(value)[:60]
