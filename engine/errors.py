"""Refusals: why a request is turned down, as values with a code.

A refusal is expected and speaks to the person who asked. A bug is any other
exception, and only the outermost door catches it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an input. `pointer` is a JSON pointer into it, such as `/email`."""

    pointer: str
    code: str
    message: str


class Refused(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """A request turned down. `status` is the HTTP status that tells it to a client."""

    status = 422

    def __init__(
        self,
        code: str,
        message: str,
        *,
        problems: Sequence[Problem] = (),
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.problems = tuple(problems)
        self.facts = dict(facts or {})  # members added to the problem document


class Malformed(Refused):
    """The request can't be understood: a parameter, an expression, a cursor."""

    status = 400


class NotSignedIn(Refused):
    """Nobody is asking, or the credentials are no longer good."""

    status = 401


class Denied(Refused):
    """The action or field is not granted. The message names which."""

    status = 403


class NotFound(Refused):
    """No such thing, or one that the actor may not see: the two are indistinguishable."""

    status = 404


class Conflict(Refused):
    """A unique value is taken, or a plan is outdated."""

    status = 409


class Moved(Refused):
    """The record changed since the version the caller knows."""

    status = 412


class TooLarge(Refused):
    """More than a documented limit."""

    status = 413


class Invalid(Refused):
    """Understood, but not valid. `problems` names everything that is wrong, at once."""

    status = 422


class TooMany(Refused):
    """A rate limit. `facts["retry_after"]` is in seconds."""

    status = 429


class Unavailable(Refused):
    """The database is away or the process is draining. `facts["retry_after"]` is in seconds."""

    status = 503


@dataclass(frozen=True, slots=True)
class ValueRefused(Exception):  # noqa: N818
    """A single value that its field type turns down; the caller knows which field it was for."""

    code: str
    message: str
    facts: Mapping[str, Any] = field(default_factory=dict)
