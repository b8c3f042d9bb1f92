"""Printing expressions: from a tree back to text, as somebody tidy would have written it.

What is printed reads back to the same tree, and has no bracket that it could do without,
but for those around a negation of a negation.
"""

from decimal import Decimal

from metadata.syntax import (
    Arithmetic,
    Call,
    Compare,
    Conditional,
    Items,
    Literal,
    Logic,
    Negative,
    Node,
    Not,
    Path,
)

# How closely each part holds together; what stands within another holds as closely, or in brackets.
CHOICE, OR, AND, NOT, COMPARISON, SUM, PRODUCT, SIGN, ATOM = range(9)
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def print_expression(root: Node) -> str:
    """The text of a tree. Comparisons that were written as a chain are joined by `and`."""
    return _print(root)[0]


def print_text(value: str) -> str:
    """A text as a constant of the language, in the quotes that it has none of."""
    quote = '"' if "'" in value and '"' not in value else "'"
    escapes = {**_ESCAPES, quote: f"\\{quote}"}
    return quote + "".join(escapes.get(each, each) for each in value) + quote


def _print(node: Node) -> tuple[str, int]:
    """The text of a part, and how closely it holds together."""
    match node:
        case Literal(value=value):
            return _constant(value)
        case Path():
            return str(node), ATOM
        case Call(name=name, arguments=arguments):
            return f"{name}({_list(arguments)})", ATOM
        case Items(items=(only,)):
            return f"[{print_expression(only)}]", ATOM
        case Items(items=items):
            return f"({_list(items)})", ATOM
        case Logic(operator=operator, operands=operands):
            level = OR if operator == "or" else AND
            return f" {operator} ".join(_within(each, level + 1) for each in operands), level
        case Not(operand=operand):
            return f"not {_within(operand, NOT)}", NOT
        case Negative(operand=operand):
            return f"-{_within(operand, ATOM)}", SIGN
        case Arithmetic(operator=operator, left=left, right=right):
            level = SUM if operator in "+-" else PRODUCT
            return f"{_within(left, level)} {operator} {_within(right, level + 1)}", level
        case Compare(operator=operator, left=left, right=right):
            return f"{_within(left, SUM)} {operator} {_within(right, SUM)}", COMPARISON
        case Conditional(condition=condition, then=then, otherwise=otherwise):
            ends = _within(then, OR), _within(condition, OR), _within(otherwise, CHOICE)
            return "{} if {} else {}".format(*ends), CHOICE
        case _:
            raise TypeError(node)


def _within(node: Node, closeness: int) -> str:
    text, level = _print(node)
    return text if level >= closeness else f"({text})"


def _list(nodes: tuple[Node, ...]) -> str:
    return ", ".join(print_expression(each) for each in nodes)


def _constant(value: str | Decimal | bool | None) -> tuple[str, int]:
    if isinstance(value, str):
        return print_text(value), ATOM
    if not isinstance(value, Decimal):
        return str(value), ATOM
    return (f"{value:f}" if value else "0"), SIGN if value < 0 else ATOM
