"""From the parts of a filter to the tree of its expression. What is not filled in yet is left out."""

from metadata.expressions import parse_expression
from metadata.filters.parts import (
    COMPARED,
    COUNTED,
    LISTED,
    SEARCHED,
    Group,
    Many,
    Part,
    Piece,
    Row,
    Span,
)
from metadata.filters.spans import put_span
from metadata.syntax import Call, Compare, ExpressionRefused, Items, Logic, Node, Not, Path

MY_TEAMS = Path(("me", "teams"))
IN_MY_TEAMS = Compare("in", Path(("id",)), MY_TEAMS)  # what is said of a person's teams


def put_together(part: Part) -> Node | None:
    """The expression that parts say together; None when they say nothing."""
    match part:
        case Group(join=join, parts=parts):
            return _join(join, [node for each in parts if (node := put_together(each)) is not None])
        case Row():
            return _row(part)
        case Span():
            return put_span(part)
        case Many():
            return _many(part)
        case Piece(source=source):
            return _read(source)


def _join(join: str, nodes: list[Node]) -> Node | None:
    if join == "and":
        nodes = [each for node in nodes for each in _flat(node, "and")]
    else:
        nodes = [each for node in nodes for each in _flat(node, "or")]
    if not nodes:
        return None
    word = "and" if join == "and" else "or"
    joined = nodes[0] if len(nodes) == 1 else Logic(word, tuple(nodes))
    return Not(joined) if join == "nor" else joined


def _flat(node: Node, word: str) -> tuple[Node, ...]:
    return node.operands if isinstance(node, Logic) and node.operator == word else (node,)


def _row(row: Row) -> Node | None:
    if not row.path:
        return None
    path = Path(tuple(row.path.split(".")))
    match row.operator:
        case "empty":
            return Call("is_empty", (path,))
        case "filled":
            return Not(Call("is_empty", (path,)))
        case "yes":
            return path
        case "no":
            return Not(path)
        case "me" | "not_me" as operator:
            return Compare("==" if operator == "me" else "!=", path, Path(("me",)))
        case "my_teams":
            return Compare("in", path, MY_TEAMS)
        case "mates":
            return Call("any", (Path((*path.names, "teams")), IN_MY_TEAMS))
    return _with_values(row, path) if row.values else None


def _with_values(row: Row, path: Path) -> Node | None:
    if row.operator in COMPARED:
        return Compare(COMPARED[row.operator], path, row.values[0])
    if row.operator in LISTED:
        return Compare(LISTED[row.operator], path, Items(row.values))
    if row.operator in SEARCHED:
        return Call(row.operator, (path, row.values[0]))
    return Not(Call("contains", (path, row.values[0]))) if row.operator == "lacks" else None


def _many(many: Many) -> Node | None:
    path = Path(tuple(many.path.split(".")))
    inside = put_together(many.inside)
    arguments = (path,) if inside is None else (path, inside)
    if many.operator in COUNTED:
        if many.number is None:
            return None
        return Compare(COUNTED[many.operator], Call("count", arguments), many.number)
    if many.operator == "all":
        return Call("all", arguments) if inside is not None else None
    found = Call("any", arguments)
    return Not(found) if many.operator == "none" else found


def _read(source: str) -> Node | None:
    """The tree of a piece; what can't be read says nothing."""
    try:
        return parse_expression(source).root if source.strip() else None
    except ExpressionRefused:
        return None


def why_not(source: str) -> str:
    """Why a piece can't be read; nothing when it can, or is empty."""
    try:
        parse_expression(source or "True")
    except ExpressionRefused as refusal:
        return refusal.problems[0].message
    return ""


