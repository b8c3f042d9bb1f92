"""Can every formula be worked out, and kept as it asks to be?"""

from collections.abc import Iterator

from metadata.building import show_problem
from metadata.catalog import Catalog, Entity, Field
from metadata.checks.policies import check_policies
from metadata.diagnostics import Diagnostics
from metadata.expression_types import type_of
from metadata.formulas import circle_of, unfixed
from metadata.functions import ANY
from metadata.merging import Layered
from metadata.syntax import ExpressionProblem
from metadata.targets import UNKNOWN, targets
from metadata.value_types import declared_of, value_of

FROM_OUTSIDE = {
    "required": "is worked out, so it can't be asked for",
    "unique": "is worked out, so it can't be kept unique",
    "default": "is worked out from the beginning, and needs no default",
}


def check(catalog: Catalog, layered: Layered, found: Diagnostics) -> None:
    """Ask the formulas of an entity."""
    entity = catalog.entities[layered.key]
    _check_uses(entity, layered, found)
    for field in entity.declared:
        if field.formula is not None:
            _check_said(field, layered, found)
            _check_index(field, layered, found)
            for problem in _problems(catalog, field, layered):
                where = ("fields", field.key, "formula")
                show_problem(layered, where, field.formula.source, problem, found)
            check_policies(catalog, field, layered, found)


def _check_uses(entity: Entity, layered: Layered, found: Diagnostics) -> None:
    """What must be there before a record is written can't be worked out from it."""
    named: list[tuple[tuple[str | int, ...], str]] = [(("title",), entity.title)]
    named += [((prop,), key) for prop, key in (("owner", entity.owner), ("access", entity.inherits)) if key]
    named += [(("unique", at, no), key) for at, keys in enumerate(entity.unique) for no, key in enumerate(keys)]
    for where, key in named:
        field = entity.fields.get(key)
        if field is not None and field.formula is not None:
            message = f'"{key}" is a formula, which can\'t stand here. Name a field that is written.'
            found.error(layered.place(*where), "formula.not-given", message)


def _check_said(field: Field, layered: Layered, found: Diagnostics) -> None:
    said = layered.data["fields"][field.key]
    for prop, reason in FROM_OUTSIDE.items():
        if said.get(prop) not in (None, False):
            place = layered.place("fields", field.key, prop)
            found.error(place, "formula.not-given", f'"{field.key}" {reason}.', f"Leave out: {prop}")


def _check_index(field: Field, layered: Layered, found: Diagnostics) -> None:
    """Texts that are worked out may be longer than an index can hold."""
    if field.index and value_of(field) == "text":
        place = layered.place("fields", field.key, "index")
        message = f'"{field.key}" is a text that is worked out, which may be too long for an index.'
        found.error(place, "field.not-indexable", message, "Leave out: index. Lists sort by it all the same.")


def _problems(catalog: Catalog, field: Field, layered: Layered) -> Iterator[ExpressionProblem]:
    assert field.formula is not None  # noqa: S101 - asked of formulas only
    circle = circle_of(field, catalog.entities)
    whole = len(field.formula.source)
    if circle:
        steps = " → ".join(".".join(name) for name in circle)
        yield ExpressionProblem("formula.circle", f"This formula depends on itself: {steps}.", 1, whole)
        return
    kind = type_of(field.formula.root, catalog.entities[field.entity], catalog.entities)
    if value_of(field) == "money" and kind == "number" and not field.settings.get("currency"):
        message = "This is a number, and no currency is said. Add a currency to the field: currency: EUR"
        yield ExpressionProblem("formula.no-currency", message, 1, whole)
    yield from _of_result(catalog, field, kind)
    said = layered.data["fields"][field.key]
    if field.mode == "read" and (field.index or said.get("mode") == "stored"):
        yield from _not_storable(catalog, field)


def _of_result(catalog: Catalog, field: Field, kind: str) -> Iterator[ExpressionProblem]:
    """A record must be of the kind that is linked to, and a choice one of some."""
    assert field.formula is not None  # noqa: S101 - asked of formulas only
    whole = len(field.formula.source)
    if "choices" in declared_of(field).required and not field.settings.get("choices"):
        message = "Say which choices there are: choices: …"
        yield ExpressionProblem("formula.no-choices", message, 1, whole)
    if field.relation is None or kind in {ANY, "empty"}:
        return
    wanted = set(field.relation.to)
    if not wanted:
        yield ExpressionProblem("formula.no-target", "Say to which entity it links: to: …", 1, whole)
        return
    strays = targets(field.formula.root, catalog.entities[field.entity], catalog.entities) - wanted
    if strays or kind != "record":
        found = ", ".join(sorted(strays - {UNKNOWN})) or "no record that can be told"
        message = f"This leads to {found}, where {' or '.join(sorted(wanted))} must stand."
        yield ExpressionProblem("formula.other-target", message, 1, whole)


def _not_storable(catalog: Catalog, field: Field) -> Iterator[ExpressionProblem]:
    asked = "index: true" if field.index else "mode: stored"
    hint = f"It can't be stored, as {asked} asks: leave that out."
    assert field.formula is not None  # noqa: S101 - asked of formulas only
    reasons = list(unfixed(field, catalog.entities))
    for problem in reasons:
        yield ExpressionProblem(problem.code, f"{problem.message} {hint}", problem.column, problem.length)
    if not reasons:
        message = f"It is worked out whenever it is read, or uses a formula that is. {hint}"
        yield ExpressionProblem("formula.not-storable", message, 1, len(field.formula.source))
