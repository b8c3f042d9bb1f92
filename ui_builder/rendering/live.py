"""What a form's conditions come to: which fields it asks for, needs or locks, and what it offers.

They are decided when the form is drawn, and again while somebody types, by a script or by the
server. Without script all stays visible that a condition may still ask for. Conditions go by their
places: the keys of rules may tell of fields that are closed to whoever has the form.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.context import Context
from engine.expressions.javascript import names_in
from engine.records.defaults import depends
from engine.records.holding import which_hold
from engine.records.rules import locked, unmet
from engine.records.stages import stage_of
from engine.records.trying import is_tried, try_record
from engine.records.writes import Pending
from metadata.catalog import Entity, Field, Rule, Stage
from metadata.expression_types import STATES
from metadata.screens import Section
from metadata.syntax import Call, Expression, Literal

ALWAYS = ""  # the name of a condition that nobody has written


@dataclass(frozen=True, slots=True)
class Ground:
    """The form that conditions are of: its entity, its sections, and the fields that can be typed
    into it. `formulas` are the fields in it whose values follow.
    """

    entity: Entity
    kind: str
    sections: Sequence[Section]
    inputs: frozenset[str]
    formulas: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """What a rule wants of a field's value: it must hold whenever `when` does."""

    when: str
    check: str
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Live:
    """A form's conditions by name, and which of them hold; `settled` are those that nothing typed
    into the form can change. `locked` says why a field can't be changed, `barred` are the stages
    that can't be reached from where the record is.
    """

    ground: Ground
    pending: Pending
    conditions: Mapping[str, Expression]
    holding: Mapping[str, bool]
    settled: frozenset[str]
    locked: Mapping[str, str]
    barred: frozenset[str]

    def holds(self, names: Sequence[str]) -> bool:
        """Whether one of some conditions holds."""
        return any(name == ALWAYS or self.holding[name] for name in names)

    def is_ruled_out(self, names: Sequence[str]) -> bool:
        """Whether none of some conditions holds, or can come to hold while the form is open."""
        return bool(names) and not self.holds(names) and self.settled.issuperset(names)

    def showing(self, key: str) -> list[str]:
        """The conditions of which one must hold for a field to be asked for; none: it always is."""
        return [_when(at, rule) for at, rule in enumerate(self.ground.entity.rules) if key in rule.show]

    def requiring(self, key: str) -> list[str]:
        """The conditions that each make a field needed: those of rules, and of stages that ask for it."""
        rules = enumerate(self.ground.entity.rules)
        stages = [name for name, stage, _ in _stages(self.ground) if key in stage.requires]
        return [*(_when(at, rule) for at, rule in rules if key in rule.require), *stages]

    def offering(self, field: Field) -> dict[str, str]:
        """The conditions of a field's choices that have one."""
        return dict(_offers(field))

    def checks(self) -> list[Check]:
        """What rules want of the values, each beside the field it is about."""
        return [
            Check(_when(at, rule), f"check_{at}", rule.field, unmet(rule))
            for at, rule in enumerate(self.ground.entity.rules)
            if rule.check is not None and rule.field in self.ground.inputs
        ]


def conditions_of(ground: Ground) -> dict[str, Expression]:
    """All conditions that say something of a form's inputs, by names that a script may have."""
    return dict(_conditions(ground))


def _conditions(ground: Ground) -> Iterator[tuple[str, Expression]]:
    drawn = ground.inputs.union(ground.formulas)
    for at, rule in enumerate(ground.entity.rules):
        asks = rule.check is not None and rule.field in ground.inputs
        if rule.when is not None and (asks or drawn.intersection((*rule.show, *rule.require))):
            yield _when(at, rule), rule.when
        if rule.check is not None and asks:
            yield f"check_{at}", rule.check
    for name, stage, key in _stages(ground):
        if drawn.intersection(stage.requires):
            source = f"changed_to('{key}', '{stage.key}')"
            yield name, Expression(source, Call("changed_to", (Literal(key), Literal(stage.key))))
    for field in (ground.entity.fields[key] for key in sorted(ground.inputs)):
        for choice, name in _offers(field):
            yield name, field.settings["choices_when"][choice]
    for at, section in enumerate(ground.sections):
        if section.when is not None and drawn.intersection(section.fields):
            yield f"section_{at}", section.when


def _stages(ground: Ground) -> Iterator[tuple[str, Stage, str]]:
    """The stages that can be chosen in a form and ask for something, each with a name for entering
    it and the field that holds it.
    """
    keys = [key for key in sorted(ground.inputs) if ground.entity.fields[key].settings.get("pipelines") is not None]
    roads = [stage for road in ground.entity.pipelines.values() for stage in road.stages.values()]
    for key in keys:
        for at, stage in enumerate(roads):
            if stage.requires:
                yield f"enters_{at}_{key}", stage, key


def _offers(field: Field) -> Iterator[tuple[str, str]]:
    whens = field.settings.get("choices_when") or {}
    for at, choice in enumerate(field.settings.get("choices") or () if whens else ()):
        if choice.key in whens:
            yield choice.key, f"choice_{at}_{field.key}"


def _when(at: int, rule: Rule) -> str:
    return ALWAYS if rule.when is None else f"when_{at}"


def judge(ctx: Context, ground: Ground, typed: Mapping[str, Any], record_id: str | None = None) -> Live:
    """What the conditions of a form come to for what is typed into its inputs by now."""
    entity, conditions = ground.entity, conditions_of(ground)
    pending = try_record(ctx, entity, {k: v for k, v in typed.items() if k in ground.inputs}, record_id)
    settled = {name for name, each in conditions.items() if not asked_in(ground, each)}
    holding = which_hold(ctx, entity, conditions, pending) if conditions else {}
    return Live(
        ground, pending, conditions, holding, frozenset(settled), _locked(ctx, ground, pending), _barred(ctx, ground, pending)
    )


def asked_in(ground: Ground, expression: Expression) -> set[str]:
    """The inputs of a form that what an expression comes to depends on, by whatever way."""
    found: set[str] = set()
    waiting = [expression]
    entity = ground.entity
    while waiting:
        names = {name.partition(".")[0] for name in names_in(waiting.pop())}
        if names & STATES:
            names |= {field.key for field in entity.declared if field.settings.get("pipelines") is not None}
        for key in names - found:
            found.add(key)
            field = entity.fields.get(key)
            if field is not None and field.formula is not None:
                waiting.append(field.formula)
            elif field is not None and ground.kind == "new" and depends(field):
                waiting.append(field.default)
    return found & ground.inputs


def tried_formulas(ctx: Context, entity: Entity, sections: Sequence[Section]) -> tuple[str, ...]:
    """The formulas in some sections whose coming values the actor may see."""
    keys = (key for section in sections for key in section.fields)
    return tuple(dict.fromkeys(key for key in keys if is_tried(ctx, entity, key)))


def _barred(ctx: Context, ground: Ground, pending: Pending) -> frozenset[str]:
    stages = {key for road in ground.entity.pipelines.values() for key in road.stages}
    for field in ground.entity.declared if pending.before is not None else ():
        if ctx.machine.behaviour(field.entity, field.key).value_type == "stage":
            current = stage_of(ctx, ground.entity, pending.before or {}, field)
            if current is not None and current.moves is not None:
                return frozenset(stages.difference(current.moves, [current.key]))
    return frozenset()


def _locked(ctx: Context, ground: Ground, pending: Pending) -> dict[str, str]:
    """The inputs that rules lock, decided by the values as they were saved."""
    entity = ground.entity
    rules = {rule.key: rule for rule in entity.rules if ground.inputs.intersection(rule.lock)}
    if pending.before is None or not rules:
        return {}
    saved = replace(pending, values=pending.before, links={})
    asked = {key: rule.when for key, rule in rules.items() if rule.when is not None}
    holding = which_hold(ctx, entity, asked, saved)
    found: dict[str, str] = {}
    for key, rule in rules.items():
        for name in ground.inputs.intersection(rule.lock) if holding.get(key, True) else ():
            found.setdefault(name, locked(rule, entity.fields[name]))
    return found
