"""What was written down beforehand is loaded through the commands, by the people it tells of."""

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa

from engine.access.actors import load_actor
from engine.context import Actor, Context
from engine.errors import Denied, NotFound, Refused
from engine.records.commands import change_record
from engine.records.history import list_history
from engine.records.queries import Query, count_records, list_records
from engine.tenant import Tenant
from metadata.source import SourceFile
from seeds.demo.telling import load_story, tell_story
from seeds.loader import NOBODY, Act, id_at, known_names, load_sample, perform
from tests.conftest import make_tenant, on_server

NOW = datetime(2026, 3, 18, 14, 30, tzinfo=UTC)
SAMPLE = """
sample: visit
records:
  - company: {id: ac, name: Acme}
  - contact: {id: ann, name: Ann Lee, company: ac}
  - deal: {id: line, name: Line, company: ac, contacts: [ann], amount: 500 EUR, close_date: "= days_from_now(14)"}
  - task: {subject: Call Ann, about: ann, due: "= days_ago(1)"}
"""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tenant]:
    """A small Brightwater, told once for all tests here."""
    folder = tmp_path_factory.mktemp("told")
    url = f"sqlite:///{folder / 'pulse.db'}"
    if request.param == "postgresql":
        server: str = request.getfixturevalue("postgresql")
        url = server.replace("DATABASE", f"t{uuid.uuid4().hex[:12]}")
        on_server(sa.make_url(url), f"CREATE DATABASE {sa.make_url(url).database}")
    tenant = make_tenant(url, folder, SourceFile("local", "local/visit.yaml", SAMPLE))
    load_story(tenant, tell_story(NOW, 900))
    yield tenant
    tenant.database.close()


def actor(ctx: Context, name: str) -> Actor:
    """One of Brightwater's people."""
    [user] = list_records(ctx, Query(entity="user", where=(f"name == '{name}'",))).records
    return load_actor(ctx.connection, ctx.machine, user.id)


def test_everything_told_is_there(told: Tenant) -> None:
    acts = tell_story(NOW, 900)

    with told.reading() as ctx:
        for entity in ("user", "company", "contact", "lead", "deal", "activity", "task", "comment"):
            made = sum(act.is_new and act.entity == entity for act in acts)
            assert count_records(ctx, entity) == made, entity


def test_records_are_their_sellers_and_as_old_as_the_story_says(told: Tenant) -> None:
    with told.reading() as ctx:
        elena = actor(ctx, "Elena Rossi")
        deals = list_records(
            ctx, Query(entity="deal", where=(f"owner == '{elena.id}'",), sort=("created_at",), limit=200)
        ).records

    assert len(deals) > 5
    assert {deal.values["created_by"].id for deal in deals} == {elena.id}
    age = deals[-1].values["created_at"] - deals[0].values["created_at"]
    assert age > timedelta(days=120)
    assert [deal.id for deal in deals] == sorted(deal.id for deal in deals)


def test_a_won_deal_remembers_its_road(told: Tenant) -> None:
    with told.reading() as ctx:
        where = ("is_won and created_by.name == 'Priya Raman'",)
        deal = list_records(ctx, Query(entity="deal", where=where, limit=1)).records[0]
        entries = list_history(ctx, "deal", deal.id)

    moves = [
        (str(step.before), str(step.after))
        for entry in entries
        for step in entry.steps
        if step.field.key == "stage"
    ]
    assert moves[0][1] == "won"
    assert all(later[0] == earlier[1] for later, earlier in pairwise(moves))
    assert [entry.at for entry in entries] == sorted((entry.at for entry in entries), reverse=True)


def test_a_seller_sees_all_customers_and_only_their_own_leads(told: Tenant) -> None:
    with told.reading() as ctx:
        everybody = count_records(ctx, "company")
        leads = count_records(ctx, "lead")
        jonas = actor(ctx, "Jonas Weber")
        as_jonas = told.context(ctx.connection, jonas)

        assert count_records(as_jonas, "company") == everybody
        assert count_records(as_jonas, "lead") < leads


def test_the_one_who_only_reads_changes_nothing(told: Tenant) -> None:
    with told.writing() as ctx:
        sofia = told.context(ctx.connection, actor(ctx, "Sofia Almeida"))
        [company] = list_records(sofia, Query(entity="company", limit=1)).records

        with pytest.raises(Denied):
            change_record(sofia, "company", company.id, {"name": "Mine"})


def test_a_sample_is_loaded_with_its_links_and_for_its_day(told: Tenant) -> None:
    with told.writing() as ctx:
        dated = told.context(ctx.connection, actor(ctx, "Nora Lindqvist"), clock=lambda: NOW)
        names = load_sample(dated, "visit")
        [deal] = list_records(dated, Query(entity="deal", where=("name == 'Line'",))).records
        [task] = list_records(dated, Query(entity="task", where=("subject == 'Call Ann'",))).records

    assert deal.values["company"] == names.references["ac"]
    assert deal.values["close_date"] == date(2026, 4, 1)
    assert task.values["about"] == names.references["ann"]
    assert task.values["due"] == NOW - timedelta(days=1)


def test_a_sample_that_is_not_there_is_refused_with_those_that_are(told: Tenant) -> None:
    with told.reading() as ctx, pytest.raises(NotFound) as refusal:
        load_sample(ctx, "vist")

    assert "starter, visit" in refusal.value.message


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": "X", "employees": "many"}, 'company "c2" was not loaded. employees:'),
        ({"name": "X", "owner": "pete"}, 'names "pete", which is not made before it'),
    ],
)
def test_a_story_is_loaded_whole_or_not_at_all(told: Tenant, values: dict[str, str], words: str) -> None:
    acts = [
        Act(NOW, NOBODY, "company", "c1", {"name": "Never seen"}),
        Act(NOW, NOBODY, "company", "c2", values),
    ]

    with pytest.raises(Refused, match=words.replace(".", r"\.")), told.writing() as ctx:
        perform(ctx, acts, known_names(ctx))

    with told.reading() as ctx:
        assert not list_records(ctx, Query(entity="company", where=("name == 'Never seen'",))).records


def test_an_id_of_a_moment_is_the_same_and_sorts_by_it() -> None:
    earlier, later = (id_at(NOW + timedelta(seconds=at), "company/x") for at in (0, 1))

    assert earlier == id_at(NOW, "company/x") != id_at(NOW, "company/y")
    assert earlier < later
    assert uuid.UUID(earlier).version == 7
