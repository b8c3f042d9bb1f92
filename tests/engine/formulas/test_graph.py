"""The graph knows what formulas depend on, in which order, and from where a write leads back."""

from engine.formulas.graph import Graph, graph_of
from engine.tenant import Tenant


def graph(tenant: Tenant) -> Graph:
    with tenant.reading() as ctx:
        return graph_of(ctx.machine)


def test_each_formula_stands_behind_those_it_uses(kraals: Tenant) -> None:
    names = list(graph(kraals).formulas)

    for lower, upper in [("weight", "per_head"), ("heads", "per_head")]:
        assert names.index(("kraal", lower)) < names.index(("kraal", upper))
    assert names.index(("kraal", "weight")) < names.index(("zone", "weight"))


def test_only_what_the_record_holds_itself_is_its_own(kraals: Tenant) -> None:
    formulas = graph(kraals).formulas

    assert {key for (entity, key), each in formulas.items() if entity == "oryx" and each.is_own and each.is_stored} == {
        "twice", "fourfold", "value",
    }  # fmt: skip


def test_all_that_depends_on_a_field_is_known(kraals: Tenant) -> None:
    depending = {each.name for each in graph(kraals).depending([("oryx", "size")])}

    assert {("oryx", "fourfold"), ("kraal", "per_head"), ("zone", "weight"), ("zone", "has_big")} <= depending
    assert ("kraal", "heads") not in depending


def test_writes_take_turns_only_where_formulas_lead_back(kraals: Tenant) -> None:
    circular = graph(kraals).circular

    assert {"kraal", "oryx"} <= circular
    assert circular & {"deal", "company", "contact", "activity", "jotting"} == set()
