"""How a record's value came about is told with its inputs, and with the reason where there is none."""

from collections.abc import Callable

import pytest

from engine.errors import NotFound
from engine.formulas.explaining import explain_field
from engine.formulas.inputs import CLOSED
from engine.formulas.reckoning import BEYOND, Reckoning, reasons_at
from engine.records.commands import change_record, create_record
from engine.records.queries import find_record
from engine.tenant import Tenant
from metadata.source import SourceFile
from tests.conftest import make_actor

PEN = """
entity: pen
fields:
  name: {type: text, required: true}
  size: {type: decimal}
  parts: {type: integer}
  price: {type: money}
  cost: {type: money}
  day: {type: date}
  near: {type: link, to: pen, inverse: nears}
  herd: {type: choice, choices: [{key: north, label: Far north}, south]}
  each: {type: formula, result: decimal, formula: "size / parts"}
  rest: {type: formula, result: decimal, formula: "size % (parts - parts)"}
  gain: {type: formula, result: money, formula: "price - cost"}
  doubled: {type: formula, result: decimal, formula: "each * 2"}
  huge: {type: formula, result: decimal, formula: "size * 1000000000000"}
  larger: {type: formula, result: decimal, formula: "size * 10000 * 10000 * 10000"}
  dear: {type: formula, result: decimal, formula: "size if herd == 'north' else None"}
  told: {type: formula, result: text, formula: "near.near.name"}
  total: {type: formula, result: money, formula: "sum(nears.price)"}
  mean: {type: formula, result: decimal, formula: "avg(nears.size, size > 1)"}
  in_francs: {type: formula, result: money, formula: "in_currency(price, 'CHF', day)"}
  any_price: {type: formula, result: money, formula: "coalesce(price, cost)"}
  has_nears: {type: formula, result: boolean, formula: "not is_empty(nears)"}
  lowest: {type: formula, result: decimal, formula: "min(parts, parts)"}
  month: {type: formula, result: date, formula: "start_of(day, 'month')"}
  start: {type: formula, result: text, formula: "left(name, parts)"}
  later: {type: formula, result: date, formula: "day + days(parts)"}
  mine: {type: formula, result: text, formula: "me.name", mode: read}
  gone: {type: formula, result: decimal, formula: "case(size > 10, size, parts > 3, parts)"}
"""

Told = Callable[..., Reckoning]


@pytest.fixture
def pens(tenant: Tenant) -> Tenant:
    """A tenant with pens, of which each field fails in a way of its own."""
    tenant.apply(tenant.plan([*tenant.files, SourceFile("local", "local/pen.yaml", PEN)]))
    return tenant


@pytest.fixture
def made(pens: Tenant) -> Callable[..., str]:
    """Make a pen, and answer with its id."""

    def make(**values: object) -> str:
        with pens.writing() as ctx:
            return create_record(ctx, "pen", {"name": "Pen", **values}).id

    return make


@pytest.fixture
def told(pens: Tenant) -> Told:
    """How a pen's value came about."""

    def tell(key: str, record: str) -> Reckoning:
        with pens.reading() as ctx:
            found = explain_field(ctx, "pen", key, record).record
        assert found is not None
        return found

    return tell


def test_a_value_is_told_with_what_went_in(made: Callable[..., str], told: Told) -> None:
    found = told("each", made(size="10", parts=4))

    assert (found.text, found.reason) == ("2.50", "")
    assert [(each.label, each.text, each.field) for each in found.used] == [
        ("Size", "10.00", "pen.size"),
        ("Parts", "4", "pen.parts"),
    ]


def test_what_is_over_many_records_names_the_first_and_counts_all(made: Callable[..., str], told: Told) -> None:
    near = made()
    for at in range(5):
        made(name=f"Pen {at}", near=near, price="2 EUR")

    found = told("total", near)

    [used] = found.used
    assert (found.text, used.label, used.text, used.count) == ("€10.00", "The sum of price of nears", "€10.00", 5)
    assert [each.title for each in used.records] == ["Pen 4", "Pen 3", "Pen 2"]


def test_a_linked_record_and_a_choice_are_told_by_their_titles(made: Callable[..., str], told: Told) -> None:
    far = made(name="Far")
    found = told("dear", made(size="1", herd="north", near=far))

    assert [(each.label, each.text) for each in found.used] == [("Herd", "Far north"), ("Size", "1.00")]


@pytest.mark.parametrize(
    ("key", "values", "reason", "is_fault"),
    [
        ("each", {"parts": 4}, "Size is empty.", False),
        ("each", {"size": "1", "parts": 0}, "Division by zero: parts is 0.", True),
        ("rest", {"size": "1", "parts": 3}, "Division by zero: parts − parts is 0.", True),
        ("gain", {"price": "1 EUR", "cost": "1 USD"}, "There are amounts in different currencies: EUR and USD.", True),
        ("doubled", {"size": "1", "parts": 0}, "Each is empty: division by zero: parts is 0.", True),
        ("huge", {"size": "99999999999"}, "The result is larger than a number may be.", True),
        ("larger", {"size": "99999999"}, "The result is larger than a number may be.", True),
        ("dear", {"size": "1"}, "It is empty unless herd is Far north.", False),
        ("gone", {"size": "1"}, "It is empty unless size is more than 10 or parts is more than 3.", False),
        ("told", {}, "Near is empty.", False),
        ("total", {}, "There are no nears.", False),
        ("mean", {}, "There are no nears where size is more than 1.", False),
        ("in_francs", {"price": "1 EUR", "day": "2020-01-01"}, "There is no exchange rate for CHF on or before day.", True),
        ("in_francs", {"price": "1 EUR"}, "Day is empty.", False),
        ("any_price", {}, "Price and cost are empty.", False),
        ("later", {"day": "2020-01-01"}, "Parts is empty.", False),
        ("lowest", {}, "Parts is empty.", False),
        ("month", {}, "Day is empty.", False),
        ("start", {"parts": 0}, "The first parts letters of name: there is none for these values.", False),
    ],
)  # fmt: skip
def test_what_is_empty_has_a_reason(
    made: Callable[..., str], told: Told, key: str, values: dict[str, object], reason: str, *, is_fault: bool
) -> None:
    found = told(key, made(**values))

    assert (found.reason, found.is_fault) == (reason, is_fault)


def test_a_sum_over_several_currencies_names_them(made: Callable[..., str], told: Told) -> None:
    near = made()
    for price in ("1 EUR", "2 EUR", "3 USD"):
        made(near=near, price=price)

    found = told("total", near)

    assert (found.text, found.is_fault) == ("", True)
    assert found.reason == "There are amounts in different currencies: EUR and USD."


def test_related_records_that_have_nothing_are_told_of(made: Callable[..., str], told: Told) -> None:
    near = made()
    made(near=near)

    assert told("mean", near).reason == "There are no nears where size is more than 1."


def test_every_formula_of_a_record_can_be_told_whether_it_is_empty_or_not(
    pens: Tenant, made: Callable[..., str], told: Told
) -> None:
    empty = made()
    full = made(
        size="5", parts=2, price="1 EUR", cost="1 EUR", day="2026-01-01", near=empty, herd="north"
    )
    with pens.reading() as ctx:
        entity = ctx.machine.catalog.entities["pen"]
        keys = [field.key for field in entity.declared if field.formula]

        reasons = reasons_at(ctx, entity, find_record(ctx, "pen", empty), keys)
        shown = find_record(ctx, "pen", empty).values

    assert {key for key in keys if shown[key] is None} == reasons.keys()
    assert all(reason.words for reason in reasons.values())
    assert all(told(key, full).used for key in keys)


def test_a_record_that_there_is_not_is_not_told_of(pens: Tenant) -> None:
    with pens.reading() as ctx, pytest.raises(NotFound):
        explain_field(ctx, "pen", "each", "01a21245-ffba-7156-9847-329b8697bbdd")


TOLD = """
overlay: entity/zebra
fields:
  told: {type: formula, result: decimal, formula: "size / length(secret)", publish: true}
  open_brood: {type: formula, result: decimal, formula: "sum(children.size)"}
  nephews: {type: formula, result: money, formula: "sum(children.price)"}
  known: {type: formula, result: decimal, formula: "mother.size"}
  widest: {type: formula, result: decimal, formula: "max(children.size)"}
---
role: drafter
can: [design]
grants:
  zebra: {read: own}
"""


@pytest.fixture
def zebras(tenant: Tenant) -> Tenant:
    """A tenant with formulas over what a keeper may not see."""
    tenant.apply(tenant.plan([*tenant.files, SourceFile("local", "local/told.yaml", TOLD)]))
    return tenant


def test_what_is_hidden_changes_nothing_that_is_told(zebras: Tenant) -> None:
    kim = make_actor(zebras, "Kim", "keeper")
    with zebras.writing(kim) as ctx:
        own = create_record(ctx, "zebra", {"name": "Own"}).id

    def all_told() -> list[object]:
        with zebras.reading(kim) as ctx:
            keys = ("told", "open_brood", "widest", "nephews", "known")
            reasons = reasons_at(ctx, ctx.machine.catalog.entities["zebra"], find_record(ctx, "zebra", own), keys)
            return [*(explain_field(ctx, "zebra", key, own) for key in keys), reasons]

    before = all_told()
    with zebras.writing() as ctx:
        change_record(ctx, "zebra", own, {"secret": "something"})
        hidden = create_record(ctx, "zebra", {"name": "Concealed", "mother": own, "size": "3", "price": "1 EUR"}).id
        create_record(ctx, "zebra", {"name": "Concealed too", "mother": own, "price": "1 USD", "friends": [own]})
        create_record(ctx, "zebra", {"name": "Below", "mother": hidden, "size": "4"})
    after = all_told()

    assert after == before
    assert "Concealed" not in str(after)
    assert "secret" not in str(after).lower()


def test_a_linked_record_that_is_closed_is_told_of_as_one_without_a_value(zebras: Tenant) -> None:
    kim = make_actor(zebras, "Kim", "keeper")
    with zebras.writing() as ctx:
        mother = create_record(ctx, "zebra", {"name": "Concealed"}).id
        own = create_record(ctx, "zebra", {"name": "Own", "mother": mother, "owner": str(kim.id)}).id
    reasons = []
    for size in (None, "5"):
        with zebras.writing() as ctx:
            change_record(ctx, "zebra", mother, {"size": size})
        with zebras.reading(kim) as ctx:
            reasons.append(explain_field(ctx, "zebra", "known", own))

    assert reasons[0] == reasons[1]
    assert reasons[0].record is not None
    assert reasons[0].record.reason == "Mother: Size is empty, or not open to you."


def test_cost_is_told_to_whoever_designs_and_may_count_everything(zebras: Tenant) -> None:
    told = {}
    for name, role in (("Kim", "keeper"), ("Dan", "drafter"), ("Ada", "admin")):
        with zebras.reading(make_actor(zebras, name, role)) as ctx:
            found = explain_field(ctx, "zebra", "open_brood")
        told[name] = bool(found.sql), bool(found.cost)

    assert told == {"Kim": (False, False), "Dan": (True, False), "Ada": (True, True)}


def test_a_published_formula_tells_no_reason_of_what_is_closed(zebras: Tenant) -> None:
    kim = make_actor(zebras, "Kim", "keeper")
    with zebras.writing(kim) as ctx:
        own = create_record(ctx, "zebra", {"name": "Own", "size": "2"}).id

    with zebras.reading(kim) as ctx:
        found = explain_field(ctx, "zebra", "told", own).record

    assert found is not None
    assert (found.text, found.reason, found.note) == ("", BEYOND, BEYOND)
    assert [each.label for each in found.used] == ["Size", CLOSED]
