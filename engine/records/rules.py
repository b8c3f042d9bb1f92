"""Rules: what a record must meet, have filled or leave alone, whoever writes it.

What the record itself can answer is checked before it is written. A rule that needs other records,
or what formulas make of them, is checked right after, in the same savepoint, and undoes the write.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.context import Context
from engine.expressions.closure import Given, compile_condition
from engine.expressions.facts import Facts, facts_of
from engine.records.operands import operands_of
from engine.records.remotes import far_parts, is_of_old, stored_values
from engine.records.writes import Pending
from metadata.catalog import Entity, Field, Rule
from metadata.syntax import Expression, Node

Condition = Callable[[Given], bool]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A rule with its conditions ready, and the parts of them that need other records: of `when`,
    and of both.
    """

    rule: Rule
    when: Condition
    check: Condition
    far_when: frozenset[Node]
    far: frozenset[Node]

    @property
    def demands(self) -> bool:
        """Whether it asks something of the record as it is to be."""
        return self.rule.check is not None or bool(self.rule.require)


def prepared_rules(ctx: Context, entity: Entity) -> tuple[Prepared, ...]:
    """The rules of an entity, made ready once for each revision."""
    key = ("rules", entity.key)
    known: tuple[Prepared, ...] | None = ctx.machine.cache.get(key)
    if known is None:
        known = ctx.machine.cache[key] = tuple(_prepare(ctx, entity, rule) for rule in entity.rules)
    return known


def _prepare(ctx: Context, entity: Entity, rule: Rule) -> Prepared:
    far_when = far_parts(ctx.machine, entity, rule.when)
    far = far_when | far_parts(ctx.machine, entity, rule.check)
    return Prepared(rule, _condition(rule.when, far), _condition(rule.check, far), far_when, far)


def _condition(expression: Expression | None, far: frozenset[Node]) -> Condition:
    return compile_condition(expression, far) if expression is not None else lambda _given: True


def looks_far(ctx: Context, entity: Entity) -> bool:
    """Whether some rule can be checked only when a record is written."""
    return any(each.far and each.demands for each in prepared_rules(ctx, entity))


def look_before(ctx: Context, entity: Entity, batch: Sequence[Pending]) -> None:
    """Find what rules need of other records as it is before a batch is written."""
    parts: set[Node] = set()
    for each in prepared_rules(ctx, entity):
        parts |= each.far_when if each.rule.lock else {part for part in each.far if is_of_old(part)}
    if parts:
        found = stored_values(ctx, entity, parts, [p.id for p in batch if not p.is_new])
        for pending in batch:
            pending.found |= found.get(pending.id, {})


def check_rules(ctx: Context, entity: Entity, pending: Pending) -> None:
    """Note a fault for each rule that the record alone shows to be broken.

    Locks are decided by the values as they were saved, all else by those it is to have.
    """
    if not entity.rules:
        return
    now = _given(ctx, entity, pending)
    for each in prepared_rules(ctx, entity):
        if each.rule.lock and now.old is not None:
            before = Given(now.old, now.facts, now.old, pending.found)
            _check_lock(entity, each, pending, before)
        if each.demands and not each.far:
            _check(entity, each, pending, now)


def check_far_rules(ctx: Context, entity: Entity, batch: Sequence[Pending]) -> None:
    """Note a fault for each rule over other records that a batch, as it is now written, breaks."""
    rules = [each for each in prepared_rules(ctx, entity) if each.far and each.demands]
    parts = {part for each in rules for part in each.far if not is_of_old(part)}
    found = stored_values(ctx, entity, parts, [pending.id for pending in batch])
    for pending in batch if rules else ():
        now = _given(ctx, entity, pending)
        given = Given(now.values, now.facts, now.old, pending.found | dict(found.get(pending.id, {})))
        for each in rules:
            _check(entity, each, pending, given)


def _given(ctx: Context, entity: Entity, pending: Pending) -> Given:
    old = None if pending.before is None else operands_of(ctx, entity, pending.before)
    facts: Facts = facts_of(ctx)
    return Given(operands_of(ctx, entity, pending.values), facts, old)


def unmet(rule: Rule) -> str:
    """What is said where a record does not meet a rule."""
    return rule.message or f"The rule {rule.key.replace('_', ' ')} is not met."


def locked(rule: Rule, field: Field) -> str:
    """What is said where a rule locks a field."""
    return rule.message or f"{field.label} can't be changed any more."


def _check(entity: Entity, each: Prepared, pending: Pending, now: Given) -> None:
    rule = each.rule
    if not each.when(now):
        return
    if rule.check is not None and not each.check(now):
        field = rule.field or next(iter(pending.named), "")
        pending.find_fault(field, f"rule.{rule.key}", unmet(rule))
    told = {problem.pointer for problem in pending.problems}
    for key in rule.require:
        if f"/{key}" in told:
            continue  # what is wrong with it is said already
        if pending.values.get(key) is None and not pending.links.get(key):
            message = rule.message or f"{entity.fields[key].label} is needed."
            pending.find_fault(key, f"rule.{rule.key}", message)


def _check_lock(entity: Entity, each: Prepared, pending: Pending, before: Given) -> None:
    rule = each.rule
    if not each.when(before):
        return
    for key in rule.lock:
        stays = pending.before is not None and pending.before.get(key) == pending.values.get(key)
        if key in pending.named and not stays:
            pending.find_fault(key, f"rule.{rule.key}", locked(rule, entity.fields[key]))
