"""Measuring: both applications in one run, in turns, after they were seen to answer alike."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from seeds.demo.words import Dice
from seeds.scale import Size
from tests.bench.calling import Call, Server
from tests.bench.data import prepare
from tests.bench.importing import measure_import
from tests.bench.rows import IMPORTED, Row, agree, rows
from tests.bench.stores import Store
from tests.bench.timing import Disagreement, Result, Timing

NAMES = ("pulse", "baseline")
WARM_UPS = 3  # pairs of calls that are compared and not timed


def measure(store: Store, folder: Path, records: int, share: float) -> Iterator[Result]:
    """Measure every row on one kind of database. `share` of the usual number of calls."""
    tokens = prepare(store, folder, records)
    with ExitStack() as leaving:
        urls = {name: store.url(f"{name}_run") for name in NAMES}
        for name in NAMES:
            leaving.callback(store.drop, f"{name}_run")
            store.copy(name, f"{name}_run")
        yield from _measure_calls(urls, folder, records, tokens, share)
        yield measure_import(urls, folder, Size(records), min(IMPORTED, records))


def _measure_calls(
    urls: dict[str, str], folder: Path, records: int, tokens: dict[str, str], share: float
) -> Iterator[Result]:
    with ExitStack() as leaving:
        servers = {}
        for name in NAMES:
            servers[name] = Server(name, urls[name], folder, tokens)
            leaving.callback(servers[name].stop)
        for row in rows(records, tokens):
            yield _measure_row(row, servers["pulse"], servers["baseline"], share)


def _measure_row(row: Row, pulse: Server, baseline: Server, share: float) -> Result:
    """Call both in turns, the one first and then the other, so that noise meets them alike."""
    dice = Dice(row.name)
    calls = max(1, round(row.calls * share))
    for _ in range(min(WARM_UPS, calls)):
        _compare(row, *row.pair(dice), pulse, baseline)
    result = Result(row.name, Timing(), Timing())
    for turn in range(calls):
        ours, theirs = row.pair(dice)
        timed = [(pulse, ours, result.ours), (baseline, theirs, result.theirs)]
        for server, call, timing in timed if turn % 2 else reversed(timed):
            timing.seconds.append(_time(server, call))
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
