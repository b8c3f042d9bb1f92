"""What SQLite is taught so that it answers as PostgreSQL does."""

from collections.abc import Callable
from typing import Any


def _lower(text: str | None) -> str | None:
    """Lower case for all of Unicode; SQLite by itself knows only ASCII's."""
    return text.lower() if isinstance(text, str) else text


def _upper(text: str | None) -> str | None:
    return text.upper() if isinstance(text, str) else text


SQLITE_FUNCTIONS: dict[str, tuple[int, Callable[..., Any]]] = {
    "pulse_lower": (1, _lower),
    "pulse_upper": (1, _upper),
}
