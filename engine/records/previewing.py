"""Trying an expression out on values that are typed beside it, as those of a record and of what it links to."""

from collections.abc import Mapping
from typing import Any

from engine.access import gate
from engine.access.known import KnownEntities
from engine.context import Context
from engine.errors import Invalid, Problem, ValueRefused
from engine.expressions.facts import facts_of
from engine.expressions.preview import Preview, preview
from engine.records.operands import operands_of
from metadata.catalog import Entity
from metadata.diagnostics import way_on


def preview_expression(ctx: Context, entity: str, source: str, typed: Mapping[str, Any]) -> Preview:
    """What an expression over an entity comes to; the values are called as in it, `size` or `mother.size`.

    Invalid names each value that can't be read.
    """
    known = KnownEntities(ctx, "metadata")
    declared = gate.find_entity(ctx, entity)
    own: dict[str, Any] = {}
    beyond: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, given in typed.items():
        try:
            at, key = _end(known, declared, name)
            behaviour = ctx.machine.behaviour(at.key, key)
            value = behaviour.parse(given, ctx.actor.reader)
        except (ValueRefused, KeyError) as refusal:
            problems.append(_problem(known[entity], name, refusal))
            continue
        if "." not in name:
            own[key] = value
        elif value is not None:
            beyond[name] = behaviour.operand(value)
    if problems:
        raise Invalid("preview.values", problems[0].message, problems=problems)
    return preview(source, entity, known, operands_of(ctx, declared, own) | beyond, facts_of(ctx))


def _end(known: Mapping[str, Entity], entity: Entity, name: str) -> tuple[Entity, str]:
    """The entity and the field at the end of a path. KeyError where it leads nowhere."""
    *steps, key = name.split(".")
    at = entity
    for step in steps:
        relation = known[at.key].relations[step]
        if relation.many or len(relation.to) != 1:
            raise KeyError(step)
        at = known[relation.to[0]]
    return at, known[at.key].fields[key].key


def _problem(entity: Entity, name: str, refusal: Exception) -> Problem:
    if isinstance(refusal, ValueRefused):
        return Problem(f"/values/{name}", refusal.code, refusal.message)
    message = f'There is no field "{name}" of {entity.key}. {way_on(name, entity.fields, "fields")}'
    return Problem(f"/values/{name}", "field.unknown", message)
