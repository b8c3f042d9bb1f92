"""The frame around a page: the navigation that an actor may use, and who they are."""

from dataclasses import dataclass

from engine.access import gate
from engine.context import Context
from ui_builder.rendering.usual import first_view
from ui_builder.rendering.values import hue, initials


@dataclass(frozen=True, slots=True)
class Link:
    """A line of the navigation."""

    label: str
    icon: str
    href: str
    view: str
    entity: str


@dataclass(frozen=True, slots=True)
class NavigationGroup:
    """A titled group of the navigation."""

    label: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in."""

    id: str
    name: str
    initials: str
    tone: str
    roles: str


def draw_navigation(ctx: Context) -> list[NavigationGroup]:
    """The groups of the first app, without what the actor may not read."""
    groups = []
    catalog = ctx.machine.catalog
    for app in list(catalog.apps.values())[:1]:
        for group in app.groups:
            links = tuple(
                Link(item.label, item.icon or catalog.entities[view.entity].icon, f"/views/{view.key}",
                     view.key, view.entity)
                for item in group.items
                if (view := catalog.views.get(item.view)) and gate.can(ctx, view.entity, "read")
            )  # fmt: skip
            if links:
                groups.append(NavigationGroup(group.label, links))
    in_app = {link.entity for group in groups for link in group.links}
    rest = tuple(
        Link(e.plural, e.icon, f"/views/{view}", view, e.key)
        for e in catalog.entities.values()
        if e.key not in in_app and e.timeline and gate.can(ctx, e.key, "read")
        for view in [first_view(ctx, e.key)]
    )
    return [*groups, NavigationGroup("More", rest)] if rest else groups


def draw_person(ctx: Context) -> Person:
    """The actor as the shell shows them."""
    roles = ctx.machine.catalog.roles
    labels = ", ".join(roles[key].label for key in sorted(ctx.actor.roles & roles.keys()))
    name = ctx.actor.name or ctx.actor.email
    return Person(str(ctx.actor.id), name, initials(name), hue(str(ctx.actor.id)), labels)
