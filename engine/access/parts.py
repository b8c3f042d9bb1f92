"""The parts of entities, views, layouts and pipelines that speak of nothing closed."""

from collections.abc import Mapping
from typing import Any

from engine.access import gate
from engine.access.known import is_open_expression, open_paths
from engine.context import Context
from metadata.catalog import Entity

Data = Mapping[str, Any]


def entity_part(ctx: Context, data: Data) -> Data:
    """An entity with its open fields, and with what speaks of no other."""
    entity = ctx.machine.catalog.entities[data["entity"]]

    def known(names: Any) -> bool:
        return all(gate.is_readable(ctx, entity, name) for name in names)

    fields = {
        key: _without_closed(ctx, entity, key, said)
        for key, said in (data.get("fields") or {}).items()
        if known([key])
    }
    named = {key: data[key] for key in ("title", "owner") if key in data}
    part = {k: v for k, v in data.items() if k not in named} | {"fields": fields}
    part |= {key: name for key, name in named.items() if known([name])}
    if "search" in data:
        part["search"] = open_paths(ctx, entity, data["search"])
    if "unique" in data:
        part["unique"] = [names for names in data["unique"] if known(names)]
    if "duplicates" in data:
        part["duplicates"] = [each for each in data["duplicates"] if known(each["match"])]
    if "rules" in data:
        rules = data["rules"].items()
        part["rules"] = {key: rule for key, rule in rules if _is_open_rule(ctx, entity, rule)}
    if entity.inherits and not known([entity.inherits]):
        part.pop("access", None)
    return part


def _without_closed(ctx: Context, entity: Entity, name: str, said: Data) -> Data:
    """What is said of a field, without the default, formula and conditions that speak of what is closed."""
    closed = set()
    default = said.get("default")
    if isinstance(default, str) and default.startswith("=") and not is_open_expression(ctx, entity, default[1:]):
        closed.add("default")
    if not is_open_expression(ctx, entity, said.get("formula")):
        closed.add("formula")  # of a published field
    if not all(is_open_expression(ctx, entity, when) for when in said.get("choices_when", {}).values()):
        closed.add("choices_when")
    relation = entity.fields[name].relation
    if "filter" in said and relation is not None and relation.to:
        target = ctx.machine.catalog.entities[relation.to[0]]
        if not is_open_expression(ctx, target, said["filter"], outer=entity.key):
            closed.add("filter")
    return {key: value for key, value in said.items() if key not in closed} if closed else said


def _is_open_rule(ctx: Context, entity: Entity, rule: Data) -> bool:
    named = [rule["field"]] if rule.get("field") else []
    for key in ("lock", "require", "show"):
        named += rule.get(key) or []
    return open_paths(ctx, entity, named) == named and all(
        is_open_expression(ctx, entity, rule.get(key)) for key in ("when", "check")
    )


def view_part(ctx: Context, data: Data) -> Data:
    """A view without the columns that are closed."""
    entity = ctx.machine.catalog.entities[data["entity"]]
    part = dict(data)
    for key in ("columns", "card", "totals", "sort"):
        if key in data:
            said = [data[key]] if isinstance(data[key], str) else data[key]
            part[key] = open_paths(ctx, entity, said)
    if "check_off" in data:
        part["check_off"] = {k: v for k, v in data["check_off"].items() if gate.is_readable(ctx, entity, k)}
    return part


def layout_part(ctx: Context, data: Data) -> Data:
    """A layout without the fields and relations that are closed."""
    entity = ctx.machine.catalog.entities[data["entity"]]
    part = dict(data)
    for key in ("highlights", "timeline"):
        if key in data:
            part[key] = open_paths(ctx, entity, data[key])
    if "sections" in data:
        part["sections"] = _sections(ctx, entity, data["sections"])
    if "tabs" in data:
        part["tabs"] = [
            {**tab, "sections": _sections(ctx, entity, tab.get("sections") or [])} for tab in data["tabs"]
        ]
    if "related" in data:
        part["related"] = [
            _related(ctx, entity, each)
            for each in data["related"]
            if gate.is_readable(ctx, entity, each if isinstance(each, str) else each["relation"])
        ]
    if "composer" in data:
        part["composer"] = [
            _composed(ctx, each) for each in data["composer"] if gate.can(ctx, each["entity"], "read")
        ]
    return part


def _sections(ctx: Context, entity: Entity, said: list[Data]) -> list[Data]:
    return [
        {k: v for k, v in each.items() if k != "when" or is_open_expression(ctx, entity, v)}
        | {"fields": open_paths(ctx, entity, each.get("fields") or [])}
        for each in said
    ]


def _related(ctx: Context, entity: Entity, said: Any) -> Any:
    if isinstance(said, str) or "columns" not in said:
        return said
    target = ctx.machine.catalog.entities[entity.relations[said["relation"]].to[0]]
    return {**said, "columns": open_paths(ctx, target, said["columns"])}


def _composed(ctx: Context, said: Data) -> Data:
    entity = ctx.machine.catalog.entities[said["entity"]]
    values = {k: v for k, v in (said.get("values") or {}).items() if gate.is_readable(ctx, entity, k)}
    fields = open_paths(ctx, entity, said.get("fields") or [])
    return {**said, "fields": fields, **({"values": values} if "values" in said else {})}


def pipeline_part(ctx: Context, data: Data) -> Data:
    """A pipeline whose stages ask for open fields only."""
    entity = ctx.machine.catalog.entities[data["entity"]]
    stages = {
        key: {**said, "requires": open_paths(ctx, entity, said["requires"])}
        if said and "requires" in said
        else said
        for key, said in data["stages"].items()
    }
    return {**data, "stages": stages}
