"""What the address of a view asks for: it says all that is shown, so that back and reload show it again."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from metadata.expressions import LONGEST

MOST_WORDS = 200  # characters


@dataclass(frozen=True, slots=True)
class Question:
    """What the address of a view asks for: words, a filter, an order, only one's own, and from where on."""

    q: str = ""
    where: str = ""  # an expression, as somebody built or wrote it
    sort: str = ""
    mine: bool = False
    after: str = ""
    lane: str = ""  # of a board: this column alone

    @property
    def is_narrowed(self) -> bool:
        """Whether less is asked for than the view shows."""
        return bool(self.q or self.where or self.mine or self.after)

    def said(self, **other: str) -> dict[str, str]:
        """What the address says, with something changed; what is empty is left out."""
        mine = "yes" if self.mine else ""
        said = {"q": self.q, "where": self.where, "sort": self.sort, "mine": mine, **other}
        return {name: value for name, value in said.items() if value}

    def address(self, view: str, **other: str) -> str:
        """The address of the same question with something changed."""
        query = urlencode(self.said(**other))
        return f"/views/{view}" + (f"?{query}" if query else "")


def read_question(asked: Mapping[str, str]) -> Question:
    """The question in an address."""
    return Question(
        q=asked.get("q", "").strip()[:MOST_WORDS],
        where=asked.get("where", "").strip()[: 2 * LONGEST],  # enough of one that is too long to say so
        sort=asked.get("sort", ""),
        mine=asked.get("mine") == "yes",
        after=asked.get("after", ""),
        lane=asked.get("lane", ""),
    )
