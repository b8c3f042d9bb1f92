"""Measuring: both applications in one run, in turns, after they were seen to answer alike."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

from seeds.demo.words import Dice
from tests.bench.calling import Call, Server
from tests.bench.data import prepare
from tests.bench.rows import Row, agree, rows
from tests.bench.stores import Store

WARM_UPS = 3  # pairs of calls that are compared and not timed


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


def measure(store: Store, folder: Path, records: int, share: float) -> Iterator[Result]:
    """Measure every row on one kind of database. `share` of the usual number of calls."""
    tokens = prepare(store, folder, records)
    for name in ("pulse", "baseline"):
        store.copy(name, f"{name}_run")
    with ExitStack() as leaving:
        for name in ("pulse", "baseline"):
            leaving.callback(store.drop, f"{name}_run")
        servers = {}
        for name in ("pulse", "baseline"):
            servers[name] = Server(name, store.url(f"{name}_run"), folder, tokens)
            leaving.callback(servers[name].stop)
        for row in rows(records, tokens):
            yield _measure_row(row, servers["pulse"], servers["baseline"], share)


def _measure_row(row: Row, pulse: Server, baseline: Server, share: float) -> Result:
    dice = Dice(row.name)
    each = max(1, round(row.each * share))
    for _ in range(min(WARM_UPS, each)):
        _compare(row, *row.calls(dice), pulse, baseline)
    result = Result(row.name, Timing(), Timing())
    for turn in range(max(1, round(row.rounds * share))):
        pairs = [row.calls(dice) for _ in range(each)]
        timed = [
            (pulse, [ours for ours, _ in pairs], result.ours),
            (baseline, [theirs for _, theirs in pairs], result.theirs),
        ]
        for server, calls, timing in timed if turn % 2 else reversed(timed):
            timing.seconds += [_time(server, call) for call in calls]
    return result


def _time(server: Server, call: Call) -> float:
    answer = server.call(call)
    if answer.status >= 300:
        raise Disagreement(f"{server.name}: {call.method} {call.path} answered {answer.status}.")
    return answer.seconds


def _compare(row: Row, ours: Call, theirs: Call, pulse: Server, baseline: Server) -> None:
    one, other = pulse.call(ours), baseline.call(theirs)
    if one.status >= 300 or other.status >= 300 or not agree(one.body, other.body):
        raise Disagreement(
            f"{row.name}: {ours.path} answered {one.status} {str(one.body)[:1000]}\n"
            f"and {theirs.path} answered {other.status} {str(other.body)[:1000]}."
        )
