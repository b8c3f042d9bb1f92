"""Does a formula over money say well in which currency it comes, at whose rates, and when it is frozen?"""

from collections.abc import Iterator

from metadata.askable import unaskable
from metadata.building import show_problem
from metadata.catalog import Catalog, Field
from metadata.conversions import amounts_of, converts, expressions_of, says_conversion, sums_of
from metadata.diagnostics import Diagnostics
from metadata.expression_types import check_expression
from metadata.formulas import circle_of, never_told
from metadata.merging import Layered
from metadata.reads import Place
from metadata.syntax import ExpressionProblem
from metadata.value_types import CONDITION

WARNING = "formula.mixed-currencies"


def check_policies(catalog: Catalog, field: Field, layered: Layered, found: Diagnostics) -> None:
    """Ask a formula. What doesn't fit in it was told before."""
    if field.formula is None or check_expression(field.formula, field.entity, catalog.entities):
        return
    for prop, problems in (("rates_on", _of_rates), ("freeze_when", _of_freezing)):
        said = field.settings.get(prop)
        if said is not None:
            for problem in dict.fromkeys(problems(catalog, field)):
                show_problem(layered, ("fields", field.key, prop), said.source, problem, found)
    if not converts(field) and not field.settings.get("currency"):
        _warn(catalog, field, layered, found)


def _of_rates(catalog: Catalog, field: Field) -> Iterator[ExpressionProblem]:
    assert field.formula is not None  # noqa: S101 - asked of formulas only
    day = field.settings["rates_on"]
    whole = 1, len(day.source)
    own = Place(catalog.entities[field.entity])
    if says_conversion(field.formula):
        message = "The formula turns money by in_currency already. Leave out one of the two."
        yield ExpressionProblem("formula.two-policies", message, *whole)
    elif not any(True for _ in amounts_of(field.formula, own, catalog.entities)):
        yield ExpressionProblem("formula.no-amount", "There is no amount in this formula to be turned.", *whole)
    for expression, place in expressions_of(field, catalog.entities, freezing=False):
        if expression is day:
            yield from check_expression(day, place.entity.key, catalog.entities, expects="date")
            yield from unaskable(day, place.entity.key, catalog.entities, wholly=True)


def _of_freezing(catalog: Catalog, field: Field) -> Iterator[ExpressionProblem]:
    condition = field.settings["freeze_when"]
    problems = check_expression(condition, field.entity, catalog.entities, expects=CONDITION)
    problems += unaskable(condition, field.entity, catalog.entities, wholly=True)
    if problems or circle_of(field, catalog.entities):
        yield from problems
        return
    for problem in never_told(field, catalog.entities):
        message = f"{problem.message} A formula is frozen by the write in which its condition first holds."
        yield ExpressionProblem(problem.code, message, problem.column, problem.length)


def _warn(catalog: Catalog, field: Field, layered: Layered, found: Diagnostics) -> None:
    """A sum over amounts that may be in several currencies, of which nothing says what becomes of them."""
    assert field.formula is not None  # noqa: S101 - asked of formulas only
    for call, end in sums_of(field, catalog.entities):
        if end.formula is None or not (converts(end) or end.settings.get("currency")):
            words = field.formula.source[call.column - 1 : call.column - 1 + call.length]
            message = f"{words} takes amounts that may be in several currencies, and is empty where they are."
            hint = "Say by whose rates they are brought to one: rates_on: today(), or a date of theirs."
            found.warn(layered.place("fields", field.key, "formula"), WARNING, message, hint)
