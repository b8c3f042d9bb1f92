"""Typed values on their way in: every name and value checked, every fault found at once."""

from collections.abc import Mapping
from typing import Any

from engine.access import gate
from engine.context import Context
from engine.errors import Denied, ValueRefused
from engine.ids import is_id
from engine.records.writes import Pending
from metadata.catalog import Entity, Field
from metadata.diagnostics import suggest

BOOKKEEPING = "is kept by the system and can't be set"


def read_payload(ctx: Context, entity: Entity, pending: Pending) -> None:
    """Parse the named values into `values` and `links`, noting each fault beside its field."""
    rights = gate.rights(ctx, entity.key)
    for key, typed in pending.named.items():
        field = entity.fields.get(key)
        if field is None:
            _find_unknown(ctx, entity, pending, key)
        elif key in pending.facts:
            _read_value(ctx, field, pending, typed)
        elif not gate.is_readable(ctx, entity, key):
            pending.refusal = _closed(field, entity, "use")
        elif field.system or field.read_only or _behaviour(ctx, field).generated:
            pending.find_fault(key, "field.read-only", f'"{field.label}" {BOOKKEEPING}.')
        elif not rights.can_write(key):
            pending.refusal = _closed(field, entity, "change")
        else:
            _read_value(ctx, field, pending, typed)


def read_id(pending: Pending, given: Any) -> None:
    """Check an id of the caller's own."""
    if given is not None and not (isinstance(given, str) and is_id(given)):
        pending.find_fault("id", "id.not-a-uuid", "An id is a UUID in lower-case hex with hyphens.")


def _read_value(ctx: Context, field: Field, pending: Pending, typed: Any) -> None:
    behaviour = _behaviour(ctx, field)
    try:
        value = behaviour.parse(typed, ctx.actor.reader)
    except ValueRefused as refusal:
        pending.find_fault(field.key, refusal.code, refusal.message)
        return
    if behaviour.relation != "many":
        pending.values[field.key] = value
    else:
        pending.links[field.key] = list(dict.fromkeys(value or ()))


def _find_unknown(ctx: Context, entity: Entity, pending: Pending, key: str) -> None:
    known = [field.key for field in entity.declared if gate.is_readable(ctx, entity, field.key)]
    nearest = suggest(key, known)
    hint = f' Did you mean "{nearest}"?' if nearest else ""
    message = f'There is no field "{key}" of {entity.key}.{hint}'
    pending.find_fault(key.replace("~", "~0").replace("/", "~1"), "field.unknown", message)


def _closed(field: Field, entity: Entity, verb: str) -> Denied:
    return Denied(
        "access.field",
        f'You may not {verb} the field "{field.key}" of {entity.plural.lower()}.',
        facts={"field": field.key},
    )


def _behaviour(ctx: Context, field: Field) -> Any:
    return ctx.machine.behaviour(field.entity, field.key)


def named_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """A payload's values, its keys made sure to be text."""
    return {str(key): value for key, value in values.items()}
