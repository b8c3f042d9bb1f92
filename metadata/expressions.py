"""Reading expressions: once, when metadata is published, into the tree of `metadata.syntax`.

The language is a subset of Python expressions, read with `ast` and an allow-list.
Everything outside it is refused with the column where it stands.
"""

import ast
import unicodedata
from decimal import Decimal, InvalidOperation

from metadata.functions import TO_MANY
from metadata.syntax import (
    Arithmetic,
    Call,
    Compare,
    Conditional,
    Expression,
    ExpressionProblem,
    ExpressionRefused,
    Items,
    Literal,
    Logic,
    Negative,
    Node,
    Not,
    Path,
    walk,
)

LONGEST = 4_000
DEEPEST = 40
MOST_NODES = 200
MOST_TEXT = 2_000
MOST_ITEMS = 200
LARGEST = 10**18
MOST_TO_MANY = 8


def parse_expression(source: str) -> Expression:
    """Read an expression. ExpressionRefused says what is wrong with it, and where."""
    _check_text(source)
    text = source.strip()
    try:
        tree = ast.parse(text, mode="eval")
    except SyntaxError as broken:
        column = min(broken.offset or 1, len(text) + 1)
        raise _refused("expression.syntax", "This can't be read as an expression.", column) from None
    except (ValueError, MemoryError, RecursionError):
        raise _refused("expression.syntax", "This can't be read as an expression.") from None
    _check_size(tree)
    root = _Reader(text).read(tree.body)
    many = sum(isinstance(n, Call) and n.name in TO_MANY for n in walk(root))
    if many > MOST_TO_MANY:
        message = f"An expression may use {MOST_TO_MANY} to-many functions; this has {many}."
        raise _refused("expression.too-many", message)
    return Expression(text, root)


def _refused(code: str, message: str, column: int = 1, length: int = 1) -> ExpressionRefused:
    return ExpressionRefused([ExpressionProblem(code, message, column, length)])


def _check_text(source: str) -> None:
    """What must hold before Python's parser may see the text."""
    if not source.strip():
        raise _refused("expression.empty", "There is no expression here.")
    if len(source) > LONGEST:
        raise _refused("expression.too-long", f"An expression has {LONGEST:,} characters at most.")
    if any(unicodedata.category(c) in {"Cc", "Cs", "Cf"} and c not in "\t\n\r" for c in source):
        raise _refused("expression.control", "There is a control character in the expression.")
    depth = signs = 0
    quote = ""
    for at, character in enumerate(source, start=1):
        if quote:
            quote = "" if character == quote else quote
            continue
        if character in "'\"":
            quote = character
        depth += (character in "([{") - (character in ")]}")
        if not character.isspace():
            signs = signs + 1 if character in "+-~" else 0
        if depth > DEEPEST or signs > 5:
            raise _refused("expression.too-deep", f"This is nested deeper than {DEEPEST}.", at)
        if ord(character) > 127 and unicodedata.normalize("NFKC", character) != character:
            message = f'"{character}" stands here for another character. Write that one.'
            raise _refused("expression.confusable", message, at)


def _check_size(tree: ast.Expression) -> None:
    count, level = 0, 0
    waiting: list[tuple[ast.AST, int]] = [(tree.body, 1)]
    while waiting:
        node, level = waiting.pop()
        if not isinstance(node, ast.expr_context | ast.operator | ast.boolop | ast.cmpop | ast.unaryop):
            count += 1
        if level > DEEPEST:
            raise _refused("expression.too-deep", f"This is nested deeper than {DEEPEST}.")
        if count > MOST_NODES + MOST_ITEMS:
            raise _refused("expression.too-large", f"An expression has {MOST_NODES} parts at most.")
        waiting += [(child, level + 1) for child in ast.iter_child_nodes(node)]


_COMPARE = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}
_ARITHMETIC = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
}


class _Reader:
    """Turns Python's tree into ours, refusing whatever is not on the list."""

    def __init__(self, text: str) -> None:
        self._text = text

    def read(self, node: ast.expr) -> Node:
        at = node.col_offset + 1
        match node:
            case ast.BoolOp(op=op, values=values):
                word = "and" if isinstance(op, ast.And) else "or"
                return Logic(word, tuple(map(self.read, values)), column=at)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return Not(self.read(operand), column=at)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return Negative(self.read(operand), column=at)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.read(operand)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
                return Arithmetic(
                    _ARITHMETIC[type(op)], self.read(left), self.read(right), column=at
                )
            case ast.Compare():
                return self._compare(node, at)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return Conditional(
                    self.read(test), self.read(body), self.read(orelse), column=at
                )
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                return Call(self._name(name, at), tuple(map(self.read, args)), column=at)
            case ast.Name() | ast.Attribute():
                return self._path(node, at)
            case ast.Constant():
                return self._literal(node, at)
            case ast.List(elts=items) | ast.Tuple(elts=items):
                if len(items) > MOST_ITEMS:
                    message = f"A list has {MOST_ITEMS} items at most."
                    raise _refused("expression.too-large", message, at)
                return Items(tuple(map(self.read, items)), column=at)
            case _:
                raise self._unknown(node)

    def _compare(self, node: ast.Compare, at: int) -> Node:
        left = self.read(node.left)
        parts: list[Node] = []
        for op, each in zip(node.ops, node.comparators, strict=True):
            if type(op) not in _COMPARE:
                raise _refused("expression.not-allowed", 'Compare with "==" or "!=".', at)
            right = self.read(each)
            parts.append(Compare(_COMPARE[type(op)], left, right, column=at))
            left = right
        return parts[0] if len(parts) == 1 else Logic("and", tuple(parts), column=at)

    def _path(self, node: ast.Name | ast.Attribute, at: int) -> Path:
        names: list[str] = []
        step: ast.expr = node
        while isinstance(step, ast.Attribute):
            names.append(self._name(step.attr, at))
            step = step.value
        if not isinstance(step, ast.Name):
            raise self._unknown(step)
        names.append(self._name(step.id, at))
        return Path(tuple(reversed(names)), column=at)

    def _literal(self, node: ast.Constant, at: int) -> Literal:
        value = node.value
        if value is None or isinstance(value, bool):
            return Literal(value, column=at)
        if isinstance(value, str):
            if len(value) > MOST_TEXT:
                raise _refused("expression.too-long", "This text is too long.", at)
            return Literal(value, column=at)
        if isinstance(value, int | float):
            number = self._number(node, value)
            if not number.is_finite() or abs(number) > LARGEST:
                raise _refused("expression.too-large", "This number is too large.", at)
            return Literal(number, column=at)
        raise self._unknown(node)

    def _number(self, node: ast.Constant, value: float) -> Decimal:
        """The number as it is written, so that 0.1 is a tenth and not the float nearest to it."""
        try:
            return Decimal(ast.get_source_segment(self._text, node) or "")
        except InvalidOperation:  # 0x10
            return Decimal(str(value))

    def _name(self, name: str, at: int) -> str:
        if name.startswith("_"):
            message = f'"{name}" can\'t be used: names don\'t start with "_".'
            raise _refused("expression.not-allowed", message, at, len(name))
        return name

    def _unknown(self, node: ast.expr) -> ExpressionRefused:
        text = ast.get_source_segment(self._text, node) or ""
        kind = type(node).__name__
        message = f'"{text[:40]}" is not part of the expression language ({kind}).'
        return _refused("expression.not-allowed", message, node.col_offset + 1, len(text) or 1)
