"""A formula over money comes at the rates that it says, moves with them, and stands still once it is frozen."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from engine.context import Actor
from engine.doctor.findings import State
from engine.doctor.formulas import check_formulas
from engine.formulas.explaining import explain_field
from engine.formulas.filling import fill
from engine.formulas.graph import graph_of
from engine.records.commands import (
    apply_batch,
    change_record,
    create_record,
    destroy_record,
    restore_record,
    trash_record,
)
from engine.records.queries import Query, list_records
from engine.records.writes import Change
from engine.storage.system import pulse_frozen
from engine.tenant import Tenant
from metadata.source import SourceFile
from tests.conftest import make_actor
from tests.engine.publishing import publish

OKAPI = """
entity: okapi
fields:
  name: {type: text, required: true}
  price: {type: money}
  sold: {type: date}
  stage: {type: stage}
  mother: {type: link, to: okapi, inverse: children}
  worth: {type: formula, result: money, formula: "in_currency(price, 'EUR', sold)", index: true}
  fully: {type: formula, result: money, formula: "price * 2", currency: EUR, rates_on: sold}
  herd: {type: formula, result: money, formula: "sum(children.price)", rates_on: sold}
  now: {type: formula, result: money, formula: "sum(children.price)", currency: USD, rates_on: today()}
  doubled: {type: formula, result: money, formula: "worth * 2"}
---
pipeline: road
entity: okapi
stages: {born: {}, sold: {category: won}, gone: {category: lost}}
"""


@pytest.fixture
def priced(tenant: Tenant) -> Tenant:
    """Okapis with prices, and two rates of the dollar."""
    publish(tenant, OKAPI)
    rate(tenant, "USD", "2", "2020-01-01")
    rate(tenant, "USD", "4", "2026-01-01")
    return tenant


def rate(tenant: Tenant, currency: str, number: str, day: str) -> str:
    """A new rate."""
    with tenant.writing() as ctx:
        return create_record(ctx, "exchange_rate", {"currency": currency, "rate": number, "valid_from": day}).id


def okapi(tenant: Tenant, name: str, price: str | None = None, sold: str | None = None, **also: Any) -> str:
    """A new okapi."""
    with tenant.writing() as ctx:
        return create_record(ctx, "okapi", {"name": name, "price": price, "sold": sold, **also}).id


def change(tenant: Tenant, record: str, entity: str = "okapi", **values: Any) -> None:
    """Change a record."""
    with tenant.writing() as ctx:
        change_record(ctx, entity, record, values)


def shown(tenant: Tenant, key: str) -> dict[str | None, str]:
    """What okapis show in a field, by name."""
    with tenant.reading() as ctx:
        found = list_records(ctx, Query(entity="okapi", sort=("title",))).records
        behaviour = ctx.machine.behaviour("okapi", key)
    return {r.title: "" if r.values.get(key) is None else behaviour.show(r.values[key]) for r in found}


def test_a_rate_of_a_day_is_stored_and_moves_with_the_day(priced: Tenant) -> None:
    late = okapi(priced, "late", "8 USD", "2026-02-01")
    okapi(priced, "early", "8 USD", "2025-02-01")
    okapi(priced, "euro", "8 EUR")
    with priced.reading() as ctx:
        modes = {key: ctx.machine.catalog.entities["okapi"].fields[key].mode for key in ("worth", "fully", "herd", "now")}

    assert modes == {"worth": "stored", "fully": "stored", "herd": "stored", "now": "read"}
    assert shown(priced, "worth") == {"early": "€4.00", "euro": "€8.00", "late": "€2.00"}
    assert shown(priced, "fully") == {"early": "€8.00", "euro": "€16.00", "late": "€4.00"}
    change(priced, late, sold="2020-01-01")
    assert shown(priced, "worth")["late"] == "€4.00"


def test_a_rate_that_is_added_changed_or_taken_away_reaches_what_it_touches(priced: Tenant) -> None:
    mother = okapi(priced, "mother")
    okapi(priced, "child", "8 USD", "2026-02-01", mother=mother)

    new = rate(priced, "USD", "8", "2026-01-15")
    assert (shown(priced, "worth")["child"], shown(priced, "doubled")["child"]) == ("€1.00", "€2.00")
    assert shown(priced, "herd")["mother"] == "€1.00"
    change(priced, new, "exchange_rate", rate=16)
    assert (shown(priced, "worth")["child"], shown(priced, "herd")["mother"]) == ("€0.50", "€0.50")
    with priced.writing() as ctx:
        trash_record(ctx, "exchange_rate", new)
    assert (shown(priced, "worth")["child"], shown(priced, "herd")["mother"]) == ("€2.00", "€2.00")
    with priced.writing() as ctx:
        restore_record(ctx, "exchange_rate", new)
    assert shown(priced, "herd")["mother"] == "€0.50"


def test_a_sum_over_several_currencies_is_turned_whole_or_empty(priced: Tenant) -> None:
    mother = okapi(priced, "mother")
    okapi(priced, "dollars", "8 USD", "2026-02-01", mother=mother)
    okapi(priced, "euros", "10 EUR", "2026-02-01", mother=mother)
    okapi(priced, "nothing", None, None, mother=mother)

    assert (shown(priced, "herd")["mother"], shown(priced, "now")["mother"]) == ("€12.00", "$48.00")
    assert shown(priced, "herd")["euros"] == "€0.00"
    yen = okapi(priced, "yen", "100 JPY", "2026-02-01", mother=mother)
    assert (shown(priced, "herd")["mother"], shown(priced, "now")["mother"]) == ("", "")
    change(priced, yen, price=None)
    assert shown(priced, "herd")["mother"] == "€12.00"


def test_a_sum_of_one_currency_without_a_rate_is_empty_too(priced: Tenant) -> None:
    mother = okapi(priced, "mother")
    okapi(priced, "yen", "100 JPY", "2026-02-01", mother=mother)

    assert shown(priced, "herd")["mother"] == ""


def test_another_reporting_currency_works_everything_out_anew(priced: Tenant, admin: Actor) -> None:
    mother = okapi(priced, "mother")
    okapi(priced, "child", "8 USD", "2026-02-01", mother=mother)

    overlay = SourceFile("local", "local/settings.yaml", "overlay: settings/tenant\ncurrency: USD")
    priced.apply(priced.plan([*priced.files, overlay]))

    assert shown(priced, "herd")["mother"] == "$8.00"
    assert shown(priced, "worth")["child"] == ""


FROZEN = OKAPI.replace('rates_on: sold}\n  herd', 'rates_on: sold, freeze_when: is_won}\n  herd').replace(
    "currency: USD, rates_on: today()}", "currency: USD, rates_on: today(), freeze_when: stage.category == 'won'}"
)


@pytest.fixture
def freezing(tenant: Tenant) -> Tenant:
    """Okapis of which a stored formula and one that is read are frozen when they are sold."""
    publish(tenant, FROZEN)
    rate(tenant, "USD", "2", "2020-01-01")
    return tenant


def test_a_value_is_kept_from_the_write_in_which_its_condition_first_holds(freezing: Tenant) -> None:
    mother = okapi(freezing, "mother", "4 USD", "2026-02-01")
    child = okapi(freezing, "child", "8 EUR", "2026-02-01", mother=mother)
    assert (shown(freezing, "fully")["mother"], shown(freezing, "now")["mother"]) == ("€4.00", "$16.00")

    change(freezing, mother, stage="sold", price="6 USD")
    change(freezing, mother, price="100 USD", name="mother")
    change(freezing, child, price="80 EUR")
    rate(freezing, "USD", "4", "2021-01-01")

    assert (shown(freezing, "fully")["mother"], shown(freezing, "now")["mother"]) == ("€6.00", "$16.00")
    assert shown(freezing, "fully")["child"] == "€160.00"
    with freezing.reading() as ctx:
        found = list_records(ctx, Query(entity="okapi", where=("fully == 6 and now == 16",), sort=("-now",))).records
    assert [record.title for record in found] == ["mother"]


def test_what_is_frozen_outlives_recomputing_and_is_no_untruth(freezing: Tenant) -> None:
    okapi(freezing, "one", "6 USD", "2026-02-01", stage="sold")
    rate(freezing, "USD", "4", "2021-01-01")

    with freezing.writing() as ctx:
        for key in ("fully", "now"):
            fill(ctx, graph_of(ctx.machine).formulas["okapi", key])
    texts = FROZEN.replace("price * 2", "price * 5")
    publish(freezing, texts)

    assert shown(freezing, "fully")["one"] == "€6.00"
    assert [each.state for each in check_formulas(freezing, 10)] == [State.OK]
    publish(freezing, texts.replace(", freeze_when: is_won", ""))
    assert shown(freezing, "fully")["one"] == "€7.50"
    publish(freezing, texts)
    rate(freezing, "USD", "8", "2022-01-01")
    assert shown(freezing, "fully")["one"] == "€7.50"


def test_a_value_moves_again_when_the_condition_ceases_to_hold(freezing: Tenant) -> None:
    one = okapi(freezing, "one", "6 USD", "2026-02-01", stage="sold")
    okapi(freezing, "child", "8 EUR", "2026-02-01", mother=one)
    change(freezing, one, price="10 USD")
    assert (shown(freezing, "fully")["one"], shown(freezing, "now")["one"]) == ("€6.00", "$0.00")

    change(freezing, one, stage="born")
    assert (shown(freezing, "fully")["one"], shown(freezing, "now")["one"]) == ("€10.00", "$16.00")
    change(freezing, one, stage="sold")
    change(freezing, one, price="1 USD")
    assert (shown(freezing, "fully")["one"], shown(freezing, "now")["one"]) == ("€10.00", "$16.00")


def test_bulk_writes_and_publishing_freeze_alike(tenant: Tenant) -> None:
    publish(tenant, OKAPI)
    rate(tenant, "USD", "2", "2020-01-01")
    ids = [okapi(tenant, f"okapi {at}", "6 USD", "2026-02-01", stage="born" if at else "sold") for at in range(4)]
    publish(tenant, FROZEN)
    with tenant.writing() as ctx:
        changes = [Change(id=each, values={"stage": "sold"}) for each in ids[1:3]]
        assert all(outcome.refusal is None for outcome in apply_batch(ctx, "okapi", changes))
    rate(tenant, "USD", "4", "2021-01-01")

    assert list(shown(tenant, "fully").values()) == ["€6.00", "€6.00", "€6.00", "€3.00"]
    with tenant.database.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(pulse_frozen)).scalar() == 6


def test_a_record_that_is_made_anew_under_an_id_of_before_is_not_frozen(freezing: Tenant, admin: Actor) -> None:
    one = okapi(freezing, "one", "6 USD", "2026-02-01", stage="sold")
    with freezing.writing(admin) as ctx:
        trash_record(ctx, "okapi", one)
        destroy_record(ctx, "okapi", one)

    with freezing.database.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(pulse_frozen)).scalar() == 0


def test_whoever_sees_less_is_not_shown_what_was_frozen_of_more(freezing: Tenant) -> None:
    one = okapi(freezing, "one", "6 USD", "2026-02-01", stage="sold")
    okapi(freezing, "child", "8 EUR", "2026-02-01", mother=one)
    texts = [FROZEN, "role: groom\ngrants:\n  okapi: {create: yes, read: own}\n  exchange_rate: {read: all}"]
    publish(freezing, *texts)
    groom = make_actor(freezing, "Gil", "groom")
    with freezing.writing(groom) as ctx:
        own = create_record(ctx, "okapi", {"name": "own", "price": "6 USD", "sold": "2026-02-01", "stage": "sold"}).id
    with freezing.reading(groom) as ctx:
        [record] = list_records(ctx, Query(entity="okapi")).records
        said = explain_field(ctx, "okapi", "now", own)

    assert (record.values["now"], record.values["fully"].amount) == (None, 6)
    assert said.record is not None
    assert said.record.reason == "It is made of more than is open to you."


def test_freezing_and_rates_are_explained(freezing: Tenant) -> None:
    one = okapi(freezing, "one", "6 USD", "2026-02-01", stage="sold")
    other = okapi(freezing, "other", "6 JPY", "2026-02-01")

    with freezing.reading() as ctx:
        frozen, moving = (explain_field(ctx, "okapi", "fully", each) for each in (one, other))

    assert frozen.why.endswith("From the write in which this first holds, it is kept as it was then: it is won.")
    assert frozen.words.endswith("(amounts in EUR, at the rates of: sold)")
    assert frozen.record is not None
    assert moving.record is not None
    assert frozen.record.note.startswith("It was frozen on ")
    assert (moving.record.note, moving.record.reason[:26]) == ("", "There is no exchange rate ")


def test_writers_and_rates_at_the_same_moment_miss_nothing_of_each_other(priced: Tenant) -> None:
    mother = okapi(priced, "mother")

    def write(at: int) -> None:
        if at % 3:
            okapi(priced, str(at), "8 USD", "2026-02-01", mother=mother)
        else:
            rate(priced, "USD", str(at + 5), f"2026-01-{at + 2:02}")

    with ThreadPoolExecutor(4) as writers:
        list(writers.map(write, range(24)))

    assert [finding.says for finding in check_formulas(priced, 100) if finding.mend] == []
