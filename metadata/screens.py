"""How records are looked at, as documents arrange it: views, layouts, and the navigation between."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from metadata.syntax import Expression

EMPTY: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A saved way to look at many records."""

    key: str
    entity: str
    label: str
    kind: str = "list"  # list | kanban
    icon: str = ""
    columns: tuple[str, ...] = ()  # fields and dotted paths over to-one relations
    where: Expression | None = None
    sort: tuple[str, ...] = ()  # field names, a leading "-" for descending
    group: str = ""
    totals: tuple[str, ...] = ()
    card: tuple[str, ...] = ()  # what a kanban card shows under its title
    check_off: Mapping[str, Any] = field(default_factory=lambda: EMPTY)  # values that a tick sets
    layer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A titled part of a layout: `fields` in `columns` columns, shown while its condition holds."""

    label: str = ""
    columns: int = 1
    fields: tuple[str, ...] = ()
    when: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A tab of a layout."""

    label: str = ""
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """A list of related records on a record page."""

    relation: str
    label: str = ""
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Composer:
    """One tab of the composer above a timeline: it creates an `entity` record about the one shown.

    `values` are set beforehand, `fields` are asked for.
    """

    label: str
    entity: str
    relation: str
    icon: str = ""
    fields: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=lambda: EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How one record is arranged: a record page, a form or a quick-create form."""

    key: str
    entity: str
    label: str = ""
    kind: str = "record"  # record | form | quick_create | panel
    highlights: tuple[str, ...] = ()  # key facts under the title
    tabs: tuple[Tab, ...] = ()
    related: tuple[Related, ...] = ()
    timeline: tuple[str, ...] = ()  # inverse relations whose records appear in the timeline
    composer: tuple[Composer, ...] = ()
    layer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NavItem:
    """A line of the navigation: exactly one of `view` and `page` is set."""

    label: str
    icon: str = ""
    view: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NavGroup:
    """A titled group of the navigation."""

    label: str = ""
    items: tuple[NavItem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """Navigation: groups of views and pages."""

    key: str
    label: str
    icon: str = ""
    groups: tuple[NavGroup, ...] = ()
    layer: str = ""
