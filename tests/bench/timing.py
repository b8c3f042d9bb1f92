"""What was measured: how long the calls of a row took each of the two, and how they compare."""

from dataclasses import dataclass, field
from statistics import median, quantiles


@dataclass(slots=True)
class Timing:
    """Seconds that the calls of one row took one of the applications."""

    seconds: list[float] = field(default_factory=list)

    @property
    def p50(self) -> float:
        """Half of the calls took no longer, in milliseconds."""
        return median(self.seconds) * 1000

    @property
    def p95(self) -> float:
        """Nineteen of twenty calls took no longer, in milliseconds."""
        if len(self.seconds) < 2:
            return self.p50
        return quantiles(self.seconds, n=20, method="inclusive")[-1] * 1000


@dataclass(frozen=True, slots=True)
class Result:
    """What was measured of a row."""

    name: str
    theirs: Timing
    ours: Timing

    @property
    def ratio(self) -> float:
        """How many times as long as the application written by hand PulseCRM takes."""
        return self.ours.p50 / self.theirs.p50


class Disagreement(Exception):  # noqa: N818 - it is what was found
    """The applications answered differently, so that timing them would mean nothing."""
