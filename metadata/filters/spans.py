"""Stretches of time counted from today, or for moments from now: both ways, to and from the tree."""

from decimal import Decimal

from metadata.filters.parts import UNITS, Span
from metadata.syntax import Arithmetic, Call, Compare, Literal, Logic, Node, Path

FAR = {  # how a day or moment lies to one that is some time away: the sign, and which way from now
    "ago_more": ("<", "-"),
    "ago_less": (">", "-"),
    "ahead_more": (">", "+"),
    "ahead_less": ("<", "+"),
}
OF_MOMENTS = {"days_ago": "-", "days_from_now": "+"}


def put_span(span: Span) -> Node:
    """The condition that a stretch of time is."""
    path = Path(tuple(span.path.split(".")))
    if span.operator in FAR:
        sign, way = FAR[span.operator]
        return Compare(sign, path, _shifted(span, way))
    start, end = _edges(span)
    return Logic("and", (Compare(">=", path, start), Compare("<=", path, end)))


def _edges(span: Span) -> tuple[Node, Node]:
    base = _base(span.from_now)
    if span.operator == "this":
        arguments = (base, Literal(span.unit))
        return Call("start_of", arguments), Call("end_of", arguments)
    return (_shifted(span, "-"), base) if span.operator == "last" else (base, _shifted(span, "+"))


def _shifted(span: Span, way: str) -> Node:
    number = Literal(Decimal(span.number or 0))
    if span.from_now and span.unit == "days":
        return Call("days_ago" if way == "-" else "days_from_now", (number,))
    return Arithmetic(way, _base(span.from_now), Call(span.unit, (number,)))


def take_pair(one: Node, other: Node) -> Span | None:
    """The stretch that two conditions side by side are, if they are one."""
    match one, other:
        case Compare(">=", Path() as path, start), Compare("<=", Path() as same, end) if path == same:
            return _between(str(path), start, end)
        case _:
            return None


def _between(path: str, start: Node, end: Node) -> Span | None:
    match start, end:
        case Call("start_of", (base, Literal(str() as unit))), Call("end_of", (same, Literal(until))):
            whole = _is_now(base) and base == same and unit == until
            return Span(path, "this", None, unit, base == Call("now", ())) if whole else None
        case _:
            last, ahead = _away(start), _away(end)
            if last and last[0] == "-" and end == _base(last[3]):
                return Span(path, "last", *last[1:])
            if ahead and ahead[0] == "+" and start == _base(ahead[3]):
                return Span(path, "next", *ahead[1:])
            return None


def take_span(node: Compare) -> Span | None:
    """The stretch that begins or ends some time away, if the comparison says one."""
    away = _away(node.right)
    if away is None or not isinstance(node.left, Path):
        return None
    kinds = (key for key, said in FAR.items() if said == (node.operator, away[0]))
    operator = next(kinds, None)
    return Span(str(node.left), operator, *away[1:]) if operator else None


def _away(node: Node) -> tuple[str, int, str, bool] | None:
    """How far a day or moment is from now: which way, how many, of what, and whether from now."""
    match node:
        case Call(name, (Literal(Decimal() as number),)) if name in OF_MOMENTS and _whole(number):
            return OF_MOMENTS[name], int(number), "days", True
        case Arithmetic("+" | "-" as way, base, Call(unit, (Literal(Decimal() as number),))):
            known = _is_now(base) and unit in UNITS and _whole(number)
            return (way, int(number), unit, base == Call("now", ())) if known else None
        case _:
            return None


def _whole(number: Decimal) -> bool:
    return number == number.to_integral_value()


def _base(from_now: bool) -> Call:
    return Call("now" if from_now else "today", ())


def _is_now(node: Node) -> bool:
    return node in (Call("now", ()), Call("today", ()))

