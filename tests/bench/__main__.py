"""`make bench`: PulseCRM against the same endpoints written by hand, as a table of ratios."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from tests.bench.compile import ENTITIES, measure_compiling
from tests.bench.data import folder_for
from tests.bench.formulas import Cost, measure_formulas
from tests.bench.measure import measure
from tests.bench.stores import PostgreSQLStore, SQLiteStore, Store
from tests.bench.timing import Result
from tests.conftest import programs

USUAL, QUICK = 200_000, 2_000


def main(arguments: list[str] | None = None, within: Path | None = None) -> None:
    """Measure, and print each line when it is known. What is made is kept within a folder."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--records", type=int, help=f"contacts; {USUAL:,} unless said")
    parser.add_argument("--quick", action="store_true", help=f"few calls, and {QUICK:,} contacts")
    parser.add_argument("--sqlite", action="store_true", help="leave PostgreSQL out")
    asked = parser.parse_args(arguments)
    records = asked.records or (QUICK if asked.quick else USUAL)
    folder = folder_for(records, within)
    say(f"PulseCRM and the same endpoints written by hand, {records:,} contacts. Milliseconds.")
    for open_store in stores(with_postgresql=not asked.sqlite):
        store = open_store(folder)
        say(f"\n{store.kind:<34}{'by hand':>9}{'p95':>9}{'PulseCRM':>10}{'p95':>9}{'ratio':>8}")
        try:
            share = 0.1 if asked.quick else 1
            for result in measure(store, folder, records, share):
                say(line(result))
            say(f"\n{f'Formulas, {store.kind}':<48}{'PulseCRM':>12}{'':>8}{'bound':>11}")
            for cost in measure_formulas(store, folder, records, share):
                say(cost_line(cost))
        finally:
            store.close()
    say(f"\n{'Compiling':<52}{'PulseCRM':>10}{'at most':>9}")
    for compilation in measure_compiling(20 if asked.quick else ENTITIES):
        say(f"{compilation.name:<52}{compilation.ms:>10,.0f}{compilation.most:>9,.0f}")


def stores(*, with_postgresql: bool) -> list[Callable[[Path], Store]]:
    """The kinds of databases there are programs for."""
    both = with_postgresql and programs() is not None
    return [SQLiteStore, PostgreSQLStore] if both else [SQLiteStore]


def line(result: Result) -> str:
    """One line of the table."""
    theirs, ours = result.theirs, result.ours
    return (
        f"{result.name:<34}{theirs.p50:>9.1f}{theirs.p95:>9.1f}{ours.p50:>10.1f}{ours.p95:>9.1f}"
        f"{result.ratio:>8.2f}"
    )


def cost_line(cost: Cost) -> str:
    """One line of what formulas cost."""
    bound = f"{'>' if cost.least else '<'} {cost.bound:,.4g}"
    return f"{cost.name:<48}{cost.value:>12,.2f} {cost.unit:<7}{bound:>11}"


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
