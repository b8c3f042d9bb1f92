"""Edits: what somebody touched in a form, told from what they left as it was drawn.

Only what was touched is saved. So two people who change different fields of a record at the
same time don't undo each other's work, and a moment that a form shows to the minute keeps its
seconds.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from engine.context import Context
from engine.errors import ValueRefused
from metadata.catalog import Entity
from ui_builder.rendering.forms import Form


def write_drawn(values: Mapping[str, Any], form: Form) -> str:
    """The values that the inputs of a form were drawn with, for the form to send along."""
    names = {each.name for group in form.groups for each in group.inputs}
    return orjson.dumps({key: value for key, value in values.items() if key in names}).decode()


def read_drawn(sent: str) -> dict[str, Any]:
    """The values that a form was drawn with; none for what is no form of ours."""
    try:
        drawn = orjson.loads(sent)
    except orjson.JSONDecodeError:
        return {}
    return drawn if isinstance(drawn, dict) else {}


def touched(
    ctx: Context, entity: Entity, typed: Mapping[str, Any], drawn: Mapping[str, Any]
) -> dict[str, Any]:
    """Those of the typed values that are others than the form was drawn with."""
    return {
        key: value for key, value in typed.items() if not _is_same(ctx, entity, key, value, drawn.get(key))
    }


def clashing(
    ctx: Context,
    entity: Entity,
    changed: Mapping[str, Any],
    drawn: Mapping[str, Any],
    current: Mapping[str, Any],
) -> list[str]:
    """The fields changed here that somebody else has made something else of meanwhile."""
    return [
        key
        for key, value in changed.items()
        if not _is_same(ctx, entity, key, drawn.get(key), current.get(key))
        and not _is_same(ctx, entity, key, value, current.get(key))
    ]


def _is_same(ctx: Context, entity: Entity, key: str, one: Any, other: Any) -> bool:
    """Whether two values as inputs hold them mean the same."""
    behaviour = ctx.machine.behaviour(entity.key, key)
    try:
        read: list[Any] = [behaviour.parse(each, ctx.actor.reader) for each in (one, other)]
    except ValueRefused:
        return bool(one == other)
    return bool(read[0] == read[1])
