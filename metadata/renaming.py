"""Speaking of fields as they are called now: in paths, and in the texts of expressions.

Only the names are put in place of others; everything else stays as its author wrote it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from metadata.expressions import parse_expression
from metadata.functions import TO_MANY, WRITES
from metadata.names import Names
from metadata.printing import print_text
from metadata.syntax import Call, ExpressionRefused, Literal, Node, Path, children

Edit = tuple[int, int, str]  # column from 1, length, and what stands there now


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who knows what everything is called now."""

    names: Names

    def key(self, entity: str, name: str) -> str:
        """What a field or relation of an entity is called now."""
        known = self.names.get(entity)
        return known.now(name) if known else name

    def path(self, entity: str, path: str) -> str:
        """A path over links, as it may stand in an order, in the names of now."""
        sign = "-" if path.startswith("-") else ""
        return sign + ".".join(self._follow(entity, path.removeprefix("-").split(".")))

    def expression(self, entity: str, source: str, outer: str = "") -> str:
        """The text of an expression in the names of now; what can't be read stays as it is."""
        try:
            read = parse_expression(source)
        except ExpressionRefused:
            return source
        text = read.source
        for column, length, now in sorted(self._edits(read.root, entity, outer), reverse=True):
            text = text[: column - 1] + now + text[column - 1 + length :]
        return text if text != read.source else source

    def beyond(self, entity: str, name: str) -> str:
        """The one entity that a relation leads to; nothing when there is none, or several."""
        return self._way(entity, name)[0]

    def _way(self, entity: str, name: str) -> tuple[str, bool]:
        known = self.names.get(entity)
        return known.leads.get(known.now(name), ("", False)) if known else ("", False)

    def _follow(self, entity: str, names: Sequence[str]) -> list[str]:
        """Names one after the other along links."""
        now = []
        for name in names:
            now.append(self.key(entity, name))
            entity = self.beyond(entity, name)
        return now

    def _many(self, entity: str, node: Node) -> str:
        """The entity at the far side of the first relation to many on a way; nothing without one."""
        for name in node.names if isinstance(node, Path) else ():
            entity, many = self._way(entity, name)
            if many:
                return entity
        return ""

    def _edits(self, node: Node, entity: str, outer: str) -> Iterator[Edit]:
        if isinstance(node, Path):
            yield from self._path(node, entity, outer)
            return
        below = children(node)
        there = ""
        if isinstance(node, Call) and below:
            there = self._many(entity, below[0]) if node.name in TO_MANY else ""
            yield from self._named(below[0], entity) if node.name in WRITES else ()
        for at, child in enumerate(below):
            if at and there:
                yield from self._edits(child, there, entity)
            else:
                yield from self._edits(child, entity, outer)

    def _path(self, node: Path, entity: str, outer: str) -> Iterator[Edit]:
        first, *rest = node.names
        known = self.names.get(entity)
        at, start, names = entity, [], list(node.names)
        if rest and not (known and first in known.live):
            elsewhere = {"me": "user", "old": entity, "parent": outer}
            if first in elsewhere:
                at, start, names = elsewhere[first], [first], rest
        now = [*start, *self._follow(at, names)]
        if tuple(now) != node.names:
            yield node.column, node.length, ".".join(now)

    def _named(self, node: Node, entity: str) -> Iterator[Edit]:
        """A field that is named in quotes, as what a write changes is."""
        if isinstance(node, Literal) and isinstance(node.value, str):
            now = self.key(entity, node.value)
            if now != node.value:
                yield node.column, node.length, print_text(now)
