"""Records that cells name: found once for the whole file, or made when a good row needs them.

What a record goes by is declared by its entity (`match`). A record that is not there yet
is given an id when its name is first met, and made with the first row that passes its own
checks: so forty names make forty records however many rows name them, and a row that is
rejected leaves nothing behind. What the house itself keeps (users, teams, files) is never
made by an import; who is not known is noted, and the field's default holds.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.access import gate
from engine.context import Context
from engine.fields import Reference
from engine.ids import new_id
from engine.records.commands import apply_batch
from engine.records.transfer.lookups import find_named
from engine.records.transfer.names import Name, read_names
from engine.records.transfer.reasons import words_of_refusal
from engine.records.transfer.work import Work
from engine.records.writes import Create, Pending
from metadata import declarations
from metadata.catalog import Entity, Field


@dataclass(slots=True)
class Planned:
    """A record to be made when a good row needs it."""

    reference: Reference
    values: dict[str, Any]
    is_there: bool = False
    refusal: str = ""


@dataclass(slots=True)
class Links:
    """The links of one import. `own` are names of rows of the file itself, in lower case."""

    entity: Entity
    own: frozenset[str] = frozenset()
    known: dict[Any, Reference | Planned | None] = field(default_factory=dict)
    planned: dict[str, Planned] = field(default_factory=dict)
    unknown: Counter[tuple[str, str]] = field(default_factory=Counter)
    several: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    made: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def resolve(self, ctx: Context, works: Sequence[Work]) -> None:
        """Put references in the place of names; reject rows that name what can't be had."""
        fields = [f for f in self.entity.declared if f.relation is not None]
        named = [
            (work, declared, read_names(work.values[declared.key], many=_is_many(declared)))
            for declared in fields
            for work in works
            if work.goes_on and declared.key in work.values
        ]
        self._look_up(ctx, ((declared, names) for _, declared, names in named))
        for work, declared, names in named:
            self._settle(work, declared, names)

    def prepare(self, ctx: Context, batch: Sequence[Pending]) -> None:
        """Make the records that these writes need and that are not there: see `write_batch`."""
        needed: dict[str, dict[str, Planned]] = defaultdict(dict)
        uses: list[tuple[Pending, str, Planned]] = []
        for pending in batch:
            for key, reference in _references(pending):
                planned = self.planned.get(reference.id)
                if planned is not None and not planned.is_there:
                    needed[reference.entity][reference.id] = planned
                    uses.append((pending, key, planned))
        for entity, wanted in needed.items():
            self._make(ctx, entity, list(wanted.values()))
        for pending, key, planned in uses:
            if planned.refusal:
                pending.find_fault(key, "link.not-made", planned.refusal)

    def look_again(self) -> None:
        """The rows of the file are all there: what was not found before may be one of them."""
        self.own = frozenset()
        self.known, self.planned = {}, {}

    def forget_made(self) -> None:
        """The transaction was undone, and the records made in it are not there any more."""
        for planned in self.planned.values():
            planned.is_there = False

    def _look_up(self, ctx: Context, asked: Iterable[tuple[Field, list[Name]]]) -> None:
        wanted: dict[tuple[str, ...], dict[Any, Name]] = defaultdict(dict)
        fields: dict[tuple[str, ...], Field] = {}
        for declared, names in asked:
            to = _targets(declared)
            fields[to] = declared
            for name in names:
                if (to, name.key) not in self.known:
                    wanted[to].setdefault(name.key, name)
        for to, names_by_key in wanted.items():
            found = find_named(ctx, to, list(names_by_key.values()))
            for key, name in names_by_key.items():
                held = found.get(key)
                self.known[to, key] = held.reference if held else self._plan(ctx, fields[to], to, name)
                if held and held.is_one_of_several:
                    self.several[held.reference.entity].add(str(name))

    def _plan(
        self, ctx: Context, declared: Field, to: tuple[str, ...], name: Name
    ) -> Planned | None:
        """A record to be made under a name, where that is open to the actor and the name will do."""
        entity = name.entity if name.entity in to else to[0] if len(to) == 1 else ""
        if not entity or not name.title or is_kept_by_the_house(declared):
            return None
        target = gate.find_entity(ctx, entity)
        may = gate.can(ctx, entity, "create") and not target.mirrors
        if not may or not gate.rights(ctx, entity).can_write(target.title):
            return None
        reference = Reference(entity, name.id or new_id(), name.title)
        planned = Planned(reference, {target.title: name.title})
        self.planned[reference.id] = planned
        return planned

    def _settle(self, work: Work, declared: Field, names: list[Name]) -> None:
        references, later = [], []
        for name in names:
            known = self.known[_targets(declared), name.key]
            if not isinstance(known, Reference) and self._is_own(declared, name):
                later.append(name)
            elif known is not None:
                references.append(known.reference if isinstance(known, Planned) else known)
            elif is_kept_by_the_house(declared):
                self.unknown[declared.label, str(name)] += 1
            else:
                work.reject(f"{declared.label}: there is no {_spoken(declared)} {name} open to you.")
        del work.values[declared.key]
        if later:
            work.later[declared.key] = [*references, *later]
        elif references:
            work.values[declared.key] = references if _is_many(declared) else references[0]

    def _is_own(self, declared: Field, name: Name) -> bool:
        """Whether a row of this very file is meant."""
        if self.entity.key not in _targets(declared):
            return False
        return name.id in self.own or name.title.lower() in self.own

    def _make(self, ctx: Context, entity: str, wanted: list[Planned]) -> None:
        writes = [Create(id=each.reference.id, values=each.values) for each in wanted]
        outcomes = apply_batch(ctx, entity, writes, atomic=False)
        label = gate.find_entity(ctx, entity).label
        for planned, outcome in zip(wanted, outcomes, strict=True):
            if outcome.refusal is None:
                planned.is_there = True
                self.made[entity].add(planned.reference.id)
            else:
                words = words_of_refusal(ctx, entity, outcome.refusal)
                planned.refusal = f'{label} "{planned.reference.title}" could not be made: {words}'


def is_kept_by_the_house(declared: Field) -> bool:
    """Whether the field's type links to one entity of the house's own, and to no other."""
    return bool(declarations.declared(declared.type).to)


def _targets(declared: Field) -> tuple[str, ...]:
    return declared.relation.to if declared.relation is not None else ()


def _is_many(declared: Field) -> bool:
    return declared.relation is not None and declared.relation.many


def _spoken(declared: Field) -> str:
    return _targets(declared)[0].replace("_", " ") if len(_targets(declared)) == 1 else "record"


def _references(pending: Pending) -> Iterator[tuple[str, Reference]]:
    for key, value in pending.values.items():
        if isinstance(value, Reference):
            yield key, value
    for key, ends in pending.links.items():
        for end in ends:
            yield key, end
