"""Reading expressions: once, when metadata is published, into the tree of `metadata.syntax`.

The language is a subset of Python expressions, read with `ast` and an allow-list.
Everything outside it is refused with the column where it stands, and nothing that could
hurt is shown to Python's parser.
"""

import ast
import re
import unicodedata
from decimal import Decimal
from itertools import accumulate

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
MOST_CONSTANTS = 1_000
MOST_SIGNS = 5
MOST_DIGITS = 28
LARGEST = 10**18
MOST_TO_MANY = 8

_TEXT = re.compile(r"'(?:[^'\\\n]|\\['\"\\nrt])*'|\"(?:[^\"\\\n]|\\['\"\\nrt])*\"")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NUMBER = re.compile(r"(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?(?![\w.])")


def parse_expression(source: str) -> Expression:
    """Read an expression. ExpressionRefused says what is wrong with it, and where."""
    text = source.strip()
    _check_text(text)
    try:
        tree = ast.parse(text, mode="eval")
    except SyntaxError as broken:
        offset = broken.offset - 1 if broken.offset else len(text)
        at = _Columns(text).of(broken.lineno or 1, offset, in_bytes=False)
        raise _refused("expression.syntax", "This can't be read as an expression.", at) from None
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


def _check_text(text: str) -> None:
    """What must hold before Python's parser may see the text."""
    if not text:
        raise _refused("expression.empty", "There is no expression here.")
    if len(text) > LONGEST:
        raise _refused("expression.too-long", f"An expression has {LONGEST:,} characters at most.")
    depth = signs = at = parts = constants = 0
    while at < len(text):
        character = text[at]
        if _is_control(character):
            message = "There is a control character in the expression."
            raise _refused("expression.control", message, at + 1)
        token = _token(text, at)
        if not character.isspace():
            signs = signs + 1 if character in "+-~" else 0
        depth += (character in "([{") - (character in ")]}")
        if depth > DEEPEST or signs > MOST_SIGNS:
            message = f"This is nested deeper than {DEEPEST}."
            raise _refused("expression.too-deep", message, at + 1)
        is_constant = character in "'\"" or character.isdigit()
        constants += is_constant
        parts += not is_constant and character not in " \t\r\n()[]{},"
        if parts > 2 * MOST_NODES or constants > MOST_CONSTANTS:
            raise _refused("expression.too-large", f"An expression has {MOST_NODES} parts at most.")
        at += len(token)


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cs", "Cf"} and character not in "\t\n\r"


def _token(text: str, at: int) -> str:
    """The text, word, number or sign that begins here."""
    character = text[at]
    if character in "'\"":
        found = _TEXT.match(text, at)
        if found is None:
            raise _refused("expression.syntax", "This text is never closed, or not well-formed.", at + 1)
        if text[found.end() : found.end() + 1] in {"'", '"'}:
            message = "Nothing joins two texts; write concat('a', 'b')."
            raise _refused("expression.syntax", message, found.end() + 1)
        if (wrong := next((c for c in found[0] if _is_control(c)), None)) is not None:
            column = at + 1 + found[0].index(wrong)
            raise _refused("expression.control", "There is a control character in the text.", column)
        return found[0]
    if character.isdigit() or (character == "." and text[at + 1 : at + 2].isdigit()):
        found = _NUMBER.match(text, at) if character.isascii() else None
        if found is None:
            raise _refused("expression.syntax", "This is not well-formed as a number.", at + 1)
        return found[0]
    if not character.isascii():
        message = f'"{character}" can stand in quotes only.'
        raise _refused("expression.not-allowed", message, at + 1)
    word = _WORD.match(text, at)
    if word is not None and text[word.end() : word.end() + 1] in {"'", '"'}:
        message = f'Nothing may stand before a quote: leave out "{word[0]}".'
        if word[0] not in {"and", "or", "not", "in", "if", "else"}:
            raise _refused("expression.not-allowed", message, at + 1, len(word[0]))
    if character in "#\\;`$?!@&|^~" and text[at : at + 2] != "!=":
        message = f'"{character}" is not part of the expression language.'
        raise _refused("expression.not-allowed", message, at + 1)
    return word[0] if word else character


def _check_size(tree: ast.Expression) -> None:
    count = 0
    waiting: list[tuple[ast.AST, int]] = [(tree.body, 1)]
    while waiting:
        node, level = waiting.pop()
        if level > DEEPEST:
            raise _refused("expression.too-deep", f"This is nested deeper than {DEEPEST}.")
        listed = isinstance(node, ast.List | ast.Tuple)
        below = [each for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr)]
        count += sum(not (listed and isinstance(each, ast.Constant)) for each in below)
        if count >= MOST_NODES:
            raise _refused("expression.too-large", f"An expression has {MOST_NODES} parts at most.")
        waiting += [(child, level + 1) for child in below]


class _Columns:
    """Where something stands in a text, in characters from 1, told from Python's lines and bytes."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._starts = [0, *accumulate(len(line) + 1 for line in self._lines)]

    def of(self, line: int, offset: int, *, in_bytes: bool = True) -> int:
        words = self._lines[min(line, len(self._lines)) - 1]
        if in_bytes:
            offset = len(words.encode()[:offset].decode(errors="ignore"))
        return self._starts[line - 1] + min(offset, len(words)) + 1


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
        self._columns = _Columns(text)

    def read(self, node: ast.expr) -> Node:
        column, length = self._span(node)
        match node:
            case ast.BoolOp(op=op, values=values):
                word = "and" if isinstance(op, ast.And) else "or"
                return Logic(word, tuple(map(self.read, values)), column=column, length=length)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return Not(self.read(operand), column=column, length=length)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return Negative(self.read(operand), column=column, length=length)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.read(operand)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
                sign = _ARITHMETIC[type(op)]
                return Arithmetic(sign, self.read(left), self.read(right), column=column, length=length)
            case ast.Compare():
                return self._compare(node)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                condition, then, otherwise = map(self.read, (test, body, orelse))
                return Conditional(condition, then, otherwise, column=column, length=length)
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                parts = tuple(map(self.read, args))
                return Call(self._name(name, node), parts, column=column, length=length)
            case ast.Name() | ast.Attribute():
                return self._path(node)
            case ast.Constant():
                return self._literal(node)
            case ast.List(elts=items) | ast.Tuple(elts=items) if len(items) <= MOST_ITEMS:
                return Items(tuple(map(self.read, items)), column=column, length=length)
            case ast.List() | ast.Tuple():
                message = f"A list has {MOST_ITEMS} items at most."
                raise _refused("expression.too-large", message, column, length)
            case _:
                raise self._unknown(node)

    def _span(self, node: ast.expr) -> tuple[int, int]:
        start = self._columns.of(node.lineno, node.col_offset)
        end = self._columns.of(node.end_lineno or node.lineno, node.end_col_offset or 0)
        return start, max(1, end - start)

    def _compare(self, node: ast.Compare) -> Node:
        column, length = self._span(node)
        left = self.read(node.left)
        parts: list[Node] = []
        for op, each in zip(node.ops, node.comparators, strict=True):
            if type(op) not in _COMPARE:
                message = 'Compare with "==" or "!=".'
                raise _refused("expression.not-allowed", message, column, length)
            right = self.read(each)
            parts.append(Compare(_COMPARE[type(op)], left, right, column=column, length=length))
            left = right
        return parts[0] if len(parts) == 1 else Logic("and", tuple(parts), column=column, length=length)

    def _path(self, node: ast.Name | ast.Attribute) -> Path:
        column, length = self._span(node)
        names: list[str] = []
        step: ast.expr = node
        while isinstance(step, ast.Attribute):
            names.append(self._name(step.attr, node))
            step = step.value
        if not isinstance(step, ast.Name):
            raise self._unknown(step)
        names.append(self._name(step.id, node))
        return Path(tuple(reversed(names)), column=column, length=length)

    def _literal(self, node: ast.Constant) -> Literal:
        column, length = self._span(node)
        value = node.value
        if isinstance(value, str) and len(value) > MOST_TEXT:
            raise _refused("expression.too-long", "This text is too long.", column, length)
        if value is None or isinstance(value, bool | str):
            return Literal(None if value == "" else value, column=column, length=length)
        if not isinstance(value, int | float):
            raise self._unknown(node)
        number = Decimal(self._text[column - 1 : column - 1 + length])
        if abs(number) > LARGEST or len(number.as_tuple().digits) > MOST_DIGITS:
            raise _refused("expression.too-large", "This number is too large.", column, length)
        if number and number.adjusted() < -MOST_DIGITS:
            raise _refused("expression.too-large", "This number is too small.", column, length)
        return Literal(number, column=column, length=length)

    def _name(self, name: str, node: ast.expr) -> str:
        if name.startswith("_"):
            message = f'"{name}" can\'t be used: names don\'t start with "_".'
            raise _refused("expression.not-allowed", message, *self._span(node))
        return name

    def _unknown(self, node: ast.expr) -> ExpressionRefused:
        column, length = self._span(node)
        text = self._text[column - 1 : column - 1 + length]
        message = f'"{text[:40]}" is not part of the expression language ({type(node).__name__}).'
        return _refused("expression.not-allowed", message, column, length)
