"""Expressions: read once, when metadata is published, into a tree of our own few nodes.

The language is a subset of Python expressions, read with `ast` and an allow-list.
Everything outside it is refused with the column where it stands.
"""

import ast
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

LONGEST = 4_000
DEEPEST = 40
MOST_NODES = 200
MOST_TEXT = 2_000
MOST_ITEMS = 200
LARGEST = 10**18
MOST_TO_MANY = 8
TO_MANY = frozenset(("count", "any", "all", "sum", "avg", "first", "last", "list"))


@dataclass(frozen=True, slots=True)
class ExpressionProblem:
    """One thing wrong with an expression: what, and where in its text (from 1)."""

    code: str
    message: str
    column: int = 1
    length: int = 1


class ExpressionRefused(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """An expression that can't be read or doesn't fit what it speaks of."""

    def __init__(self, problems: list[ExpressionProblem]) -> None:
        super().__init__(problems[0].message)
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Node:
    """A part of an expression; `column` is where it begins, from 1."""

    column: int = field(compare=False, kw_only=True, default=1)


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A constant: text, a Decimal, a truth value or None."""

    value: str | Decimal | bool | None


@dataclass(frozen=True, slots=True)
class Path(Node):
    """A name, or names joined by dots."""

    names: tuple[str, ...]

    def __str__(self) -> str:
        return ".".join(self.names)


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function of the language, by its name."""

    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """`and` or `or` over two or more operands."""

    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    """A negation."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Negative(Node):
    """A number with its sign turned."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """Two numbers joined by + - * / // or %."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """A comparison: == != < <= > >= in, not in."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Conditional(Node):
    """`then if condition else otherwise`."""

    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Items(Node):
    """A literal list."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Expression:
    """A text of the language and what was read from it."""

    source: str
    root: Node = field(compare=False)

    @property
    def paths(self) -> tuple[Path, ...]:
        """Every path that stands in it."""
        return tuple(node for node in walk(self.root) if isinstance(node, Path))


def walk(root: Node) -> Iterator[Node]:
    """Every node of a tree, without recursion."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(children(node))


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below a node."""
    match node:
        case Call(arguments=below) | Logic(operands=below) | Items(items=below):
            return below
        case Not(operand=one) | Negative(operand=one):
            return (one,)
        case Arithmetic(left=left, right=right) | Compare(left=left, right=right):
            return (left, right)
        case Conditional(condition=condition, then=then, otherwise=otherwise):
            return (condition, then, otherwise)
        case _:
            return ()


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
