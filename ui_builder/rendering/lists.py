"""Lists: the page of a view that shows records as a table, and what its address says of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from engine.access import gate
from engine.context import Context
from engine.errors import NotFound
from engine.records.openness import open_ids
from engine.records.queries import Query, list_records
from metadata.catalog import Entity
from metadata.screens import View
from metadata.syntax import Expression
from ui_builder.rendering.filters.bar import NOTHING, FilterBar, draw_bar
from ui_builder.rendering.questions import Question
from ui_builder.rendering.tables import Column, Row, draw_columns, draw_rows, open_columns
from ui_builder.rendering.usual import usual_view
from ui_builder.rendering.values import is_open

LIMIT = 50


@dataclass(frozen=True, slots=True)
class ViewTab:
    """One of an entity's views, as a tab above the list."""

    label: str
    icon: str
    href: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What stands above every kind of view."""

    key: str
    title: str
    icon: str
    entity: str
    entity_label: str
    entity_plural: str
    tabs: tuple[ViewTab, ...]
    question: Question
    filter: FilterBar
    new_href: str  # empty when the actor may not create
    import_href: str
    export_href: str
    can_be_mine: bool
    href: str  # of what is shown
    mine_href: str
    reset_href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """A page of a list. `next_href` is empty on the last."""

    heading: Heading
    columns: list[Column]
    rows: list[Row]
    count: str
    next_href: str
    can_pick: bool
    can_tick: bool


def find_view(ctx: Context, key: str) -> View:
    """A view that the actor may look at. NotFound when there is none."""
    view = ctx.machine.catalog.views.get(key) or usual_view(ctx, key)
    if view is None:
        raise NotFound("view.unknown", "There is no such view.")
    gate.require(ctx, view.entity, "read")
    return view


def draw_heading(ctx: Context, view: View, question: Question) -> Heading:
    """The title, tabs and actions of a view."""
    catalog = ctx.machine.catalog
    entity = catalog.entities[view.entity]
    tabs = tuple(
        ViewTab(each.label, "columns-3" if each.kind == "kanban" else "list", f"/views/{each.key}",
                each.key == view.key)
        for each in catalog.views.values()
        if each.entity == view.entity
    )  # fmt: skip
    may_create = gate.can(ctx, entity.key, "create") and not entity.mirrors
    may_import = may_create and gate.has_capability(ctx, "import")
    may_export = gate.can(ctx, entity.key, "export")
    return Heading(
        key=view.key,
        title=view.label,
        icon=view.icon or entity.icon,
        entity=entity.key,
        entity_label=entity.label,
        entity_plural=entity.plural,
        tabs=tabs if len(tabs) > 1 else (),
        question=question,
        filter=draw_bar(ctx, entity, view.key, question),
        new_href=f"/records/{entity.key}/new" if may_create else "",
        import_href=f"/import/{entity.key}" if may_import else "",
        export_href=question.address(view.key).replace("/views/", "/export/", 1) if may_export else "",
        can_be_mine=bool(entity.owner) and gate.is_readable(ctx, entity, entity.owner),
        href=question.address(view.key),
        mine_href=question.address(view.key, mine="" if question.mine else "yes"),
        reset_href=f"/views/{view.key}",
    )


def conditions_of(entity: Entity, view: View, question: Question) -> tuple[str | Expression, ...]:
    """What the records of a view must meet, and those its address asks for besides."""
    own = f"{entity.owner} == me" if question.mine and entity.owner else ""
    return tuple(each for each in (view.where, own, question.where) if each)


def as_far_as_read(heading: Heading) -> Question:
    """The question of a heading; when its filter can't be read, one that nothing fits."""
    question = heading.question
    return replace(question, where=NOTHING) if heading.filter.mistake else question


def draw_list(ctx: Context, view: View, question: Question) -> ListPage:
    """A page of a list, with what the actor may do with its records."""
    entity = ctx.machine.catalog.entities[view.entity]
    heading = draw_heading(ctx, view, question)
    paths = open_columns(ctx, entity, view.columns)
    group = view.group if view.group and is_open(ctx, entity, view.group) else ""
    query = Query(
        entity=entity.key,
        where=conditions_of(entity, view, as_far_as_read(heading)),
        q=question.q,
        sort=(question.sort,) if question.sort else open_sort(ctx, entity, view),
        fields=tuple(dict.fromkeys([*paths, *([group] if group else [])])),
        limit=LIMIT,
        after=question.after or None,
        count="none" if question.after else "capped",
    )
    page = list_records(ctx, query)
    current = question.sort or (view.sort[0] if view.sort else "")
    address = _sorter(view, question)
    rows = draw_rows(ctx, entity, page.records, paths, "" if question.sort else group)
    return ListPage(
        heading=heading,
        columns=draw_columns(ctx, entity, paths, current, address),
        rows=_with_doings(ctx, view, rows),
        count=count_words(page.count, capped=bool(page.count_capped)),
        next_href=question.address(view.key, after=page.next) if page.next else "",
        can_pick=gate.can(ctx, entity.key, "delete") and not entity.mirrors,
        can_tick=bool(view.check_off) and gate.can(ctx, entity.key, "update"),
    )


def _with_doings(ctx: Context, view: View, rows: list[Row]) -> list[Row]:
    """The rows with what the actor may do with each: choose it for the trash, tick it off."""
    ids = [row.id for row in rows]
    picked = open_ids(ctx, view.entity, ids, "delete")
    ticked = open_ids(ctx, view.entity, ids, "update") if view.check_off else ()
    return [replace(row, can_pick=row.id in picked, can_tick=row.id in ticked) for row in rows]


def open_sort(ctx: Context, entity: Entity, view: View) -> tuple[str, ...]:
    """The order of a view, without what the actor may not read."""
    allowed = open_columns(ctx, entity, [key.removeprefix("-") for key in view.sort])
    return tuple(key for key in view.sort if key.removeprefix("-") in allowed)


def _sorter(view: View, question: Question) -> Callable[[str], str]:
    return lambda path: question.address(view.key, sort=path)


def count_words(count: int | None, *, capped: bool) -> str:
    """How many there are; a number that was not counted to its end has a plus behind it."""
    if count is None:
        return ""
    return f"{count - 1:,}+" if capped else f"{count:,}"
