"""What a check found: fine, not as it should be, or broken, and what to do about it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from engine.settings import Settings
from engine.tenant import Tenant


class State(StrEnum):
    """How something is. With a warning the CRM works, though not as well or as safely as it could."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how it is, and the way to mend it."""

    subject: str
    state: State
    says: str
    mend: str = ""


Check = Callable[[Settings], Iterator[Finding]]  # of what stands around the CRM
DatabaseCheck = Callable[[Tenant], Iterator[Finding]]


def fine(subject: str, says: str) -> Finding:
    """All is well."""
    return Finding(subject, State.OK, says)


def doubtful(subject: str, says: str, mend: str) -> Finding:
    """It works, but should be otherwise."""
    return Finding(subject, State.WARNING, says, mend)


def broken(subject: str, says: str, mend: str = "") -> Finding:
    """It does not work."""
    return Finding(subject, State.FAILED, says, mend)
