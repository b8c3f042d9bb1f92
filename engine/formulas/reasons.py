"""Why a formula comes to nothing at a record: an input that is empty, or a fault such as a division
by zero. Told from the values that its reader sees, and from no others.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from engine.access import gate
from engine.access.known import KnownEntities
from engine.context import Context
from engine.expressions.functions import amount_of
from engine.fields.money import Money
from engine.formulas.graph import graph_of
from engine.formulas.looking import Looked, counted
from engine.formulas.openness import is_all_open
from engine.records.wording.constants import Constants
from engine.records.wording.phrases import joined, lowered, raised
from engine.records.wording.reckoned import Reckoned
from metadata.expression_calls import is_over_many
from metadata.functions import PERIODS
from metadata.many import Many, find_many
from metadata.syntax import (
    Arithmetic,
    Call,
    Compare,
    Conditional,
    Literal,
    Logic,
    Negative,
    Node,
    Path,
    walk,
)
from metadata.ways import find_way

TOO_LARGE = "The result is larger than a number may be."
NEVER_EMPTY = frozenset(("coalesce", "min", "max", "concat"))  # unless all that they are given is


@dataclass(frozen=True, slots=True)
class Reason:
    """Why there is no value. A fault is what somebody should mend; one by several currencies names them."""

    words: str
    is_fault: bool = False
    currencies: tuple[str, ...] = ()


class Reasons:
    """The reasons for what is empty at one record."""

    def __init__(self, looked: Looked) -> None:
        self._looked, self._ctx, self._entity = looked, looked.ctx, looked.entity
        self._entities = looked.ctx.machine.catalog.entities
        self._reckoned = words_for(looked.ctx)

    def why(self, node: Node) -> Reason:
        """Why a node comes to nothing, which it does."""
        match node:
            case Path():
                return self._of_path(node)
            case Arithmetic():
                return self._of_arithmetic(node)
            case Negative(operand=operand):
                return self.why(operand)
            case Conditional(condition=condition, then=then, otherwise=otherwise):
                return self._of_choice([(condition, then)], otherwise)
            case Call(name="case", arguments=given):
                pairs = list(zip(given[::2], given[1::2], strict=False))
                return self._of_choice(pairs, given[-1] if len(given) % 2 else Literal(None))
            case Call() if is_over_many(node, self._entity, self._entities):
                return self._of_many(node)
            case Call(name="in_currency"):
                return self._of_rates(node)
            case Call():
                return self._of_call(node)
            case _:
                return Reason("The formula says so.")

    def why_bare(self, root: Node) -> Reason:
        """Why what should be an amount has no currency: nothing was added up in it."""
        for node in walk(root):
            is_sum = isinstance(node, Call) and node.name == "sum"
            if is_sum and not isinstance(self._looked.value(node), Money):
                return self.why(node)
        return Reason("There are no amounts in it.")

    def _word(self, node: Node) -> str:
        return self._reckoned.word(node, self._entity.key)

    def _of_path(self, node: Path) -> Reason:
        formula = graph_of(self._ctx.machine).formulas.get((self._entity.key, node.names[0]))
        if formula and len(node.names) == 1 and is_all_open(self._ctx, formula):
            inner = self.why(formula.expression.root) if self._is_empty(formula.expression.root) else None
            because = f": {lowered(inner.words)}" if inner else "."
            return Reason(f"{raised(self._word(node))} is empty{because}", bool(inner and inner.is_fault))
        for end in range(1, len(node.names)):
            link = Path(node.names[:end])
            if node.names[0] != "me" and self._is_empty(link):
                return Reason(f"{raised(self._word(link))} is empty.")
        way = find_way(self._entities, self._entity.key, node.names)
        if way is not None and way.kind != "boolean" and way.is_part and way.field and way.field.settings.get("pipelines"):
            return Reason(f"The {lowered(way.field.label)} that it is on is gone.", is_fault=True)
        closed = "" if way is None or self._is_all_read(way.entity) else ", or not open to you"
        return Reason(f"{raised(self._word(node))} is empty{closed}.")

    def _of_arithmetic(self, node: Arithmetic) -> Reason:
        for side in (node.left, node.right):
            is_period = isinstance(side, Call) and side.name in PERIODS
            asked = side.arguments[0] if is_period and isinstance(side, Call) else side
            if self._is_empty(asked):
                return self.why(asked)
        if isinstance(node.right, Call) and node.right.name in PERIODS:
            return Reason("The day is beyond the end of the calendar.", is_fault=True)
        left, right = self._looked.value(node.left), self._looked.value(node.right)
        if isinstance(left, Money) and isinstance(right, Money) and left.currency != right.currency:
            return _of_currencies(left.currency, right.currency)
        if node.operator in {"/", "//", "%"} and amount_of(right) == 0:
            return Reason(f"Division by zero: {self._word(node.right)} is 0.", is_fault=True)
        return Reason(TOO_LARGE, is_fault=True)

    def _of_choice(self, cases: Iterable[tuple[Node, Node]], otherwise: Node) -> Reason:
        passed = []
        for condition, value in cases:
            words = self._word(condition)
            if self._looked.value(condition) is True:
                says_nothing = isinstance(value, Literal)
                return Reason(f"It is empty while {words}.") if says_nothing else self.why(value)
            passed.append(words)
        if not isinstance(otherwise, Literal):
            return self.why(otherwise)
        return Reason(f"It is empty unless {joined(passed, 'or')}.")

    def _of_many(self, node: Call) -> Reason:
        path = node.arguments[0]
        many = find_many(path.names, self._entity, self._entities) if isinstance(path, Path) else None
        if many is None:
            return Reason("There is nothing to look at.")
        far = self._entities[many.relation.to[0]]
        closed = "" if self._is_all_read(far.key) else " that are open to you"
        there = Call("any", (Path((*many.before, many.relation.key)), *node.arguments[1:]))
        records = self._word(there).removeprefix("there are ")
        if not self._looked.value(counted(node, self._entity, self._entities)):
            return Reason(f"There are no {records}{closed}.")
        currencies = self._currencies(node, many)
        if len(currencies) > 1:
            return _of_currencies(*currencies)
        if currencies or self._is_number(node, many):
            return Reason(TOO_LARGE, is_fault=True)
        value = self._reckoned.word(Path(many.behind), far.key)
        return Reason(f"{raised(value)} is empty for all {records}{closed}.")

    def _currencies(self, node: Call, many: Many) -> tuple[str, ...]:
        """The currencies of the amounts a call looks at: the first one, and another if there is one."""
        first = self._looked.value(Call("first", node.arguments))
        if not isinstance(first, Money):
            return ()
        code = Call("currency", (Path(many.behind),))
        other = Compare("!=", code, Literal(first.currency))
        condition = Logic("and", (*node.arguments[1:], other)) if node.arguments[1:] else other
        found = self._looked.value(Call("first", (node.arguments[0], condition)))
        return (first.currency, found.currency) if isinstance(found, Money) else (first.currency,)

    def _is_number(self, node: Call, many: Many) -> bool:
        return isinstance(self._looked.value(Call("first", node.arguments)), Decimal)

    def _of_rates(self, node: Call) -> Reason:
        money, target, *days = node.arguments
        for each in (money, *days):
            if self._is_empty(each):
                return self.why(each)
        amount_in = self._looked.value(money)
        reporting = self._ctx.machine.catalog.settings.currency
        wanted = {getattr(amount_in, "currency", ""), self._looked.value(target)} - {reporting}
        codes = joined(sorted(filter(None, wanted)), "or")
        day = f" on or before {self._word(days[0])}" if days else ""
        return Reason(f"There is no exchange rate for {codes}{day}.", is_fault=True)

    def _of_call(self, node: Call) -> Reason:
        empty = [each for each in node.arguments if self._is_empty(each)]
        words = list(dict.fromkeys(self._word(each) for each in empty))
        if node.name in NEVER_EMPTY and len(words) > 1:
            return Reason(f"{raised(joined(words, 'and'))} are empty.")
        if empty:
            return self.why(empty[0])
        currencies = {v.currency for each in node.arguments if isinstance(v := self._looked.value(each), Money)}
        if len(currencies) > 1:
            return _of_currencies(*sorted(currencies))
        return Reason(f"{raised(self._word(node))}: there is none for these values.")

    def _is_empty(self, node: Node) -> bool:
        return self._looked.value(node) is None

    def _is_all_read(self, entity: str) -> bool:
        return self._ctx.actor.is_system or gate.rights(self._ctx, entity).read == "all"


def words_for(ctx: Context) -> Reckoned:
    """What says expressions in the words of a reader; Denied for what is closed to them."""
    return Reckoned(KnownEntities(ctx, "metadata"), Constants(ctx, ()))


def _of_currencies(*codes: str) -> Reason:
    words = f"There are amounts in different currencies: {joined(codes, 'and')}."
    return Reason(words, is_fault=True, currencies=codes)
