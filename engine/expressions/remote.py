"""Conditions on a value of a linked record, taken apart: the link, and what is asked behind it.

Such a condition is answered by finding once which of the linked records meet it, along
their own indexes, instead of looking the linked record up for every row.
"""

from dataclasses import dataclass, replace

from metadata.syntax import Call, Compare, Items, Node, Path


@dataclass(frozen=True, slots=True)
class Remote:
    """A condition behind a link. It holds only where each of the `given` values is not empty: an
    empty one also equals what is not there.
    """

    link: str
    condition: Node
    path: Path
    given: tuple[Node, ...]


def take_apart(node: Node) -> Remote | None:
    """The parts of a condition on a path, or None where a node says something else."""
    match node:
        case Compare(operator="==" | "<" | "<=" | ">" | ">=", left=Path() as path, right=right):
            return _behind(path, replace(node, left=_rest(path)), (right,))
        case Compare(operator="in", left=Path() as path, right=Items(items=items)):
            return _behind(path, replace(node, left=_rest(path)), items)
        case Call(name="contains" | "starts_with" | "ends_with", arguments=(Path() as path, part)):
            return _behind(path, replace(node, arguments=(_rest(path), part)), (part,))
        case _:
            return None


def _rest(path: Path) -> Path:
    return replace(path, names=path.names[1:])


def _behind(path: Path, condition: Node, given: tuple[Node, ...]) -> Remote | None:
    if len(path.names) < 2 or path.names[0] in {"me", "parent"}:
        return None
    return Remote(path.names[0], condition, path, given)
