"""One import while it runs: what it reads, what it knows so far, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from engine.access import gate
from engine.access.actors import load_actor
from engine.context import Actor, Context
from engine.errors import Refused
from engine.ids import new_id
from engine.records.transfer.claims import Claims
from engine.records.transfer.links import Links
from engine.records.transfer.mapping import Mapping
from engine.records.transfer.matching import Matching, choose_key
from engine.records.transfer.notes import notes_on
from engine.records.transfer.own_names import own_names
from engine.records.transfer.results import ImportResult
from engine.records.transfer.rows import Filling, fillings
from engine.records.transfer.sheets import Sheet
from engine.records.transfer.work import Work
from metadata.catalog import Catalog, Entity


@dataclass(slots=True)
class Job:
    """An import. `claims` are those of a dry run; `later` waits for rows of the same file."""

    entity: Entity
    sheet: Sheet
    actor: Actor
    revision: int
    catalog: Catalog
    fillings: Sequence[Filling]
    matching: Matching
    links: Links
    result: ImportResult
    claims: Claims | None
    later: list[Work] = field(default_factory=list)

    def close(self) -> ImportResult:
        """The result, with what was found out on the way."""
        self.result.made = {entity: len(ids) for entity, ids in self.links.made.items()}
        self.result.notes += notes_on(self.links, self.catalog)
        return self.result

    def as_of_now(self, ctx: Context) -> Context:
        """A context of the import's one changeset, with what the actor may do by now."""
        if ctx.machine.revision != self.revision:
            words = (
                "What records are made of was changed meanwhile. The import stopped after "
                f"{self.result.rows:,} of {self.sheet.count:,} rows. Import the file again, matched "
                "by a field, and what is in will not be made twice."
            )
            raise Refused("import.revision", words)
        actor = self.actor
        if actor.id is not None:
            now = load_actor(ctx.connection, ctx.machine, actor.id)
            actor = replace(now, token_id=actor.token_id, scopes=actor.scopes)
        return replace(ctx, actor=actor, changeset=self.result.changeset, prepared={})


def begin(
    ctx: Context, sheet: Sheet, mapping: Mapping, match: str, *, is_dry_run: bool
) -> Job:
    """An import that is about to start. Denied to whoever may not import at all."""
    entity = gate.find_entity(ctx, mapping.entity)
    gate.require_capability(ctx, "import")
    if not gate.can(ctx, entity.key, "create"):
        gate.require(ctx, entity.key, "update")
    made = fillings(ctx, sheet, mapping)
    return Job(
        entity=entity,
        sheet=sheet,
        actor=ctx.actor,
        revision=ctx.machine.revision,
        catalog=ctx.machine.catalog,
        fillings=made,
        matching=Matching(entity, choose_key(ctx, entity, mapping, match)),
        links=Links(entity, own_names(ctx, entity, sheet, made)),
        result=ImportResult(entity.key, new_id(), is_dry_run),
        claims=Claims(entity) if is_dry_run else None,
    )
