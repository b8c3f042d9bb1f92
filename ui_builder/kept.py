"""What somebody sent who was signed in no longer: kept in the page while they sign in again."""

from dataclasses import dataclass

import orjson


@dataclass(frozen=True, slots=True)
class Kept:
    """A form that was sent: where to, and its fields as pairs of name and value."""

    path: str
    fields: tuple[tuple[str, str], ...]

    def as_text(self) -> str:
        """The form as the page holds it."""
        return orjson.dumps([self.path, self.fields]).decode()


def read_kept(text: str) -> Kept | None:
    """The form that a page held; None when it held none."""
    try:
        path, fields = orjson.loads(text)
        pairs = tuple((name, value) for name, value in fields)
    except (ValueError, TypeError):
        return None
    is_whole = all(isinstance(each, str) for each in (path, *(part for pair in pairs for part in pair)))
    return Kept(path, pairs) if is_whole else None
