"""What formulas cost: writes beside the same writes without, upkeep, lists along rollups, filling.

Two CRMs hold the same records, one of them with formulas and rollups. Both are measured in turns.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import sqlalchemy as sa

from engine.context import Context
from engine.formulas.catching_up import catch_up
from engine.formulas.graph import graph_of
from engine.formulas.upkeep import work_out_between
from engine.records.commands import apply_batch, change_record
from engine.records.queries import Query, list_records
from engine.records.writes import Change
from engine.tenant import Tenant
from metadata.packs import builtin
from metadata.source import SourceFile
from seeds.demo.words import Dice
from tests.bench.data import settings_for
from tests.bench.stores import Store

PLAIN = """
entity: firm
fields:
  name: {type: text, required: true}
  size: {type: integer, index: true}
---
entity: person
fields:
  name: {type: text, required: true}
  firm: {type: link, to: firm, inverse: people}
---
entity: bargain
fields:
  name: {type: text, required: true}
  firm: {type: link, to: firm, inverse: bargains}
  person: {type: link, to: person, inverse: bargains}
  amount: {type: money}
  chance: {type: percent}
  costs: {type: decimal}
  closes: {type: date}
  is_open: {type: boolean}
---
entity: doing
fields:
  name: {type: text}
  at: {type: datetime}
  person: {type: link, to: person, inverse: doings}
"""
FORMULAS = """
overlay: entity/bargain
fields:
  weighted: {type: formula, result: money, formula: "amount * chance / 100"}
  profit: {type: formula, result: money, formula: "amount - costs"}
  share: {type: formula, result: decimal, formula: "round(costs / amount * 100, 1)"}
  due: {type: formula, result: date, formula: "end_of(closes, 'month')"}
  mark: {type: formula, result: text, formula: "case(amount > 50000, 'large', amount > 5000, 'medium', 'small')"}
---
overlay: entity/firm
fields:
  open_count: {type: formula, result: integer, formula: "count(bargains, is_open)", index: true}
  open_value: {type: formula, result: money, formula: "sum(bargains.amount, is_open)"}
  last_close: {type: formula, result: date, formula: "max(bargains.closes)"}
---
overlay: entity/person
fields:
  last_done: {type: formula, result: datetime, formula: "max(doings.at)", index: true}
"""
DAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Cost:
    """What was measured, beside what it may be at most; with `least`, what it is to be at least."""

    name: str
    value: float
    bound: float
    unit: str
    least: bool = False


def measure_formulas(store: Store, folder: Path, people: int, share: float) -> Iterator[Cost]:
    """Measure everything on one kind of database, of so many people."""
    firms, bargains, doings = max(10, people // 10), max(100, people // 4), people * 5
    with ExitStack() as leaving:
        tenants = []
        for name in ("without_formulas", "with_formulas"):
            if name == "with_formulas":
                tenants[0].database.close()
                store.copy("without_formulas", name)
            else:
                store.make(name)
            leaving.callback(store.drop, name)
            tenants.append(Tenant(settings_for(folder, store.url(name))))
            leaving.callback(tenants[-1].database.close)
            if name == "without_formulas":
                _fill(tenants[0], firms, people, bargains, doings)
        plain, rich = tenants
        rich.apply(rich.plan([*rich.files, SourceFile("local", "local/formulas.yaml", FORMULAS)]))
        catch_up(rich)
        _analyse(rich)
        yield _filling(rich, bargains)
        yield from _writing(plain, rich, bargains, max(20, round(300 * share)))
        yield _moving(rich, min(1000, bargains), firms)
        yield from _listing(rich, max(5, round(40 * share)))


def _fill(tenant: Tenant, firms: int, people: int, bargains: int, doings: int) -> None:
    tenant.prepare()
    tenant.apply(tenant.plan([*builtin("core"), *builtin("crm"), SourceFile("local", "local/plain.yaml", PLAIN)]))
    dice = Dice("bargains")
    kinds: list[tuple[str, int, Callable[[int], dict[str, Any]]]] = [
        ("firm", firms, lambda at: {"f_name": f"Firm {at}", "f_size": at % 977}),
        ("person", people, lambda at: {"f_name": f"Person {at}", "f_firm": _id("firm", at % firms)}),
        ("bargain", bargains, lambda at: {
            "f_name": f"Bargain {at}", "f_firm": _id("firm", at % firms), "f_person": _id("person", at * 3 % people),
            "f_amount": Decimal(dice.number((500, 90_000))), "f_amount$currency": "EUR", "f_chance": Decimal(at % 100),
            "f_costs": Decimal(dice.number((10, 9_000))), "f_closes": (DAY + timedelta(days=at % 400)).date(),
            "f_is_open": at % 3 > 0,
        }),
        ("doing", doings, lambda at: {
            "f_name": "Call", "f_at": DAY - timedelta(minutes=at * 7 % 500_000), "f_person": _id("person", at * 7 % people),
        }),
    ]  # fmt: skip
    for entity, count, describe in kinds:
        for start in range(0, count, AT_ONCE):
            with tenant.writing() as ctx:
                table = ctx.machine.tables.of(entity)
                rows = [_row(entity, at, describe(at)) for at in range(start, min(count, start + AT_ONCE))]
                ctx.connection.execute(sa.insert(table), rows)
    _analyse(tenant)


def _id(entity: str, at: int) -> str:
    return f"01900000-{ {'firm': 1, 'person': 2, 'bargain': 3, 'doing': 4}[entity]:04}-7000-8000-{at:012}"


def _row(entity: str, at: int, values: dict[str, Any]) -> dict[str, Any]:
    moment = DAY + timedelta(seconds=at)
    system = {"id": _id(entity, at), "title": values["f_name"], "created_at": moment, "updated_at": moment, "version": 1}
    return system | values


def _analyse(tenant: Tenant) -> None:
    with tenant.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("ANALYZE"))


def _filling(tenant: Tenant, bargains: int) -> Cost:
    """Work one formula out anew for all records, in stretches."""
    last = _id("bargain", bargains - 1)
    with tenant.writing() as ctx:
        table = ctx.machine.tables.of("bargain")
        ctx.connection.execute(sa.update(table).values({"f_weighted": None, "f_weighted$currency": None}))
        formula = graph_of(ctx.machine).formulas["bargain", "weighted"]
        begun = perf_counter()
        filled = sum(
            len(work_out_between(ctx, "bargain", [formula], _id("bargain", start), min(last, _id("bargain", start + AT_ONCE - 1))))
            for start in range(0, bargains, AT_ONCE)
        )
        seconds = perf_counter() - begun
    return Cost("filling one formula", filled / seconds, 50_000, "a second", least=True)


def _writing(plain: Tenant, rich: Tenant, bargains: int, turns: int) -> Iterator[Cost]:
    """Change an amount, and create: with five formulas and three rollups above, and without."""
    taken: dict[str, list[float]] = {"plain": [], "rich": []}
    for turn in range(turns + 10):
        order = [("plain", plain), ("rich", rich)]
        for name, tenant in order if turn % 2 else reversed(order):
            begun = perf_counter()
            with tenant.writing() as ctx:
                change_record(ctx, "bargain", _id("bargain", turn * 13 % bargains), {"amount": f"{1000 + turn} EUR"})
            if turn >= 10:
                taken[name].append(perf_counter() - begun)
    yield Cost("a write with 5 formulas, 3 rollups", median(taken["rich"]) / median(taken["plain"]), 1.6, "times")


def _moving(tenant: Tenant, count: int, firms: int) -> Cost:
    """Give many bargains another firm: all rollups of both are made true again."""
    begun = perf_counter()
    with tenant.writing() as ctx:
        writes = [
            Change(id=_id("bargain", at), values={"firm": _id("firm", (at * 7 + 3) % firms)}) for at in range(count)
        ]
        assert all(outcome.refusal is None for outcome in apply_batch(ctx, "bargain", writes))
        written = perf_counter() - begun
    return Cost(f"re-parenting {count:,}, all of it", written, 1, "s")


def _listing(tenant: Tenant, turns: int) -> Iterator[Cost]:
    """Filter and sort along a rollup and along a plain column; and the quiet people with open business."""
    asked = {
        "plain": Query(entity="firm", where=("size > 900",), sort=("-size",), limit=50),
        "rollup": Query(entity="firm", where=("open_count > 1",), sort=("-open_count",), limit=50),
        "quiet": Query(
            entity="person", where=("last_done < days_ago(30) and any(bargains, is_open)",), sort=("last_done",), limit=50,
        ),
    }  # fmt: skip
    taken: dict[str, list[float]] = {name: [] for name in asked}
    with tenant.reading() as reading:
        ctx: Context = replace(reading, clock=lambda: DAY)
        for turn in range(turns + 3):
            for name, query in asked.items():
                begun = perf_counter()
                list_records(ctx, query)
                if turn >= 3:
                    taken[name].append(perf_counter() - begun)
    yield Cost("a list along a rollup, not a column", median(taken["rollup"]) / median(taken["plain"]), 1.3, "times")
    yield Cost("quiet for 30 days, with open business", median(taken["quiet"]) * 1000, 20, "ms")
