"""A plan: what applying some packs would do, sealed by a hash so that just that is done."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import orjson
import sqlalchemy as sa

from engine.errors import Invalid, Problem
from engine.machine import Machine, build_machine
from engine.plans.compare import compare, demands_of
from engine.plans.demands import Blocker, check_demands
from engine.plans.operations import CreateEntity, Operation
from engine.plans.trials import try_out
from engine.storage.tables import column_names
from metadata.catalog import Entity
from metadata.compiler import compile_packs
from metadata.diagnostics import Diagnostics
from metadata.identities import NONE, Identities
from metadata.source import SourceFile


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps from revision `base` (0: nothing yet) to what `files` say."""

    base: int
    files: tuple[SourceFile, ...]
    machine: Machine
    identities: Identities
    operations: tuple[Operation, ...]
    blockers: tuple[Blocker, ...]
    diagnostics: Diagnostics

    @property
    def hash(self) -> str:
        """What tells this plan from every other."""
        steps = [step.describe() for step in self.operations]
        sealed = [self.base, steps, sorted((f.path, f.hash) for f in self.files)]
        return hashlib.sha256(orjson.dumps(sealed)).hexdigest()

    @property
    def loses_data(self) -> bool:
        """Whether a step takes values out of people's sight."""
        return any(step.loses_data for step in self.operations)

    @property
    def is_empty(self) -> bool:
        """Whether nothing would change."""
        return not self.operations and not self.blockers

    def describe(self) -> str:
        """The plan as people read it, a line a step and a summary."""
        lines = [
            f"  {step.sign} {step.describe()}{'  ! loses data' if step.loses_data else ''}"
            for step in self.operations
        ]
        lines += [f"  x {blocker.message}" for blocker in self.blockers]
        if not lines:
            return "Nothing to change."
        counts = [sum(step.sign == sign for step in self.operations) for sign in "+~-"]
        lines.append("")
        lines.append(f"Plan: {counts[0]} to add, {counts[1]} to change, {counts[2]} to remove.")
        if self.loses_data:
            lines.append("This plan loses data. Apply it with: pulse apply --accept-data-loss")
        return "\n".join(lines)


def make_plan(
    connection: sa.Connection,
    before: Machine | None,
    identities: Identities,
    files: Sequence[SourceFile],
) -> Plan:
    """Plan for packs. Invalid carries every diagnostic when they don't compile."""
    compiled = compile_packs(files, identities or NONE, before.catalog if before else None)
    if compiled.catalog is None:
        raise refuse_metadata(compiled.diagnostics)
    base = before.revision if before else 0
    after = build_machine(base + 1, compiled.catalog, before)
    tried = try_out(connection, before.catalog if before else None, after, compiled)
    if tried.has_errors:
        raise refuse_metadata(tried)
    found = list(compare(before, after))
    steps = [each for each in found if not isinstance(each, Blocker)]
    steps += [demand for step in steps for demand in _on_return(connection, after, step)]
    blockers = [each for each in found if isinstance(each, Blocker)]
    blockers += check_demands(connection, after, steps)
    return Plan(
        base,
        tuple(files),
        after,
        compiled.identities,
        tuple(steps),
        tuple(blockers),
        compiled.diagnostics,
    )


def _on_return(connection: sa.Connection, after: Machine, step: Operation) -> Iterator[Operation]:
    """What an entity that comes back asks of the records it had."""
    if isinstance(step, CreateEntity) and _is_stored(connection, after, step.entity):
        yield from demands_of(step.entity)


def _is_stored(connection: sa.Connection, after: Machine, entity: Entity) -> bool:
    return bool(column_names(connection, after.tables.of(entity.key).name))


def refuse_metadata(diagnostics: Diagnostics) -> Invalid:
    """The refusal that carries everything wrong with packs."""
    found = [each for each in diagnostics if each.severity == "error"]
    problems = [Problem(str(d.place), d.code, f"{d.message} {d.hint}".strip()) for d in found]
    count = f"{len(found)} errors" if len(found) != 1 else "1 error"
    return Invalid(
        "metadata.invalid", f"The metadata has {count}.\n{diagnostics}", problems=problems
    )
