"""Which column goes where: proposed from the headers, and changed by whoever imports.

Every column has its place in a mapping, those that go nowhere with the reason, so that
nothing is lost without a word.
"""

from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, replace
from typing import Any

from engine.access import gate
from engine.context import Context
from engine.errors import Invalid, Problem
from engine.ids import is_id
from engine.records.transfer.headers import (
    Candidate,
    Target,
    candidates_for,
    names_of,
    read_target,
)
from engine.records.transfer.sheets import Sheet
from metadata.catalog import Entity
from metadata.diagnostics import suggest

LOOKED_AT = 200  # rows read to see what a column holds
UNKNOWN = "No field goes by this name."


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file. Without a target it is left out, and `reason` says why."""

    at: int
    header: str
    target: Target | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Mapping:
    """Where the columns of a sheet go, in their order."""

    entity: str
    columns: tuple[Column, ...]

    @property
    def used(self) -> tuple[Column, ...]:
        """The columns that go somewhere."""
        return tuple(column for column in self.columns if column.target)

    @property
    def left_out(self) -> tuple[Column, ...]:
        """The columns that go nowhere."""
        return tuple(column for column in self.columns if not column.target)

    def as_json(self) -> dict[str, str | None]:
        """Paths by header, as a map file has them."""
        return {each.header: str(each.target) if each.target else None for each in self.columns}


def propose_mapping(ctx: Context, entity: str, sheet: Sheet) -> Mapping:
    """Recognise the headers of a sheet. A field is filled by the column whose name is the surest."""
    declared = gate.find_entity(ctx, entity)
    names = names_of(ctx, declared)
    wishes = sorted(
        (candidate, at)
        for at, header in enumerate(sheet.headers)
        for candidate in candidates_for(names, declared, header)
        if not _closed(ctx, declared, candidate.target)
    )
    taken: dict[Target, int] = {}
    given: dict[int, Target] = {}
    for candidate, at in wishes:
        if at not in given and candidate.target not in taken:
            if candidate.target.field == "id" and not _holds_ids(sheet, at):
                continue
            given[at] = candidate.target
            taken[candidate.target] = at
    columns = []
    for at, header in enumerate(sheet.headers):
        found = candidates_for(names, declared, header)
        reason = "" if at in given else _reason(ctx, declared, sheet, header, found, taken)
        columns.append(Column(at, header, given.get(at), reason))
    return Mapping(entity, tuple(columns))


def change_mapping(ctx: Context, mapping: Mapping, paths: Dictionary[str, str | None]) -> Mapping:
    """Lay paths by header over a mapping; an empty path leaves its column out.

    Invalid names every header that the file has not and every path that leads nowhere.
    """
    declared = gate.find_entity(ctx, mapping.entity)
    wanted = {
        header: read_target(ctx, declared, path) if path else None
        for header, path in paths.items()
    }
    headers = [column.header for column in mapping.columns]
    problems = [_unknown_header(each, headers) for each in wanted if each not in headers]
    for header, target in wanted.items():
        if target and (words := _closed(ctx, declared, target)):
            problems.append(Problem(f"/{header}", "mapping.target", words))
    claimed = {target: header for header, target in wanted.items() if target}
    columns = []
    for column in mapping.columns:
        if column.header in wanted:
            target = wanted[column.header]
            column = replace(column, target=target, reason="" if target else "Left out on request.")
        elif column.target in claimed:
            reason = f'"{claimed[column.target]}" goes there instead.'
            column = replace(column, target=None, reason=reason)
        columns.append(column)
    problems += _doubles(columns)
    if problems:
        raise Invalid("mapping.invalid", problems[0].message, problems=problems)
    return Mapping(mapping.entity, tuple(columns))


def list_targets(ctx: Context, entity: str) -> list[tuple[str, str]]:
    """The paths that a column may be sent to, each with its label, for a person to choose from."""
    declared = gate.find_entity(ctx, entity)
    targets: list[tuple[str, str]] = []
    for field in [*declared.declared, declared.fields["id"]]:
        behaviour = ctx.machine.behaviour(declared.key, field.key)
        if not _closed(ctx, declared, Target(field.key)):
            targets.append((field.key, field.label))
            targets += [
                (f"{field.key}.{part}", f"{field.label}: {part.replace('_', ' ')}")
                for part in behaviour.parts
                if part != behaviour.main_part
            ]
    return targets


def _closed(ctx: Context, entity: Entity, target: Target) -> str:
    """Why nothing can be sent to a target; nothing when it can."""
    field = entity.fields.get(target.field)
    if field is None or not gate.is_readable(ctx, entity, target.field):
        open_ = [f.key for f in entity.declared if gate.is_readable(ctx, entity, f.key)]
        nearest = suggest(target.field, open_)
        hint = f' Did you mean "{nearest}"?' if nearest else ""
        return f'There is no field "{target.field}" of {entity.key}.{hint}'
    behaviour = ctx.machine.behaviour(entity.key, field.key)
    if target.part and target.part not in behaviour.parts:
        known = ", ".join(behaviour.parts) or "none"
        return f'{field.label} has no part "{target.part}". Parts: {known}.'
    if field.key == "id":
        return ""
    if field.system or field.read_only or behaviour.generated:
        return f"{field.label} is kept by the system."
    if not gate.rights(ctx, entity.key).can_write(field.key):
        return f"You may not change {field.label}."
    return ""


def _holds_ids(sheet: Sheet, at: int) -> bool:
    """Whether a column has ids of ours in it; other products have ids too."""
    cells = [row.cells[at] for row, _ in zip(sheet.rows(), range(LOOKED_AT), strict=False)]
    given = [str(cell).strip() for cell in cells if cell not in (None, "")]
    return bool(given) and all(map(is_id, given))


def _reason(
    ctx: Context,
    entity: Entity,
    sheet: Sheet,
    header: str,
    found: list[Candidate],
    taken: Dictionary[Target, int],
) -> str:
    if not header:
        return "It has no header."
    for _, target in found:
        if target in taken:
            return f'"{sheet.headers[taken[target]]}" goes to {entity.fields[target.field].label}.'
        if target.field == "id":
            return "Its ids are those of another system."
        if gate.is_readable(ctx, entity, target.field):
            return _closed(ctx, entity, target)
    return UNKNOWN


def _unknown_header(header: str, headers: list[str]) -> Problem:
    nearest = suggest(header, headers)
    hint = f' Did you mean "{nearest}"?' if nearest else ""
    return Problem(f"/{header}", "mapping.header", f'The file has no column "{header}".{hint}')


def _doubles(columns: list[Column]) -> list[Problem]:
    seen: dict[Any, str] = {}
    problems = []
    for column in columns:
        if column.target in seen and column.target:
            message = f'"{seen[column.target]}" and "{column.header}" both go to {column.target}.'
            problems.append(Problem(f"/{column.header}", "mapping.twice", message))
        seen[column.target] = column.header
    return problems
