"""A plan says what publishing would do, does just that, and asks of records no more than they meet."""

import re
from decimal import Decimal

import pytest

from engine.errors import Conflict, Invalid, Refused
from engine.records.commands import create_record
from engine.tenant import Tenant
from tests.engine.publishing import OKAPI, breed, okapis, publish, statements, steps, with_okapi

DDL = re.compile(r"\s*(CREATE|ALTER|DROP)\b", re.IGNORECASE)


def changed(before: str, after: str) -> str:
    assert before in OKAPI
    return OKAPI.replace(before, after)


def test_a_new_entity_takes_records_at_once(tenant: Tenant) -> None:
    plan = publish(tenant, OKAPI)
    breed(tenant, name="Oki", size="1.50")

    assert steps(plan) == ["+ add entity okapi (4 fields)"]
    assert okapis(tenant, "size") == {"Oki": Decimal("1.50")}


def test_publishing_the_same_twice_plans_nothing(tenant: Tenant) -> None:
    publish(tenant, OKAPI)

    again = tenant.plan(with_okapi(tenant, OKAPI))

    assert again.is_empty
    assert again.describe() == "Nothing to change."
    assert tenant.apply(again) == again.base


def test_a_new_field_is_empty_or_has_its_default_in_the_records_there_are(tenant: Tenant) -> None:
    publish(tenant, OKAPI)
    breed(tenant, name="Oki")

    plan = publish(tenant, OKAPI + '  tame: {type: boolean, default: true}\n  cost: {type: money, default: "5 EUR"}\n'
                                   "  born: {type: date}\n")  # fmt: skip

    assert steps(plan)[:3] == [
        "+ add field okapi.tame (boolean)", "+ add field okapi.cost (money)", "+ add field okapi.born (date)",
    ]  # fmt: skip
    assert okapis(tenant, "tame") == {"Oki": True}
    assert okapis(tenant, "born") == {"Oki": None}
    [cost] = okapis(tenant, "cost").values()
    assert (cost.amount, cost.currency) == (Decimal("5.00"), "EUR")


def test_a_new_number_is_given_to_the_records_there_are_and_counts_on(tenant: Tenant) -> None:
    publish(tenant, OKAPI)
    breed(tenant, name="Oki")
    breed(tenant, name="Ndo")

    publish(tenant, OKAPI + '  number: {type: autonumber, required: true, format: "O-{number:03}", start: 7}\n')
    breed(tenant, name="Zed")

    assert okapis(tenant, "number") == {"Ndo": "O-008", "Oki": "O-007", "Zed": "O-009"}


def test_another_order_of_fields_is_a_change(tenant: Tenant) -> None:
    publish(tenant, OKAPI)

    plan = publish(tenant, OKAPI, "overlay: entity/okapi\nfields: {size: {before: name}}")

    assert steps(plan) == ["~ change entity okapi"]
    with tenant.reading() as ctx:
        assert next(iter(ctx.machine.catalog.entities["okapi"].fields)) == "size"


def test_a_requirement_waits_for_the_records_that_lack_it(tenant: Tenant) -> None:
    publish(tenant, OKAPI)
    for number in range(7):
        breed(tenant, name=f"Oki {number}", size=1 if number == 6 else None)
    stricter = changed("size: {type: decimal}", "size: {type: decimal, required: true}")

    plan = tenant.plan(with_okapi(tenant, stricter))

    [blocker] = plan.blockers
    assert blocker.code == "plan.empty-values"
    assert blocker.message == (
        "To make okapi.size required, fill it first in 6 records: Oki 0, Oki 1, Oki 2, Oki 3, Oki 4, …."
    )
    with pytest.raises(Refused) as refusal:
        tenant.apply(plan)
    assert refusal.value.code == "plan.empty-values"


def test_a_requirement_that_is_met_holds_from_then_on_and_can_be_relaxed(tenant: Tenant) -> None:
    publish(tenant, OKAPI)
    breed(tenant, name="Oki", size=1)

    publish(tenant, changed("size: {type: decimal}", "size: {type: decimal, required: true}"))
    with pytest.raises(Invalid):
        breed(tenant, name="Bare")
    with statements(tenant) as said:
        publish(tenant, OKAPI)
    breed(tenant, name="Bare")

    assert [each for each in said if DDL.match(each)] == []


@pytest.mark.parametrize("field", ["wild: {type: boolean, required: true}", 'at: {type: datetime, required: true, default: "= now()"}'])
def test_a_new_required_field_needs_something_to_fill_it_with(tenant: Tenant, field: str) -> None:
    publish(tenant, OKAPI)
    empty = tenant.plan(with_okapi(tenant, OKAPI + f"  {field}\n"))
    breed(tenant, name="Oki")
    filled = tenant.plan(with_okapi(tenant, OKAPI + f"  {field}\n"))

    assert [blocker.code for blocker in empty.blockers] == []
    assert [blocker.code for blocker in filled.blockers] == ["plan.empty-values"]
    publish(tenant, OKAPI + "  wild: {type: boolean, required: true, default: false}\n")
    assert okapis(tenant, "wild") == {"Oki": False}


def test_a_required_relation_is_looked_for_in_its_own_table(tenant: Tenant) -> None:
    publish(tenant, OKAPI)
    oki = breed(tenant, name="Oki")
    breed(tenant, name="Ndo", friends=[oki])

    plan = tenant.plan(with_okapi(tenant, changed("friends: {type: links", "friends: {required: true, type: links")))

    assert [blocker.message for blocker in plan.blockers] == [
        "To make okapi.friends required, fill it first in 1 record: Oki."
    ]


def test_values_that_are_shared_can_t_become_unique(tenant: Tenant) -> None:
    publish(tenant, OKAPI)
    for name, size in (("a", 1), ("b", 1), ("c", 1), ("d", 2), ("e", None), ("f", None)):
        breed(tenant, name=name, size=size)

    plan = tenant.plan(with_okapi(tenant, changed("{type: decimal}", "{type: decimal, unique: true}")))

    [blocker] = plan.blockers
    assert blocker.code == "plan.not-unique"
    assert "no two records may share a value; 3 do: 1.00 (3)." in blocker.message


def test_unique_and_indexed_come_and_go_as_indexes(tenant: Tenant) -> None:
    publish(tenant, OKAPI)
    breed(tenant, name="Oki", size=1)
    unique = changed("{type: decimal}", "{type: decimal, unique: true, index: true}") + "unique: [[name, coat]]\n"

    plan = publish(tenant, unique)
    with pytest.raises(Conflict):
        breed(tenant, name="Ndo", size="1.00")
    back = publish(tenant, OKAPI)
    breed(tenant, name="Ndo", size="1.00")

    assert steps(plan)[:3] == [
        "~ make okapi.size unique", "~ make okapi.name and okapi.coat unique",
        "~ change indexes of okapi (3 to add, 0 to drop)",
    ]  # fmt: skip
    assert steps(back)[0] == "~ change indexes of okapi (0 to add, 3 to drop)"


def test_narrower_limits_wait_for_the_values_outside_them(tenant: Tenant) -> None:
    publish(tenant, OKAPI)
    breed(tenant, name="Little", size=3, coat="plain")
    breed(tenant, name="Oki", size=12, coat="spotted")
    narrower = changed("size: {type: decimal}", "size: {type: decimal, max: 10}").replace(", spotted]", "]")

    plan = tenant.plan(with_okapi(tenant, narrower))
    wider = tenant.plan(with_okapi(tenant, narrower.replace("max: 10", "max: 12").replace("plain]", "plain, spotted, x]")))

    assert [(blocker.code, blocker.message) for blocker in plan.blockers] == [
        ("plan.values-outside", "To narrow what okapi.size takes, change it first in 1 record: Oki."),
        ("plan.values-outside", "To narrow what okapi.coat takes, change it first in 1 record: Oki."),
    ]
    assert wider.blockers == ()


def test_renaming_touches_no_table_and_loses_nothing(tenant: Tenant) -> None:
    publish(tenant, OKAPI)
    oki = breed(tenant, name="Oki", size=1, coat="plain")
    breed(tenant, name="Ndo", friends=[oki])
    renamed = (
        "entity: giraffe\nwas: okapi\nfields:\n  called: {type: text, required: true, was: name}\n"
        "  height: {type: decimal, was: size}\n  coat: {type: choice, choices: [striped, plain, spotted]}\n"
        "  mates: {type: links, to: giraffe, inverse: mate_of, was: friends}\ntitle: called\n"
    )

    with statements(tenant) as said:
        plan = publish(tenant, renamed)

    assert steps(plan) == [
        "~ rename entity okapi to giraffe", "~ rename field giraffe.name to giraffe.called",
        "~ rename field giraffe.size to giraffe.height", "~ rename field giraffe.friends to giraffe.mates",
    ]  # fmt: skip
    assert [each for each in said if DDL.match(each)] == []
    with tenant.writing() as ctx:
        assert create_record(ctx, "giraffe", {"called": "New", "mates": [oki]}).values["called"] == "New"
    publish(tenant, OKAPI.replace("entity: okapi", "entity: okapi\nwas: giraffe")
            .replace("name: {", "name: {was: called, ").replace("size: {", "size: {was: height, ")
            .replace("friends: {", "friends: {was: mates, "))  # fmt: skip
    assert okapis(tenant, "size") == {"Ndo": None, "New": None, "Oki": Decimal("1.00")}


def test_what_is_taken_away_needs_consent_and_comes_back_with_its_data(tenant: Tenant) -> None:
    publish(tenant, changed("{type: decimal}", "{type: decimal, index: true}"))
    breed(tenant, name="Oki", size=1)
    without = changed("  size: {type: decimal}\n", "")

    plan = tenant.plan(with_okapi(tenant, without))
    with pytest.raises(Refused) as refusal:
        tenant.apply(plan)
    assert (refusal.value.code, plan.loses_data) == ("plan.loses-data", True)
    assert "- remove field okapi.size and hide its values  ! loses data" in plan.describe()

    tenant.apply(plan, accept_data_loss=True)
    assert okapis(tenant, "size") == {"Oki": None}
    breed(tenant, name="Ndo")
    publish(tenant, OKAPI)
    assert okapis(tenant, "size") == {"Ndo": None, "Oki": Decimal("1.00")}


def test_an_entity_comes_back_with_its_records_and_what_is_new_of_it(tenant: Tenant) -> None:
    publish(tenant, OKAPI)
    oki = breed(tenant, name="Oki", size=1)
    breed(tenant, name="Ndo", friends=[oki])
    publish(tenant, accept_data_loss=True)

    publish(tenant, changed("{type: decimal}", "{type: decimal, unique: true}") + "  wild: {type: boolean, default: true}\n")

    assert okapis(tenant, "size") == {"Ndo": None, "Oki": Decimal("1.00")}
    assert okapis(tenant, "wild") == {"Ndo": True, "Oki": True}
    with pytest.raises(Conflict):
        breed(tenant, name="Twin", size=1)


def test_an_entity_that_comes_back_asks_nothing_its_records_do_not_meet(tenant: Tenant) -> None:
    publish(tenant, OKAPI)
    breed(tenant, name="Oki", size=1)
    breed(tenant, name="Ndo", size=1)
    publish(tenant, accept_data_loss=True)

    plan = tenant.plan(with_okapi(tenant, changed("{type: decimal}", "{type: decimal, unique: true, required: true}")
                                  + "  wild: {type: boolean, required: true}\n"))  # fmt: skip

    assert [blocker.code for blocker in plan.blockers] == ["plan.empty-values", "plan.not-unique"]


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("{type: decimal}", "{type: text}", "plan.type-change"),
        ("{type: decimal}", "{type: integer}", "plan.type-change"),
        ("{type: decimal}", "{type: decimal, scale: 4}", "plan.type-change"),
        ("{type: links, to: okapi", "{type: link, to: okapi", "plan.type-change"),
        ("to: okapi, inverse: friend_of", "to: zebra", "plan.link-target"),
        ("choices: [striped", "choices: [stripy, striped", ""),
    ],
)
def test_a_change_that_needs_values_converted_is_refused_clearly(
    tenant: Tenant, before: str, after: str, code: str
) -> None:
    publish(tenant, OKAPI)

    plan = tenant.plan(with_okapi(tenant, changed(before, after)))

    assert [blocker.code for blocker in plan.blockers] == ([code] if code else [])
    for blocker in plan.blockers:
        assert "beside it" in blocker.message
        with pytest.raises(Refused, match="okapi"):
            tenant.apply(plan)


def test_records_are_called_anew_when_another_field_makes_their_title(tenant: Tenant) -> None:
    publish(tenant, OKAPI + "  nick: {type: text}\n")
    breed(tenant, name="Oki", nick="O.")
    breed(tenant, name="Ndo")

    plan = publish(tenant, OKAPI + "  nick: {type: text}\ntitle: nick\n")

    assert steps(plan)[0] == "~ title records of okapi by nick"
    assert okapis(tenant, "name") == {"O.": "Oki", None: "Ndo"}


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("view: odd\nentity: okapi\nwhere: in_team(name)", "expression.not-available", "local/okapi1.yaml:3:8"),
        ("overlay: entity/okapi\nfields: {url: {type: url, default: 'not one'}}", "field.default", "local/okapi1.yaml:2:36"),
    ],
)
def test_what_the_machine_can_t_do_is_found_before_it_is_live(
    tenant: Tenant, text: str, code: str, place: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        tenant.plan(with_okapi(tenant, OKAPI, text))

    [problem] = refusal.value.problems
    assert (problem.code, problem.pointer) == (code, place)
