"""Text that a spreadsheet would run as a formula goes out with an apostrophe before it.

Coming back in, the apostrophe is taken off again, so that a telephone number that
begins with a plus survives the journey. A text that has such an apostrophe of its own
gets a second one, and keeps the first.
"""

import re

_ACTIVE = re.compile(r"'*[\s\x00-\x1f]*[=+\-@\t\r＝＋－＠]")


def neutralise(text: str) -> str:
    """A text as a cell may hold it."""
    return f"'{text}" if _ACTIVE.match(text) else text


def restore(text: str) -> str:
    """The text that a cell was made from."""
    return text[1:] if text[:1] == "'" and _ACTIVE.match(text) else text
