"""Why a formula that brings amounts to one currency is empty: one of them is, or has no rate."""

from engine.context import Context
from engine.fields.money import Money
from engine.formulas.graph import Formula
from engine.formulas.looking import Looked
from engine.formulas.reasons import Reason, Reasons, words_for
from engine.records.wording.phrases import joined
from metadata.conversions import amounts_of
from metadata.functions import OF_TIME
from metadata.reads import Place
from metadata.syntax import Call, Node


def why_unrated(looked: Looked, formula: Formula) -> Reason:
    """Why a formula with a pricing comes to nothing, told from its amounts as they are."""
    value, reasons = looked.value(formula.expression.root), Reasons(looked)
    reason = reasons.why(formula.expression.root) if value is None else Reason("")
    if value is None and not reason.currencies:
        return reason
    place, day = _place(looked.ctx, formula), formula.pricing.day.root if formula.pricing else formula.expression.root
    if not place.way and looked.value(day) is None:
        return reasons.why(day)
    catalog = looked.ctx.machine.catalog
    taken = reason.currencies or ((value.currency,) if isinstance(value, Money) else ())
    codes = sorted({*taken, formula.currency} - {catalog.settings.currency})
    when = _when(looked.ctx, day, place)
    return Reason(f"There is no exchange rate for {joined(codes, 'or')}{when}.", is_fault=True)


def _place(ctx: Context, formula: Formula) -> Place:
    """Where the amounts stand, and the day with them."""
    entities = ctx.machine.catalog.entities
    own = Place(entities[formula.field.entity])
    return next((place for _, place in amounts_of(formula.expression, own, entities)), own)


def _when(ctx: Context, day: Node, place: Place) -> str:
    if isinstance(day, Call) and day.name in OF_TIME:
        return ""
    words = words_for(ctx).word(day, place.entity.key)
    return f" on or before {words}{' of each' if place.way else ''}"
