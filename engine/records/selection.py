"""Which fields a question asks for: names, dotted paths and expansions, made into one tree."""

from collections.abc import Sequence

from engine.access import gate
from engine.context import Context
from engine.errors import Malformed
from engine.records.former import speaker_of
from engine.records.record import Selection
from metadata.catalog import Entity
from metadata.diagnostics import suggest

ALWAYS = ("id", "title", "created_at", "created_by", "updated_at", "updated_by", "version")
DEEPEST = 2  # expansions


def readable_fields(ctx: Context, entity: Entity) -> tuple[str, ...]:
    """The fields that a record shows when none are named: all that its own columns hold."""
    behaviours = ctx.machine.behaviours
    return tuple(
        key
        for key, field in entity.fields.items()
        if not field.system
        and gate.is_readable(ctx, entity, key)
        and behaviours[entity.key, key].relation != "many"
    )


def select(
    ctx: Context,
    entity: Entity,
    fields: Sequence[str] | None,
    expand: Sequence[str] = (),
    *,
    always: Sequence[str] = ALWAYS,
) -> Selection:
    """The tree of what to load. Denied names a field closed to the actor, Malformed one there is not."""
    speaker = speaker_of(ctx)
    paths = [speaker.path(entity.key, path).split(".") for path in fields or ()]
    own = list(readable_fields(ctx, entity)) if fields is None else []
    listed: list[str] = []
    for key in dict.fromkeys(path[0] for path in paths if len(path) == 1):
        require_known(ctx, entity, key)
        gate.require_readable(ctx, entity, key, "select")
        relation = entity.relations.get(key)
        (listed if relation is not None and relation.many else own).append(key)
    follow: dict[str, Selection] = {}
    for head in dict.fromkeys(path[0] for path in paths if len(path) > 1):
        target = _target(ctx, entity, head)
        rest = [".".join(path[1:]) for path in paths if path[0] == head and len(path) > 1]
        follow[head] = select(ctx, target, rest, always=())
    expansions = [path.split(".") for path in expand]
    for path in expansions:
        if len(path) > DEEPEST:
            raise Malformed("expand.too-deep", f"expand goes {DEEPEST} relations deep at most.")
    for head in dict.fromkeys(path[0] for path in expansions):
        target = _target(ctx, entity, head, to_many=True)
        rest = [".".join(path[1:]) for path in expansions if path[0] == head and len(path) > 1]
        follow[head] = _joined(follow.get(head), select(ctx, target, None, rest))
    needed = [head for head in follow if head in entity.fields]
    return Selection(
        fields=tuple(dict.fromkeys([*always, *own, *needed])),
        listed=tuple(listed),
        follow=follow,
        expand=frozenset(path[0] for path in expansions),
    )


def require_known(ctx: Context, entity: Entity, key: str) -> None:
    """Refuse a name that is no field or relation of the entity, with the nearest that is open."""
    if key in entity.fields or key in entity.relations:
        return
    names = dict.fromkeys([*entity.fields, *entity.relations])
    nearest = suggest(key, [name for name in names if gate.is_readable(ctx, entity, name)])
    hint = f" Did you mean \"{nearest}\"?" if nearest else ""
    raise Malformed("field.unknown", f'There is no field "{key}" of {entity.key}.{hint}')


def _target(ctx: Context, entity: Entity, key: str, *, to_many: bool = False) -> Entity:
    require_known(ctx, entity, key)
    relation = entity.relations.get(key)
    if relation is None or (relation.many and not to_many):
        raise Malformed("field.not-a-link", f'"{key}" of {entity.key} links to no single record.')
    if len(relation.to) != 1:
        raise Malformed(
            "field.several-targets",
            f'"{key}" of {entity.key} may link to several entities and can\'t be followed.',
        )
    if not relation.is_inverse:
        gate.require_readable(ctx, entity, key, "expand")
    target = gate.find_entity(ctx, relation.to[0])
    if relation.is_inverse:
        gate.require_readable(ctx, target, relation.field, "expand")
    return target


def _joined(one: Selection | None, other: Selection) -> Selection:
    if one is None:
        return other
    return Selection(
        fields=tuple(dict.fromkeys([*one.fields, *other.fields])),
        listed=tuple(dict.fromkeys([*one.listed, *other.listed])),
        follow={**one.follow, **other.follow},
        expand=other.expand,
    )
