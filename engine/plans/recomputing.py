"""Recomputing: which formulas come to something else under a new catalog, though no record was written.

A formula is new, says something else, or looks at what stages are, what records are called by, or
another formula of these. What was only renamed is not among them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from engine.context import SYSTEM, Context
from engine.formulas.filling import fill, is_large
from engine.formulas.freezing import forget_formula
from engine.formulas.graph import Formula, Name, graph_of
from engine.formulas.putting_off import put_off_all
from engine.machine import Machine
from engine.plans.operations import AddField
from engine.storage.indexes import list_indexes, wanted_indexes
from metadata.catalog import Entity, Field
from metadata.reads import meaning_of
from metadata.syntax import Expression
from metadata.value_types import value_of

OF_READING = frozenset(("publish",))  # what concerns who sees a value, and not the value


@dataclass(frozen=True, slots=True)
class Recompute:
    """Work a formula out anew, in every record there is."""

    formula: Formula
    sign: str = "~"
    loses_data: bool = False

    def describe(self) -> str:
        """Name the formula."""
        return f"recompute {'.'.join(self.formula.name)}"

    def carry_out(self, connection: sa.Connection, after: Machine) -> None:
        """Fill it; where there are many records, soon after the plan, so that nobody waits for it."""
        ctx = Context(machine=after, connection=connection, actor=SYSTEM)
        if is_large(ctx, self.formula.field.entity):
            put_off_all(ctx, self.formula)
        else:
            fill(ctx, self.formula)


@dataclass(frozen=True, slots=True)
class Remake:
    """Keep a formula in columns of another type. What was in the old ones is worked out anew."""

    entity: Entity
    field: Field
    columns: tuple[str, ...]  # the old ones
    indexes: frozenset[str]  # that are made of these
    sign: str = "~"
    loses_data: bool = False

    def describe(self) -> str:
        """Name the formula and its result."""
        return f"keep {self.entity.key}.{self.field.key} as {self.field.settings['result']}"

    def carry_out(self, connection: sa.Connection, after: Machine) -> None:
        """Put new columns in place of the old, with the indexes that they are to have."""
        table = after.tables.of(self.entity.key)
        ddl = Operations(MigrationContext.configure(connection))
        for name in self.indexes & list_indexes(connection)[table.name]:
            ddl.drop_index(name, table.name)
        for name in self.columns:
            ddl.drop_column(table.name, name)
        forget_formula(connection, after, graph_of(after).formulas[self.entity.key, self.field.key])
        AddField(self.entity, self.field).carry_out(connection, after)
        there = list_indexes(connection)[table.name]
        for index in wanted_indexes(connection, table):
            if index.name in self.indexes and index.name not in there:
                index.create(connection)


def remake(before: Machine, old: Field, entity: Entity, new: Field) -> Remake:
    """The step that keeps a formula in the columns that its result takes now."""
    columns = {column.name for column in before.tables.columns(old.entity, old.key)}
    concerned = (
        str(index.name)
        for index in before.tables.of(old.entity).indexes
        if any(name in str(each) for each in index.expressions for name in columns)
    )
    return Remake(entity, new, tuple(sorted(columns)), frozenset(concerned))


def to_recompute(before: Machine | None, after: Machine) -> list[Formula]:
    """The stored formulas to work out anew, each behind those that it uses."""
    graph = graph_of(after)
    if not graph.formulas:
        return []
    known = dict(_meanings(before).values()) if before else {}
    now = _meanings(after).items()
    changed: set[Name] = {name for name, (identity, meaning) in now if known.get(identity) != meaning}
    moved = set(_otherwise(before, after)) if before else set()
    changed |= {formula.name for formula in graph.depending({*changed, *moved})}
    return [each for name, each in graph.formulas.items() if name in changed and each.is_kept_up]


def _meanings(machine: Machine) -> dict[Name, tuple[str, object]]:
    """What each formula means, with the identity that tells it from others."""
    entities = machine.catalog.entities
    return {
        name: (f"{entities[name[0]].identity}.{each.field.identity}", (
            meaning_of(each.expression, name[0], entities),
            sorted((k, _said(v, name[0], entities)) for k, v in each.field.settings.items() if k not in OF_READING),
            each.field.mode,
        ))
        for name, each in graph_of(machine).formulas.items()
    }  # fmt: skip


def _said(setting: object, entity: str, entities: Mapping[str, Entity]) -> str:
    return repr(meaning_of(setting, entity, entities) if isinstance(setting, Expression) else setting)


def _otherwise(before: Machine, after: Machine) -> Iterator[Name]:
    """The fields that say something else though no record does: stages by what they are, titles, and
    what is turned by rates, which are those of another currency now.
    """
    if before.catalog.settings.currency != after.catalog.settings.currency:
        yield from (each.name for each in graph_of(after).rated)
    old = {entity.identity: entity for entity in before.catalog.entities.values()}
    for entity in after.catalog.entities.values():
        known = old.get(entity.identity)
        if known is None or known is entity:
            continue
        if _stages(known) != _stages(entity):
            yield from ((entity.key, f.key) for f in entity.declared if value_of(f) in {"stage", "pipeline"})
        if _title(known) != _title(entity):
            yield entity.key, "title"


def _stages(entity: Entity) -> object:
    return [
        (road, key, stage.label, stage.category, stage.probability)
        for road, pipeline in entity.pipelines.items()
        for key, stage in pipeline.stages.items()
    ]


def _title(entity: Entity) -> str:
    return entity.fields[entity.title].identity if entity.title else ""
