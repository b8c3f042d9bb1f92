"""Typed values on their way in: every name and value checked, every fault found at once."""

from collections.abc import Mapping
from typing import Any

from engine.access import gate
from engine.access.rights import Rights
from engine.context import Context
from engine.errors import Denied, ValueRefused
from engine.ids import is_id
from engine.records.writes import Pending
from metadata.catalog import Entity, Field
from metadata.diagnostics import suggest

# Clients send records back as they got them; these facts may come along, and are left alone.
BOOKKEEPING = "is kept by the system and can't be set"


def read_payload(ctx: Context, entity: Entity, pending: Pending) -> None:
    """Parse the named values into `values` and `links`, noting each fault beside its field."""
    rights = gate.rights(ctx, entity.key)
    for key, typed in pending.named.items():
        field = entity.fields.get(key)
        if field is None:
            _find_unknown(entity, pending, key)
        elif field.system or field.read_only or _behaviour(ctx, field).generated:
            pending.find_fault(key, "field.read-only", f'"{field.label}" {BOOKKEEPING}.')
        elif not rights.can_write(key):
            pending.refusal = _closed(field, entity, rights)
        else:
            _read_value(ctx, field, pending, typed)


def read_id(pending: Pending, given: str | None) -> None:
    """Check an id of the caller's own."""
    if given is not None and not is_id(given):
        pending.find_fault("id", "id.not-a-uuid", "An id is a UUID in lower-case hex with hyphens.")


def _read_value(ctx: Context, field: Field, pending: Pending, typed: Any) -> None:
    behaviour = _behaviour(ctx, field)
    try:
        value = behaviour.parse(typed, ctx.actor.reader)
    except ValueRefused as refusal:
        pending.find_fault(field.key, refusal.code, refusal.message)
        return
    if behaviour.columns():
        pending.values[field.key] = value
    else:
        pending.links[field.key] = list(dict.fromkeys(value or ()))


def _find_unknown(entity: Entity, pending: Pending, key: str) -> None:
    nearest = suggest(key, [field.key for field in entity.declared])
    hint = f' Did you mean "{nearest}"?' if nearest else ""
    message = f'There is no field "{key}" of {entity.key}.{hint}'
    pending.find_fault(key.replace("~", "~0").replace("/", "~1"), "field.unknown", message)


def _closed(field: Field, entity: Entity, rights: Rights) -> Denied:
    verb = "change" if rights.can_read(field.key) else "use"
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
