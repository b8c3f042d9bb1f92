"""What an expression is read into: a tree of our own few nodes.

Everything that gives an expression its meaning (types, closures, SQL) walks this tree and
never Python's.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal


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
    """A part of an expression; `column` is where it begins, from 1, and `length` how far it goes."""

    column: int = field(compare=False, kw_only=True, default=1)
    length: int = field(compare=False, kw_only=True, default=1)


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
