"""The panel that builds a filter: its rows and groups as inputs, what they say, and how many fit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.context import Context
from engine.records.filters import read_where
from engine.records.queries import Query, list_records
from engine.records.wording.conditions import word_filter
from metadata.catalog import Entity
from metadata.filters.taking import take_apart
from metadata.screens import View
from ui_builder.rendering.filters.bar import Mistake, find_mistake, source_of
from ui_builder.rendering.filters.drawing import DrawnGroup, draw_group, name_of
from ui_builder.rendering.filters.fields import Fields
from ui_builder.rendering.filters.keeping import keep_whole
from ui_builder.rendering.filters.reading import BLANK, read_parts
from ui_builder.rendering.lists import conditions_of, count_words
from ui_builder.rendering.questions import Question

Asked = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class FilterPanel:
    """What the panel shows.

    `where` is None when something in the rows can't be read: then the text stays as it is; and
    `group` when the text can't be read: then the rows do.
    """

    where: str | None
    sentence: str
    count: str
    noun: str
    own: str  # what the view itself is narrowed to, in words
    mistake: Mistake | None
    group: DrawnGroup | None


def draw_panel(ctx: Context, view: View, question: Question, asked: Asked) -> FilterPanel:
    """The panel for the text that was typed, or for the rows that were filled in."""
    entity = ctx.machine.catalog.entities[view.entity]
    fields = Fields(ctx, f"/filters/{view.key}/fields")
    read = read_parts(ctx, fields, entity.key, asked) if "rows" in asked else None
    built, faults = (read.group, read.faults) if read else (None, {})
    where = question.where if built is None else source_of(built)
    mistake = _fault(faults) or find_mistake(ctx, entity, where)
    root = read_where(ctx, entity, where).root if where.strip() and mistake is None else None
    if built is None and mistake is None:
        built = keep_whole(ctx, fields, entity.key, take_apart(root)) if root else BLANK
    count = "" if mistake else _count(ctx, entity, view, question, where)
    return FilterPanel(
        where=None if faults else where,
        sentence=word_filter(ctx, entity, root) if root else "",
        count=count,
        noun=(entity.label if count == "1" else entity.plural).lower(),
        own=word_filter(ctx, entity, view.where.root) if view.where else "",
        mistake=mistake,
        group=draw_group(ctx, fields, entity.key, built) if built is not None else None,
    )


def _fault(faults: Mapping[str, str]) -> Mistake | None:
    """The first thing that is wrong with the rows."""
    return next((Mistake(f"{name_of(place)}: {why}") for place, why in faults.items()), None)


def _count(ctx: Context, entity: Entity, view: View, question: Question, where: str) -> str:
    """How many records would be shown."""
    asked = Question(q=question.q, where=where, mine=question.mine)
    query = Query(
        entity=entity.key,
        where=conditions_of(entity, view, asked),
        q=asked.q,
        fields=(),
        limit=1,
        count="capped",
    )
    page = list_records(ctx, query)
    return count_words(page.count, capped=bool(page.count_capped))
