"""What the rows of a file are called, so that one of them may name another before it is there."""

from collections.abc import Sequence

from engine.context import Context
from engine.records.transfer.rows import Filling
from engine.records.transfer.sheets import Sheet
from engine.records.upserts import normal_value
from metadata.catalog import Entity


def own_names(
    ctx: Context, entity: Entity, sheet: Sheet, made: Sequence[Filling]
) -> frozenset[str]:
    """Names and ids of the rows, in lower case; none when no column links to the entity itself."""
    relations = [entity.fields[filling.field].relation for filling in made]
    if not any(relation and entity.key in relation.to for relation in relations):
        return frozenset()
    by = [each for each in made if each.field in (*entity.match, "id")]
    values = (
        normal_value(ctx, entity, each.field, each.read(row.cells))
        for row in sheet.rows()
        for each in by
    )
    return frozenset(str(value).lower() for value in values if value is not None)
