"""What goes out of one CRM comes into another as it was, and nobody takes out what they may not see."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.context import SYSTEM, Actor
from engine.errors import Denied, Invalid, Malformed
from engine.fields import field_types
from engine.records.commands import apply_batch, create_record
from engine.records.queries import Query
from engine.records.transfer.exporting import export_records
from engine.records.transfer.formulas import neutralise, restore
from engine.records.transfer.leaving import Leaving, Table
from engine.records.transfer.results import ImportResult
from engine.records.transfer.sheets import read_sheet
from engine.records.transfer.writers import WRITERS
from engine.records.writes import Create
from engine.tenant import Tenant
from metadata import declarations
from metadata.source import SourceFile
from tests.conftest import make_actor, make_tenant
from tests.engine.bringing import bring_in, records_of, sheet_of, shown

FORMS = ["csv", "xlsx", "json"]
OKAPI = """
entity: okapi
title: name
fields:
  name: {type: text, required: true}
  about: {type: long_text}
  rich: {type: rich_text}
  count: {type: integer}
  weight: {type: decimal, scale: 3}
  share: {type: percent}
  price: {type: money}
  tame: {type: boolean}
  born: {type: date}
  seen: {type: datetime}
  nap: {type: duration}
  herd: {type: choice, choices: [{key: north, label: Up}, {key: south, label: Down}]}
  traits: {type: choices, choices: [wild, calm, "odd; one"]}
  words: {type: tags}
  stars: {type: rating}
  mail: {type: email}
  call: {type: phone}
  site: {type: url}
  home: {type: address}
  full: {type: person_name}
  number: {type: autonumber, format: "O-{number}"}
  facts: {type: json}
  paper: {type: file}
  face: {type: image}
  keeper: {type: user}
  pack: {type: team}
  mother: {type: link, to: okapi, inverse: children}
  friends: {type: links, to: okapi, inverse: friend_of}
  subject: {type: any_link, to: [okapi, company]}
  road: {type: pipeline, default: life}
  stage: {type: stage}
---
pipeline: life
entity: okapi
stages: {calf: {}, grown: {label: Grown up}}
---
role: looker
grants:
  okapi: {read: all, export: yes, fields: {"*": read, price: none, friends: none}}
---
role: writer
grants:
  okapi: {create: yes, read: all, update: all}
"""
FULL: dict[str, Any] = {
    "name": "=1+1", "about": 'Two\nlines, "quoted"; and \'apostrophes\'', "rich": "<p>Bold <b>b</b></p>",
    "count": -42, "weight": "-1234.567", "share": "12.5", "price": {"amount": "-1200.50", "currency": "JPY"},
    "tame": False, "born": "1999-12-31", "seen": "2026-02-28T23:59:58Z", "nap": "PT25H3M4S",
    "herd": "north", "traits": ["wild", "odd; one"], "words": ["-dash", "@at", "plain, with comma"],
    "stars": 3, "mail": "a@b.example", "call": "+4930901820;ext=12", "site": "https://a.example/?q=1,2",
    "home": {"street": "1, Main St", "postal_code": "02101", "country": "US"},
    "full": {"first": "Ludwig", "last": "van Beethoven"}, "facts": {"a": [1, None, "x"]}, "stage": "grown",
}  # fmt: skip


TROUBLE = st.characters(exclude_categories=["Cs", "Cc", "Cn"]) | st.sampled_from("'=+-@\t\r\n ＝_x;,\"\ufeff")


@pytest.fixture
def zoo(database_url: str, tmp_path: Path) -> Iterator[Tenant]:
    """The sales CRM, and an entity with a field of every type."""
    made = make_tenant(database_url, tmp_path, SourceFile("local", "local/okapi.yaml", OKAPI))
    yield made
    made.database.close()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Tenant]:
    """Another CRM of the same packs, with nothing in it."""
    made = make_tenant(None, tmp_path / "other", SourceFile("local", "local/okapi.yaml", OKAPI))
    yield made
    made.database.close()


def export(tenant: Tenant, query: Query, form: str = "csv", actor: Actor = SYSTEM) -> bytes:
    with tenant.reading(actor) as ctx:
        return b"".join(export_records(ctx, query, form))


def lines(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode())))


def carry(one: Tenant, other: Tenant, entity: str, form: str) -> ImportResult:
    content = export(one, Query(entity=entity), form)
    return bring_in(other, entity, read_sheet(content, f"{entity}.{form}"))


def content_of(tenant: Tenant) -> set[tuple[str, str, str]]:
    """Every value of every okapi, but for the number it was given."""
    records = orjson.loads(export(tenant, Query(entity="okapi"), "json"))
    return {
        (record["id"], key, orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode())
        for record in records
        for key, value in record.items()
        if key != "number"
    }


def fill(tenant: Tenant) -> None:
    keeper = make_actor(tenant, "Kim", "admin")
    with tenant.writing() as ctx:
        acme = create_record(ctx, "company", {"name": "=Acme, Inc."})
        pack = create_record(ctx, "team", {"name": "Savanna"})
        paper = create_record(ctx, "file", {"name": "a.pdf"})
        plain = create_record(ctx, "okapi", {"name": "[Plain]; one"})
        full = create_record(
            ctx, "okapi",
            {**FULL, "mother": plain.id, "friends": [plain.id], "subject": f"company/{acme.id}",
             "keeper": keeper.id, "pack": pack.id, "paper": paper.id, "face": paper.id},
        )  # fmt: skip
        create_record(ctx, "okapi", {"name": "Last", "mother": full.id, "friends": [plain.id, full.id],
                                     "subject": f"okapi/{full.id}"})  # fmt: skip


def test_the_okapi_has_a_field_of_every_type(zoo: Tenant) -> None:
    with zoo.reading() as ctx:
        fields = ctx.machine.catalog.entities["okapi"].declared

    assert {field.type for field in fields} == set(declarations.names())


@pytest.mark.parametrize("form", FORMS)
def test_values_of_every_type_come_into_another_crm_as_they_were(
    zoo: Tenant, empty: Tenant, form: str
) -> None:
    fill(zoo)

    results = [
        carry(zoo, empty, entity, form) for entity in ("user", "team", "file", "company", "okapi")
    ]

    assert [(result.rejected, result.notes) for result in results] == [({}, [])] * 5
    assert content_of(empty) - content_of(zoo) == set()
    assert content_of(zoo) - content_of(empty) == set()
    assert len({record_id for record_id, _, _ in content_of(zoo)}) == 3


@pytest.mark.parametrize("form", FORMS)
def test_what_records_link_to_is_made_with_its_id_when_it_is_not_there(
    zoo: Tenant, empty: Tenant, form: str
) -> None:
    fill(zoo)

    result = carry(zoo, empty, "okapi", form)

    assert (result.created, result.made) == (3, {"company": 1})
    assert shown(empty, "company", "id", "name") == shown(zoo, "company", "id", "name")


@pytest.mark.parametrize("form", FORMS)
def test_importing_ones_own_export_changes_nothing(zoo: Tenant, form: str) -> None:
    fill(zoo)

    content = export(zoo, Query(entity="okapi"), form)
    result = bring_in(zoo, "okapi", read_sheet(content, f"o.{form}"))

    assert (result.created, result.updated, result.skipped, result.rejected) == (0, 0, 3, {})
    assert {record.version for record in records_of(zoo, "okapi")} == {1}


@given(st.text(alphabet=TROUBLE, max_size=8))
def test_a_neutralised_text_is_no_formula_and_can_be_restored(text: str) -> None:
    safe = neutralise(text)

    assert safe.lstrip()[:1] not in {"=", "+", "-", "@"}
    assert safe[:1] not in {"\t", "\r"}
    assert restore(safe) == text


@pytest.mark.parametrize("form", FORMS)
@given(typed=st.lists(st.text(alphabet=TROUBLE, min_size=1, max_size=8), min_size=1, max_size=4))
def test_a_text_of_any_letters_comes_back(form: str, typed: list[str]) -> None:
    kind = field_types["long_text"]({})
    kept = [text for each in typed if (text := kind.parse(each)) is not None]
    table = Table("Texts", [Leaving("a", kind), Leaving("b", kind)], iter([[text, "x"] for text in kept]))

    content = b"".join(WRITERS[form](table))

    if kept:
        cells = [row.cells[0] for row in read_sheet(content, f"a.{form}").rows()]
        assert [cell if form == "json" else restore(cell) for cell in cells] == kept


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_no_cell_that_leaves_is_a_formula(zoo: Tenant, form: str) -> None:
    names = ["=1+1", "+49 30", "-x", "@SUM(A1)", "'=quoted", "\u200b plain"]
    with zoo.writing() as ctx:
        apply_batch(ctx, "okapi", [Create(values={"name": name, "count": -1}) for name in names])

    sheet = read_sheet(export(zoo, Query(entity="okapi", fields=("name", "count")), form), f"o.{form}")

    assert [row.cells[0] for row in sheet.rows()] == [
        "'=1+1", "'+49 30", "'-x", "'@SUM(A1)", "''=quoted", "\u200b plain",
    ]  # fmt: skip
    assert {str(row.cells[1]) for row in sheet.rows()} == {"-1"}


def test_a_large_list_leaves_page_by_page_without_losing_any(zoo: Tenant) -> None:
    rows = [Create(values={"name": f"O{at}"}) for at in range(1_203)]
    with zoo.writing() as ctx:
        apply_batch(ctx, "okapi", rows)

    exported = lines(export(zoo, Query(entity="okapi", fields=("name",))))

    assert [name for [name] in exported[1:]] == [f"O{at}" for at in range(1_203)]


def test_a_question_chooses_what_leaves(zoo: Tenant) -> None:
    fill(zoo)
    query = Query(
        entity="okapi", where=("count < 0",), sort=("-name",), fields=("name", "mother.name", "friends")
    )

    exported = lines(export(zoo, query))

    assert exported[0] == ["name", "mother.name", "friends", "friends.id"]
    assert [row[:3] for row in exported[1:]] == [["'=1+1", "[Plain]; one", '["[Plain]; one"]']]


def test_only_what_a_person_may_read_leaves(zoo: Tenant) -> None:
    fill(zoo)
    looker, writer = make_actor(zoo, "Lo", "looker"), make_actor(zoo, "Wim", "writer")

    header = lines(export(zoo, Query(entity="okapi"), actor=looker))[0]

    assert not {"price", "price.currency", "friends", "friends.id"} & set(header)
    assert {"id", "name", "mother", "mother.id"} <= set(header)
    for field in ("price", "friends"):
        with pytest.raises(Denied):
            export(zoo, Query(entity="okapi", fields=(field,)), actor=looker)
    with pytest.raises(Denied) as refusal:
        export(zoo, Query(entity="okapi"), actor=writer)
    assert refusal.value.message == "You may not export okapis."


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (Query(entity="okapi", fields=("nmae",)), "field.unknown"),
        (Query(entity="okapi", fields=("children",)), "export.inverse"),
        (Query(entity="okapi", fields=("mother.friends",)), "export.many"),
        (Query(entity="okapi", fields=("friends.name",)), "field.not-a-link"),
        (Query(entity="okapi", where=("name <",)), "expression.syntax"),
    ],
)
def test_a_question_that_can_not_be_a_file_is_refused_before_the_first_piece(
    zoo: Tenant, query: Query, code: str
) -> None:
    with zoo.reading() as ctx, pytest.raises(Malformed) as refusal:
        export_records(ctx, query, "csv")

    assert refusal.value.code == code


def test_a_text_too_long_for_a_workbook_is_refused_not_cut(zoo: Tenant) -> None:
    with zoo.writing() as ctx:
        create_record(ctx, "okapi", {"name": "Long", "about": "x" * 40_000})

    with pytest.raises(Invalid) as refusal:
        export(zoo, Query(entity="okapi"), "xlsx")

    assert refusal.value.message.endswith("a cell of a workbook holds 32,767. Export as CSV.")


def test_telephone_numbers_and_texts_of_any_kind_survive_the_journey(zoo: Tenant) -> None:
    bring_in(zoo, "okapi", sheet_of("Name,Call,About", "A,'+49 30 901820,'-dash", "B,+49 30 901821,'plain"))

    exported = lines(export(zoo, Query(entity="okapi", fields=("call", "about"))))

    assert exported[1:] == [["'+4930901820", "'-dash"], ["'+4930901821", "'plain"]]
