"""From the tree of an expression to the parts of a filter."""

from decimal import Decimal

from metadata.filters.parts import (
    COMPARED,
    COUNTED,
    LISTED,
    RELATED,
    SEARCHED,
    Group,
    Many,
    Part,
    Piece,
    Row,
)
from metadata.filters.putting import IN_MY_TEAMS, MY_TEAMS
from metadata.filters.spans import take_pair, take_span
from metadata.printing import print_expression
from metadata.syntax import Call, Compare, Items, Literal, Logic, Negative, Node, Not, Path

ME = Path(("me",))
FLIPPED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
OPERATORS = {sign: key for key, sign in COMPARED.items()}


def take_apart(root: Node) -> Group:
    """An expression as a group of parts, in which everything that it says stands."""
    part = _take(root)
    return part if isinstance(part, Group) else Group("and", (part,))


def _take(node: Node) -> Part:
    match node:
        case Logic(operator="and"):
            parts = _all_of(_flat(node))
            return parts[0] if len(parts) == 1 else Group("and", parts)
        case Logic(operator="or"):
            return Group("or", tuple(map(_take, _flat(node))))
        case Not(operand=operand):
            return _denied(operand)
        case Compare():
            return take_span(node) or _count(node) or _compare(node) or _piece(node)
        case Path():
            return Row(str(node), "yes")
        case Call():
            return _call(node) or _piece(node)
        case _:
            return _piece(node)


def _piece(node: Node) -> Piece:
    return Piece(print_expression(node))


def _flat(node: Logic) -> list[Node]:
    """What is joined, with what is joined alike within."""
    found: list[Node] = []
    for operand in node.operands:
        alike = isinstance(operand, Logic) and operand.operator == node.operator
        found += _flat(operand) if alike and isinstance(operand, Logic) else [operand]
    return found


def _all_of(nodes: list[Node]) -> tuple[Part, ...]:
    """The parts of what must all hold; two comparisons side by side may be one stretch of time."""
    parts: list[Part] = []
    waiting = list(nodes)
    while waiting:
        node = waiting.pop(0)
        span = take_pair(node, waiting[0]) if waiting else None
        if span is not None:
            waiting.pop(0)
        parts.append(span or _take(node))
    return tuple(parts)


def _denied(node: Node) -> Part:
    part = _take(node)
    match part:
        case Row(path=path, operator="yes"):
            return Row(path, "no")
        case Row(path=path, operator="empty") if isinstance(node, Call):
            return Row(path, "filled")
        case Row(path=path, operator="contains", values=values):
            return Row(path, "lacks", values)
        case Many(path=path, operator="any", inside=inside):
            return Many(path, "none", None, inside)
        case Group(join="or", parts=parts):
            return Group("nor", parts)
        case _:
            return Group("nor", (part,))


def _compare(node: Compare) -> Part | None:
    left, right, sign = node.left, node.right, node.operator
    if sign in FLIPPED and (left == ME or not isinstance(left, Path)):
        left, right, sign = right, left, FLIPPED[sign]
    if isinstance(right, Path) and sign == "in" and is_constant(left) and right != MY_TEAMS:
        return Row(str(right), "contains", (left,))
    if not isinstance(left, Path) or left == ME:
        return None
    path = str(left)
    if sign in LISTED.values():
        if isinstance(right, Items) and right.items and all(map(is_constant, right.items)):
            return Row(path, "in" if sign == "in" else "not_in", right.items)
        return Row(path, "my_teams") if (sign, right) == ("in", MY_TEAMS) else None
    if sign in {"==", "!="} and right == ME:
        return Row(path, "me" if sign == "==" else "not_me")
    if sign in {"==", "!="} and right == Literal(None):
        return Row(path, "empty" if sign == "==" else "filled")
    return Row(path, OPERATORS[sign], (right,)) if is_constant(right) else None


def is_constant(node: Node) -> bool:
    """Whether a node is a text or a number, as an input can hold it."""
    if isinstance(node, Negative):
        node = node.operand
        return isinstance(node, Literal) and isinstance(node.value, Decimal)
    is_truth = isinstance(node, Literal) and isinstance(node.value, bool)
    return isinstance(node, Literal) and node.value is not None and not is_truth


def _call(node: Call) -> Part | None:
    if not node.arguments or not isinstance(node.arguments[0], Path):
        return None
    path, values = str(node.arguments[0]), node.arguments[1:]
    if node.name == "is_empty":
        return Row(path, "empty")
    if node.name in SEARCHED and is_constant(values[0]):
        return Row(path, node.name, values)
    if node.name == "any" and values == (IN_MY_TEAMS,) and path.endswith(".teams"):
        return Row(path.removesuffix(".teams"), "mates")
    if node.name in RELATED and len(values) < 2:
        return Many(path, node.name, None, take_apart(values[0]) if values else Group())
    return None


def _count(node: Compare) -> Part | None:
    call, number, sign = node.left, node.right, node.operator
    if not isinstance(call, Call) and sign in FLIPPED:
        call, number, sign = number, call, FLIPPED[sign]
    known = {sign: key for key, sign in COUNTED.items()}
    if not (isinstance(call, Call) and call.name == "count" and sign in known and is_constant(number)):
        return None
    many = _call(Call("any", call.arguments))
    return Many(many.path, known[sign], number, many.inside) if isinstance(many, Many) else None
