"""From a merged entity document to its frozen fields: settings filled in, references resolved."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from metadata import declarations
from metadata.catalog import Choice, Field, Pipeline, Relation, Rule, Stage
from metadata.diagnostics import Diagnostics, way_on
from metadata.expressions import parse_expression
from metadata.identities import EntityIdentity
from metadata.merging import Layered
from metadata.surroundings import Surroundings, targets_of
from metadata.syntax import Expression, ExpressionProblem, ExpressionRefused

COMMON = frozenset(
    ["type", "was", "label", "help", "required", "unique", "default", "index", "search", "hidden", "read_only", "personal", "audit", "aliases", "formula", "mode"]
)
SYSTEM = {
    "id": ("text", "ID"),
    "title": ("text", "Title"),
    "created_at": ("datetime", "Created"),
    "created_by": ("user", "Created by"),
    "updated_at": ("datetime", "Updated"),
    "updated_by": ("user", "Updated by"),
    "version": ("integer", "Version"),
    "trashed_at": ("datetime", "Trashed"),
}
RESERVED = frozenset((*SYSTEM, "trashed_by", "trashed_with", "me", "old", "parent"))


def words(key: str) -> str:
    """A label for a key that has none: its words, the first with a capital."""
    text = key.replace("_", " ")
    return text[:1].upper() + text[1:]


def build_choices(values: Any) -> tuple[Choice, ...]:
    """Choices from any of the forms they are written in."""
    pairs = (
        values.items()
        if isinstance(values, Mapping)
        else ((None, value) for value in values or ())
    )
    return tuple(_choice(key, value) for key, value in pairs)


def _choice(key: str | None, value: Any) -> Choice:
    if not isinstance(value, Mapping):
        return Choice(key=key or str(value), label=str(value) if key else words(str(value)))
    name = key or str(value.get("key") or value.get("label", ""))
    return Choice(
        key=name,
        label=value.get("label") or words(name),
        color=value.get("color", ""),
        retired=bool(value.get("retired", False)),
        aliases=tuple(value.get("aliases") or ()),
    )


def build_pipeline(layered: Layered) -> Pipeline:
    """A pipeline from its document."""
    stages = {
        key: _stage(key, said or {}) for key, said in (layered.data.get("stages") or {}).items()
    }
    return Pipeline(
        key=layered.key,
        identity=layered.key,
        entity=str(layered.data.get("entity", "")),
        label=layered.data.get("label") or words(layered.key),
        stages=MappingProxyType(stages),
        aliases=tuple(layered.data.get("aliases") or ()),
        layer=layered.document.pack,
    )


def _stage(key: str, said: Mapping[str, Any]) -> Stage:
    category = said.get("category", "open")
    usual = {"won": 100, "lost": 0}.get(category, 50)
    moves = said.get("moves")
    return Stage(
        key=key,
        label=said.get("label") or words(key),
        category=category,
        probability=said.get("probability", usual),
        color=said.get("color", ""),
        requires=tuple(said.get("requires") or ()),
        moves=None if moves is None else tuple(moves),
        rotting_days=said.get("rotting_days"),
        aliases=tuple(said.get("aliases") or ()),
    )


def build_fields(
    layered: Layered, identity: EntityIdentity, around: Surroundings, found: Diagnostics
) -> dict[str, Field]:
    """The declared fields of an entity in their order, then the system ones."""
    known = {f.key: f.identity for f in identity.fields if f.live}
    fields = {
        key: _field(layered, key, said, known[key], around, found)
        for key, said in (layered.data.get("fields") or {}).items()
        if key in known
    }
    for key, (kind, label) in SYSTEM.items():
        fields[key] = _system_field(layered.key, key, kind, label, around)
    return fields


def _system_field(entity: str, key: str, kind: str, label: str, around: Surroundings) -> Field:
    relation = None
    settings = dict(_settings(kind, {}))
    if declarations.declared(kind).relation:
        to = tuple({declarations.declared(kind).to} & around.entities)
        settings["to"] = to
        relation = Relation(
            key=key, entity=entity, to=to, many=False, holder=entity, field=key, kind="one",
            label=label,
        )  # fmt: skip
    return Field(
        key=key,
        identity=f"{entity}.{key}",
        entity=entity,
        type=kind,
        label=label,
        system=True,
        read_only=True,
        required=key in {"id", "created_at", "updated_at", "version"},
        settings=MappingProxyType(settings),
        relation=relation,
    )


def _settings(kind: str, said: Mapping[str, Any]) -> Mapping[str, Any]:
    own = {key: value for key, value in said.items() if key not in COMMON}
    return MappingProxyType({**declarations.declared(kind).defaults, **own})


def _field(
    layered: Layered,
    key: str,
    said: Mapping[str, Any],
    identity: str,
    around: Surroundings,
    found: Diagnostics,
) -> Field:
    kind = said["type"]
    settings = dict(_settings(kind, said))
    declaration = declarations.declared(kind)
    values = declarations.declared(str(said.get("result") or kind))
    if "choices" in declaration.settings:
        settings["choices"] = _choices_of(layered, key, settings.get("choices"), around, found)
    if declaration.value in {"stage", "pipeline"}:
        settings["pipelines"] = tuple(around.pipelines.get(layered.key, {}).values())
    relation = None
    if values.relation:
        relation = _relation(layered, key, said, values, around, found)
        settings["to"] = relation.to
    settings |= _conditions(layered, key, said, found)
    label = said.get("label") or words(key)
    return Field(
        key=key,
        identity=identity,
        entity=layered.key,
        type=kind,
        label=label,
        help=said.get("help", ""),
        required=bool(said.get("required", False)),
        unique=bool(said.get("unique", False)),
        default=_default(layered, key, said.get("default"), found),
        index=bool(said.get("index", False)),
        search=bool(said.get("search", False)),
        hidden=bool(said.get("hidden", False)),
        read_only=bool(said.get("read_only", False)) or "formula" in said,
        aliases=tuple(said.get("aliases") or ()),
        personal=str(said.get("personal") or "").replace("True", "yes"),
        audit=bool(said.get("audit", True)) and "formula" not in said,
        settings=MappingProxyType(settings),
        relation=relation,
        formula=read_expression(layered, said.get("formula"), ("fields", key, "formula"), found),
        mode=said.get("mode", "stored"),
        layer=layered.layer_of("fields", key),
    )


def _conditions(
    layered: Layered, key: str, said: Mapping[str, Any], found: Diagnostics
) -> dict[str, Any]:
    """The expressions among a field's settings: what it offers when, and how it turns and freezes money."""
    read: dict[str, Any] = {}
    if "choices_when" in said:
        path = ("fields", key, "choices_when")
        whens = {
            choice: read_expression(layered, when, (*path, choice), found)
            for choice, when in said["choices_when"].items()
        }
        read["choices_when"] = MappingProxyType({c: when for c, when in whens.items() if when is not None})
    for prop in ("filter", "rates_on", "freeze_when"):
        if prop in said:
            read[prop] = read_expression(layered, said[prop], ("fields", key, prop), found)
    return read


def _choices_of(
    layered: Layered, key: str, said: Any, around: Surroundings, found: Diagnostics
) -> tuple[Choice, ...]:
    if not isinstance(said, str):
        return build_choices(said)
    if said not in around.choices and not found.has_lost("choices", said):
        place = layered.place("fields", key, "choices")
        message = f'There is no choices document "{said}".'
        found.error(place, "field.unknown-choices", message, way_on(said, around.choices))
    return around.choices.get(said, ())


def _relation(
    layered: Layered,
    key: str,
    said: Mapping[str, Any],
    declaration: declarations.Declaration,
    around: Surroundings,
    found: Diagnostics,
) -> Relation:
    to = declaration.to or said.get("to", ())
    targets = around.with_timeline if to == "*" else targets_of(to)
    for target in targets:
        if target not in around.entities and not found.has_lost("entity", target):
            step = "type" if declaration.to else "to"
            place = layered.place("fields", key, step)
            message = f'Field "{key}" of "{layered.key}" links to "{target}", which is no entity.'
            found.error(place, "field.unknown-target", message, way_on(target, around.entities))
    return Relation(
        key=key,
        entity=layered.key,
        to=tuple(target for target in targets if target in around.entities),
        many=declaration.relation == "many",
        holder=layered.key,
        field=key,
        kind=declaration.relation,
        inverse=said.get("inverse", ""),
        on_delete=said.get("on_delete", "clear"),
        label=said.get("label") or words(key),
    )


def _default(layered: Layered, key: str, said: Any, found: Diagnostics) -> Any:
    if not (isinstance(said, str) and said.startswith("=")):
        return said
    return read_expression(layered, said[1:], ("fields", key, "default"), found)


def read_expression(
    layered: Layered, source: str | None, path: tuple[str | int, ...], found: Diagnostics
) -> Expression | None:
    """An expression that stands in a document; faults are noted where it stands."""
    if source is None:
        return None
    try:
        return parse_expression(source)
    except ExpressionRefused as refusal:
        for problem in refusal.problems:
            show_problem(layered, path, source.strip(), problem, found)
        return None


def show_problem(
    layered: Layered,
    path: tuple[str | int, ...],
    text: str,
    problem: ExpressionProblem,
    found: Diagnostics,
) -> None:
    """Note a problem of an expression at the very part of its document, with a caret below it."""
    written: Any = layered.data
    for step in path:
        written = written[step]
    within = max(0, str(written).find(text)) + problem.column - 1
    line_start = text.rfind("\n", 0, problem.column - 1) + 1
    line = text[line_start:].partition("\n")[0]
    caret = " " * (problem.column - 1 - line_start) + "^" * max(1, problem.length)
    place = layered.place(*path, within=within)
    found.error(place, problem.code, problem.message, f"{line}\n  {caret}")


def build_rules(layered: Layered, found: Diagnostics) -> tuple[Rule, ...]:
    """The rules of an entity in their order."""
    return tuple(
        Rule(
            key=key,
            when=read_expression(layered, said.get("when"), ("rules", key, "when"), found),
            check=read_expression(layered, said.get("check"), ("rules", key, "check"), found),
            message=said.get("message", ""),
            field=said.get("field", ""),
            lock=tuple(said.get("lock") or ()),
            require=tuple(said.get("require") or ()),
            show=tuple(said.get("show") or ()),
            layer=layered.layer_of("rules", key),
        )
        for key, said in (layered.data.get("rules") or {}).items()
    )
