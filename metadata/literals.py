"""Do values that stand in documents suit their fields? Defaults, samples, what a tick sets."""

from collections.abc import Callable, Mapping
from typing import Any

from metadata.catalog import Field
from metadata.diagnostics import way_on
from metadata.value_types import known_values, misread, value_of


def misfit(field: Field, value: Any) -> str:
    """Why a value can't be one of the field's; nothing as far as it may be."""
    if value is None:
        return ""
    kind = value_of(field)
    return _ASKED.get(kind, _any)(field, value)


def _choice(field: Field, value: Any) -> str:
    known = {_alike(name): name for name in _names(field)}
    if not known or (isinstance(value, str) and _alike(value) in known):
        return ""
    hint = way_on(str(value), known_values(field), "values")
    return f'"{field.key}" can\'t be "{value}". {hint}'


def _choices(field: Field, value: Any) -> str:
    values = value if isinstance(value, list) else []
    return next(filter(None, (_choice(field, each) for each in values)), "")


def _number(field: Field, value: Any) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number or any(character.isdigit() for character in _texts(value)):
        return ""
    return f'"{value}" is no {value_of(field)}.'


def _boolean(field: Field, value: Any) -> str:
    return "" if isinstance(value, bool) else f'"{value}" is no boolean. Write true or false.'


def _moment(field: Field, value: Any) -> str:
    kind = value_of(field)
    return misread(str(value), kind)


def _any(field: Field, value: Any) -> str:
    return ""


_ASKED: Mapping[str, Callable[[Field, Any], str]] = {
    "choice": _choice,
    "stage": _choice,
    "choices": _choices,
    "number": _number,
    "money": _number,
    "duration": _number,
    "boolean": _boolean,
    "date": _moment,
    "datetime": _moment,
}


def _texts(value: Any) -> str:
    return "".join(map(str, value.values())) if isinstance(value, dict) else str(value)


def _names(field: Field) -> list[str]:
    """Every name that one of the field's values goes by."""
    choices = field.settings.get("choices") or ()
    stages = (stage for road in field.settings.get("pipelines") or () for stage in road.stages.values())
    return [name for each in (*choices, *stages) for name in (each.key, each.label, *each.aliases)]


def _alike(text: str) -> str:
    return " ".join(text.replace("_", " ").casefold().split())
