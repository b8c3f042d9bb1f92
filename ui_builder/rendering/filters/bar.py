"""The bar above a view: what is filtered by, in words, each part with a way to leave it out."""

from dataclasses import dataclass

from engine.access import gate
from engine.context import Context
from engine.errors import Malformed
from engine.records import filters
from engine.records.wording.conditions import word_parts
from engine.records.wording.phrases import raised
from metadata.catalog import Entity
from metadata.filters.parts import Group, Part
from metadata.filters.putting import put_together
from metadata.filters.taking import take_apart
from metadata.printing import print_expression
from metadata.syntax import ExpressionRefused
from ui_builder.rendering.questions import Question

NOTHING = "False"  # what a filter that can't be read leaves


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a text, and the part of it that is."""

    message: str
    before: str = ""
    part: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Chip:
    """A part of the filter in words, and the address of the list without it."""

    words: str
    href: str


@dataclass(frozen=True, slots=True)
class FilterBar:
    """The filter of a view as its address says it. `kept` is what else the address says."""

    key: str
    where: str
    entity_plural: str
    kept: tuple[tuple[str, str], ...]
    clear_href: str
    chips: tuple[Chip, ...] = ()
    mistake: Mistake | None = None


def draw_bar(ctx: Context, entity: Entity, view: str, question: Question) -> FilterBar:
    """The bar of a view. A filter that can't be read is told of; Denied names what is closed."""
    kept = tuple(question.said(where="").items())
    clear = question.address(view, where="")
    mistake = find_mistake(ctx, entity, question.where)
    chips: tuple[Chip, ...] = ()
    if question.where and mistake is None:
        expression = filters.read_where(ctx, entity, question.where)
        chips = _chips(ctx, entity, view, question, take_apart(expression.root))
    return FilterBar(view, question.where, entity.plural, kept, clear, chips, mistake)


def find_mistake(ctx: Context, entity: Entity, where: str) -> Mistake | None:
    """Why a text is no filter of an entity; None when it is one, or there is none."""
    if not where.strip():
        return None
    try:
        filters.conditions(ctx, gate.source(ctx, entity.key), (where,))
    except Malformed as refusal:
        return _mistake(refusal, where.strip())
    return None


def _mistake(refusal: Malformed, where: str) -> Mistake:
    cause = refusal.__cause__
    if not isinstance(cause, ExpressionRefused):
        return Mistake(refusal.message)
    problem = cause.problems[0]
    start, end = problem.column - 1, problem.column - 1 + problem.length
    message = f"{raised(problem.message)} (column {problem.column})"
    return Mistake(message, where[:start], where[start:end] or " ", where[end:])


def _chips(
    ctx: Context, entity: Entity, view: str, question: Question, group: Group
) -> tuple[Chip, ...]:
    parts: tuple[Part, ...] = group.parts if group.join == "and" else (group,)
    words = word_parts(ctx, entity, parts)
    return tuple(
        Chip(words[at], question.address(view, where=source_of(Group("and", parts[:at] + parts[at + 1 :]))))
        for at in range(len(parts))
    )


def source_of(group: Group) -> str:
    """The text of a filter; nothing when it asks nothing."""
    root = put_together(group)
    return "" if root is None else print_expression(root)
