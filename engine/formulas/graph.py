"""What every formula depends on and what depends on it, worked out once for each revision.

Upkeep, rights and plans all ask this graph. The formulas come in an order in which each stands
behind those that it uses.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter

from engine.expressions.scopes import Pricing
from engine.machine import Machine
from metadata.catalog import Catalog, Field, Relation
from metadata.conversions import converts, reads_of_formula
from metadata.formulas import formulas_of
from metadata.reads import Read, reads_of
from metadata.syntax import Expression

Name = tuple[str, str]  # an entity and the key of a field
Way = tuple[Relation, ...]


@dataclass(frozen=True, slots=True)
class Formula:
    """A computed field: what it reads, and on how many levels of other formulas it stands.

    One that is `own` follows from what its record holds itself, and is worked out before the
    record is written.
    """

    field: Field
    expression: Expression
    reads: tuple[Read, ...]
    level: int
    is_own: bool
    is_rated: bool  # exchange rates decide about its value
    pricing: Pricing | None

    @property
    def name(self) -> Name:
        """Its entity and key."""
        return self.field.entity, self.field.key

    @property
    def is_stored(self) -> bool:
        """Whether its value is kept in columns."""
        return self.field.mode == "stored"

    @property
    def freeze_when(self) -> Expression | None:
        """The condition from which on its value is kept as it is."""
        when: Expression | None = self.field.settings.get("freeze_when")
        return when

    @property
    def is_kept_up(self) -> bool:
        """Whether writes have something to do for it: it is stored, or frozen at times."""
        return self.is_stored or self.freeze_when is not None

    @property
    def is_published(self) -> bool:
        """Whether whoever sees the field sees what the machine sees."""
        return bool(self.field.settings.get("publish"))

    @property
    def currency(self) -> str:
        """The currency of a result that has none of its own."""
        return str(self.field.settings.get("currency") or (self.pricing.currency if self.pricing else ""))


@dataclass(frozen=True, slots=True)
class Graph:
    """The formulas by name, and those that look at a field, each with the way it looks along."""

    formulas: Mapping[Name, Formula]
    readers: Mapping[Name, tuple[tuple[Formula, Way], ...]]
    own: Mapping[str, tuple[Formula, ...]]  # by entity
    found: Mapping[str, tuple[Formula, ...]]  # stored or frozen at times, and not own, by entity
    rated: tuple[Formula, ...]  # stored, at exchange rates
    circular: frozenset[str]  # entities from which a write may lead back to records of their own

    def goes_over(self, name: Name) -> frozenset[str]:
        """The entities of whose other records a formula speaks, by itself and by those it uses."""
        over: set[str] = set()
        for each in self._used(name):
            over |= {target for read in each.reads for step in read.way for target in step.to}
        return frozenset(over)

    def inputs(self, name: Name) -> frozenset[Name]:
        """The fields that a formula looks at itself."""
        return frozenset((read.entity, read.key) for read in self.formulas[name].reads)

    def _used(self, name: Name) -> Iterable[Formula]:
        """A formula, and all that it uses down to those that are published."""
        found: dict[Name, Formula] = {}
        waiting = [name]
        while waiting:
            formula = self.formulas.get(waiting.pop())
            if formula is None or formula.name in found:
                continue
            if formula.name != name and formula.is_published:
                continue
            found[formula.name] = formula
            waiting += self.inputs(formula.name)
        return found.values()

    def depending(self, names: Iterable[Name]) -> list[Formula]:
        """The formulas that look at fields, directly or through others, in their order."""
        wanted = set(names)
        for name, formula in self.formulas.items():
            if self.inputs(name) & wanted:
                wanted.add(formula.name)
        return [formula for name, formula in self.formulas.items() if name in wanted]


def graph_of(machine: Machine) -> Graph:
    """The graph of a machine's formulas."""
    graph: Graph | None = machine.cache.get("formulas")
    if graph is None:
        graph = machine.cache["formulas"] = _make_graph(machine)
    return graph


def _make_graph(machine: Machine) -> Graph:
    formulas = _in_order(machine)
    readers: dict[Name, dict[tuple[Name, Way], tuple[Formula, Way]]] = defaultdict(dict)
    own: dict[str, list[Formula]] = defaultdict(list)
    found: dict[str, list[Formula]] = defaultdict(list)
    for formula in formulas.values():
        if formula.is_kept_up:
            (own if formula.is_own else found)[formula.field.entity].append(formula)
            for read in formula.reads if formula.is_stored else _freezing_reads(machine.catalog, formula):
                readers[read.entity, read.key][formula.name, read.way] = (formula, read.way)
    return Graph(
        formulas,
        {name: tuple(each.values()) for name, each in readers.items()},
        {entity: tuple(each) for entity, each in own.items()},
        {entity: tuple(each) for entity, each in found.items()},
        tuple(each for each in formulas.values() if each.is_stored and each.is_rated),
        _circular(each for some in found.values() for each in some),
    )


def _circular(formulas: Iterable[Formula]) -> frozenset[str]:
    onward: dict[str, set[str]] = defaultdict(set)
    for formula in formulas:
        for read in formula.reads:
            for step in read.way:  # a write holds what it looks through, and what it links to
                onward[read.entity].add(step.entity)
                far = step.to[0] if step.holder == step.entity else step.entity
                onward[step.holder].add(far)
    return frozenset(each for each in onward if each in _reached(each, onward))


def _reached(start: str, onward: Mapping[str, set[str]]) -> set[str]:
    """Where one gets from a place, in any number of steps."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        new = onward.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


def _in_order(machine: Machine) -> dict[Name, Formula]:
    catalog = machine.catalog
    fields = dict(formulas_of(catalog.entities))
    reads = {name: _reads(catalog, field) for name, field in fields.items()}
    uses = {name: {(r.entity, r.key) for r in reads[name]} & fields.keys() for name in fields}
    formulas: dict[Name, Formula] = {}
    for name in TopologicalSorter(uses).static_order():
        field = fields[name]
        assert field.formula is not None  # noqa: S101 - asked of formulas only
        below = [formulas[each] for each in uses[name]]
        level = 1 + max((each.level for each in below), default=0)
        is_rated, freezes = converts(field), "freeze_when" in field.settings
        at_hand = all(_is_at_hand(machine, read, formulas) for read in reads[name])
        is_own = at_hand and not is_rated and not freezes
        pricing = _pricing(catalog, field)
        formulas[name] = Formula(field, field.formula, reads[name], level, is_own, is_rated, pricing)
    return formulas


def _reads(catalog: Catalog, field: Field) -> tuple[Read, ...]:
    return reads_of_formula(field, catalog.entities)


def _freezing_reads(catalog: Catalog, formula: Formula) -> tuple[Read, ...]:
    """What is looked at to know when a formula is frozen."""
    when = formula.freeze_when
    return reads_of(when, formula.field.entity, catalog.entities) if when is not None else ()


def _pricing(catalog: Catalog, field: Field) -> Pricing | None:
    day = field.settings.get("rates_on")
    return Pricing(field.settings.get("currency") or catalog.settings.currency, day) if day is not None else None


def _is_at_hand(machine: Machine, read: Read, formulas: Mapping[Name, Formula]) -> bool:
    """Whether a write knows the value before it writes: one of the record's own that somebody gives."""
    field = machine.catalog.entities[read.entity].fields[read.key]
    behaviour = machine.behaviour(read.entity, read.key)
    if read.way or field.system or behaviour.generated or behaviour.relation == "many":
        return False
    used = formulas.get((read.entity, read.key))
    return used is None or (used.is_own and used.is_stored)
