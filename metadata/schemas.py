"""What documents may look like: a JSON Schema per kind, and faults told in plain words."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from metadata import declarations
from metadata.diagnostics import suggest, way_on
from metadata.memory import Memory

FOLDER = Path(__file__).parent / "schema"
NOT_YET = {
    "branch": 'The scope "branch" is not available yet.',
}
ANCHORS = ("after", "before")
SHORT = 120  # characters that any text of a field may have
Steps = tuple[str | int, ...]


_sound: Memory[bytes, bool] = Memory()


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with a shape: at the value of `path`, or at its key when `at_key`.

    `cut` is what the rest of the document is read without.
    """

    path: Steps
    code: str
    message: str
    hint: str = ""
    at_key: bool = False
    cut: Steps = ()
    missing: str = ""  # the key that is not there
    lacks: tuple[str, ...] = ()  # the keys that are not there, beside one that is not known


@cache
def schemas() -> Mapping[str, Any]:
    """Every schema by the kind it is of, and `common`."""
    return {path.stem: yaml.safe_load(path.read_text()) for path in sorted(FOLDER.glob("*.yaml"))}


def kinds() -> tuple[str, ...]:
    """The kinds of document there are."""
    return tuple(kind for kind in schemas() if kind != "common")


def shape_faults(kind: str, data: Mapping[str, Any]) -> list[Fault]:
    """All that is wrong with a document's shape. Its fields are looked at by `field_faults`."""
    return _all_told(_validator(kind), data, ())


def field_faults(entity: str, key: str, said: Any) -> list[Fault]:
    """All that is wrong with what is said of one field, and with its key."""
    path: Steps = ("fields", key)
    if not re.search(KEY.replace("$", r"\Z"), key):
        message = f"{_short(key)} is not well-formed as a key."
        return [Fault(path, "malformed-key", message, _PATTERNS[KEY], True, path)]
    if not isinstance(said, Mapping):
        message = f"{_words(path)} is {_short(said)}; it must be a mapping."
        return [Fault(path, "wrong-type", message, cut=path)]
    shape = _shape(said)
    if shape is not None and _sound.get(shape):
        return []
    faults = _field_faults(entity, key, said)
    if shape is not None and not faults:
        _sound.keep(shape, True)
    return faults


def _shape(said: Mapping[str, Any]) -> bytes | None:
    """What is said of a field without its words: twenty thousand fields have few shapes."""
    words = [said[prop] for prop in ("label", "help") if prop in said]
    if not all(isinstance(each, str) and 0 < len(each) <= SHORT for each in words):
        return None
    return orjson.dumps({prop: value for prop, value in said.items() if prop not in {"label", "help"}})


def _field_faults(entity: str, key: str, said: Mapping[str, Any]) -> list[Fault]:
    path: Steps = ("fields", key)
    name = said.get("type")
    if not isinstance(name, str):
        message = f'Field "{key}" of "{entity}" has no type.'
        return [Fault(path, "no-type", message, 'Give it one, such as "type: text".', cut=path)]
    if name not in declarations.names():
        message = f'Field "{key}" of "{entity}" has the type "{name}".'
        hint = way_on(name, declarations.names())
        return [Fault((*path, "type"), "unknown-type", message, hint, cut=path)]
    return _all_told(_field_validator(name), said, path)


def _all_told(validator: Any, value: Any, above: Steps) -> list[Fault]:
    told = [fault for error in validator.iter_errors(value) for fault in _told(error, above)]
    misspelt = {(f.path[:-1], suggest(str(f.path[-1]), f.lacks)) for f in told if f.lacks}
    return list(dict.fromkeys(f for f in told if (f.path, f.missing) not in misspelt))


@cache
def _validator(kind: str) -> Any:
    schema = _resolved(schemas()[kind])
    if kind == "entity":
        schema["properties"]["fields"] = {"type": "object"}  # of each, `field_faults` tells
    return _Validator(schema)


@cache
def _field_validator(field_type: str) -> Any:
    """The common properties of a field, and the settings that its type declares beside them."""
    common = schemas()["entity"]["$defs"]["field"]
    declared = declarations.declared(field_type)
    schema = {
        **common,
        "properties": {**declared.settings, **common["properties"]},
        "required": [*common["required"], *declared.required],
        "additionalProperties": False,
    }
    return _Validator(_resolved(schema))


def _resolved(schema: Any) -> Any:
    """A schema with what it refers to in place of the references: five times as fast to check."""
    if isinstance(schema, list):
        return [_resolved(each) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    if "$ref" in schema:
        kind, _, name = schema["$ref"].partition("#/$defs/")
        return _resolved(schemas()[kind]["$defs"][name])
    return {key: _resolved(each) for key, each in schema.items() if key not in {"$defs", "$id"}}


def _pattern(_of: Any, pattern: str, value: Any, _schema: Any) -> Iterator[ValidationError]:
    """A pattern's `$` is the end of the text, not the end of its last line as in Python."""
    if isinstance(value, str) and not re.search(pattern.replace("$", r"\Z"), value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


_Validator: Any = extend(Draft202012Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]  # no types are given for it


def _told(error: ValidationError, above: Steps) -> Iterator[Fault]:
    """What a fault of a schema means to the author."""
    path: Steps = (*above, *error.absolute_path)
    at = _words(path)
    value: Any = error.instance
    said: Any = error.validator_value
    match error.validator:
        case "additionalProperties":
            yield from _unknown_keys(error, path, at)
        case "required":
            for key in said:
                if key not in value:
                    message = f'"{key}" is missing in {at}.'
                    yield Fault(path, "missing-key", message, cut=_cut(path), missing=key)
        case "enum":
            yield _unknown_choice(error, path, at)
        case "type":
            words = _kinds(said if isinstance(said, list) else [said])
            hint = "Write true or false." if said == "boolean" else ""
            message = f"{at} is {_short(value)}; it must be {words}."
            yield Fault(path, "wrong-type", message, hint, cut=_cut(path))
        case "pattern":
            yield _malformed(error, path, at)
        case "anyOf":
            yield from _nearest_of(error, above, path, at)
        case limit:
            words = _LIMITS.get(str(limit), "which is not allowed").format(said)
            yield Fault(path, "invalid", f"{at} is {_short(value)}, {words}.", cut=_cut(path))


def _unknown_keys(error: ValidationError, path: Steps, at: str) -> Iterator[Fault]:
    schema: Any = error.schema
    value: Any = error.instance
    known = list(schema.get("properties", {}))
    lacks = tuple(key for key in schema.get("required", ()) if key not in value)
    for key in sorted(value.keys() - set(known)):
        hint = "An anchor stands in overlays only." if key in ANCHORS else way_on(key, known, "keys")
        where = (*path, key)
        message = f'"{key}" is not known in {at}.'
        yield Fault(where, "unknown-key", message, hint, True, where, lacks=lacks)


def _unknown_choice(error: ValidationError, path: Steps, at: str) -> Fault:
    value: Any = error.instance
    allowed: Any = error.validator_value
    names = [str(each).lower() if isinstance(each, bool) else str(each) for each in allowed]
    message = NOT_YET.get(str(value)) or f"{at} is {_short(value)}, which is none of its choices."
    nearest = suggest(str(value), names)
    hint = f'Did you mean "{nearest}"? ' if nearest else ""
    return Fault(path, "unknown-choice", message, f"{hint}Choices: {', '.join(names)}.", cut=_cut(path))


def _malformed(error: ValidationError, path: Steps, at: str) -> Fault:
    hint = _PATTERNS.get(error.validator_value, "")
    if "propertyNames" in error.absolute_schema_path:
        where = (*path, str(error.instance))
        message = f"{_short(error.instance)} is not well-formed as a key."
        return Fault(where, "malformed-key", message, hint, True, where)
    message = f"{at} is {_short(error.instance)}, which is not well-formed."
    return Fault(path, "malformed", message, hint, cut=_cut(path))


def _nearest_of(error: ValidationError, above: Steps, path: Steps, at: str) -> Iterator[Fault]:
    """Of several shapes none fitted: tell what is wrong with the one that was meant."""
    shapes: dict[Any, list[ValidationError]] = {}
    for each in error.context or ():
        shapes.setdefault(each.relative_schema_path[0], []).append(each)
    meant = [each for each in shapes.values() if not any(map(_is_other_kind, each))]
    if meant:
        for each in max(meant, key=lambda errors: max(len(e.relative_path) for e in errors)):
            yield from _told(each, above)
        return
    kinds: list[Any] = [e.validator_value for each in shapes.values() for e in each if e.validator == "type"]
    message = f"{at} is {_short(error.instance)}; it must be {_kinds(kinds)}."
    yield Fault(path, "wrong-type", message, cut=_cut(path))


def _is_other_kind(error: ValidationError) -> bool:
    """Whether a value is of another kind than a shape asks for: text where a list must stand."""
    is_whole = not error.relative_path
    is_text = isinstance(error.instance, str)
    return is_whole and (error.validator == "type" or (error.validator == "enum" and not is_text))


def _cut(path: Steps) -> Steps:
    """What to leave out: the value itself, or all of the list that it is an entry of."""
    while path and isinstance(path[-1], int):
        path = path[:-1]
    return path


def _words(path: Steps) -> str:
    """Where something is, as people count."""
    steps = (str(step + 1) if isinstance(step, int) else step for step in path)
    return ".".join(steps) or "the document"


def _kinds(names: Sequence[str]) -> str:
    return " or ".join(dict.fromkeys(_KINDS.get(name, name) for name in names)) or "something else"


KEY: str = schemas()["common"]["$defs"]["key"]["pattern"]
_PATTERNS = {
    KEY: "A key has lower-case letters, digits and "
    "underscores, and starts with a letter.",
    schemas()["common"]["$defs"]["path"]["pattern"]: "Name a field, or a path such as company.name.",
    schemas()["common"]["$defs"]["icon"]["pattern"]: "An icon has lower-case letters, digits and "
    "hyphens.",
}
_LIMITS = {
    "minimum": "which is less than {}",
    "maximum": "which is more than {}",
    "minLength": "which is too short",
    "maxLength": "which has more than {} characters",
    "minItems": "which has fewer than {} entries",
    "maxItems": "which has more than {} entries",
    "uniqueItems": "which has an entry twice",
    "minProperties": "which has fewer than {} entries",
    "maxProperties": "which has more than {} entries",
}
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
