"""What an entity is shown by when nobody said how: a list of its first fields."""

from engine.context import Context
from metadata.catalog import Entity
from metadata.screens import View

COLUMNS = 6
PREFIX = "all-"  # no view that is declared has a hyphen in its key


def first_view(ctx: Context, entity: str) -> str:
    """The key of an entity's first list, or of the usual one when it declares none."""
    views = ctx.machine.catalog.views.values()
    declared = (view.key for view in views if view.entity == entity and view.kind == "list")
    return next(declared, f"{PREFIX}{entity}")


def usual_view(ctx: Context, key: str) -> View | None:
    """The usual list that a key names, if it names one."""
    entity = ctx.machine.catalog.entities.get(key.removeprefix(PREFIX))
    if not key.startswith(PREFIX) or entity is None:
        return None
    return View(
        key=key,
        entity=entity.key,
        label=entity.plural,
        columns=_columns(ctx, entity),
        sort=(entity.title,) if entity.title else (),
    )


def _columns(ctx: Context, entity: Entity) -> tuple[str, ...]:
    """The title, then the first fields that stand on one line."""
    others = [
        field.key
        for field in entity.declared
        if not field.hidden
        and field.key != entity.title
        and ctx.machine.behaviour(entity.key, field.key).sortable
    ]
    return tuple([*([entity.title] if entity.title else []), *others][:COLUMNS])
