"""A plan: what applying some packs would do, sealed by a hash so that just that is done."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import orjson
import sqlalchemy as sa

from engine.errors import Invalid, Problem
from engine.machine import Machine, build_machine
from engine.plans.compare import Blocker, compare
from engine.plans.demands import check_demand
from engine.plans.operations import Operation, Tighten
from metadata.compiler import Compiled, compile_packs
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
        raise refuse_metadata(compiled)
    base = before.revision if before else 0
    after = build_machine(base + 1, compiled.catalog, before)
    found = list(compare(before, after))
    steps = [each for each in found if not isinstance(each, Blocker)]
    blockers = [each for each in found if isinstance(each, Blocker)]
    if before is not None:
        demands = [step for step in steps if isinstance(step, Tighten)]
        checked = (check_demand(connection, before, demand) for demand in demands)
        blockers += [blocker for blocker in checked if blocker is not None]
    return Plan(
        base,
        tuple(files),
        after,
        compiled.identities,
        tuple(steps),
        tuple(blockers),
        compiled.diagnostics,
    )


def refuse_metadata(compiled: Compiled) -> Invalid:
    """The refusal that carries everything wrong with packs."""
    found = [each for each in compiled.diagnostics if each.severity == "error"]
    problems = [Problem(str(d.place), d.code, f"{d.message} {d.hint}".strip()) for d in found]
    count = f"{len(found)} errors" if len(found) != 1 else "1 error"
    return Invalid(
        "metadata.invalid", f"The metadata has {count}.\n{compiled.diagnostics}", problems=problems
    )
