"""Whatever people type is shown as text, wherever it turns up."""

import io
from collections.abc import Callable
from typing import Any

import pytest

from engine.context import Actor
from engine.records.commands import change_record, create_record, trash_record
from engine.tenant import Tenant
from tests.ui_builder.visiting import Visitor

ATTACK = """"'><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}"""
MARKS = ("<script>alert", "<img src=x", "onerror=alert(2)>", '"\'><')
SHORT = "<b>x</b>"
TAKES_NO_TEXT = {"user", "file", "comment", "exchange_rate"}  # as it is, or without more beside it


def assert_harmless(html: str, where: str) -> None:
    for mark in MARKS:
        assert mark not in html, where
    assert html.count("7*7") == html.count("{{7*7}}"), where


@pytest.fixture(scope="module")
def attacked(shared: Tenant, people: dict[str, Actor]) -> dict[str, str]:
    """A record of each kind with an attack in every field that takes one; ids by kind."""
    made = {}
    with shared.writing(people["Ada"]) as ctx:
        for entity in ctx.machine.catalog.entities.values():
            if entity.mirrors or not entity.title or entity.key in TAKES_NO_TEXT:
                continue
            values: dict[str, Any] = {}
            for field in entity.declared:
                value = {
                    "text": ATTACK[: field.settings.get("max") or 200],
                    "long_text": ATTACK,
                    "tags": ["<b>tag</b>"],
                    "person_name": {"first": ATTACK, "last": ATTACK},
                    "address": {"street": ATTACK, "city": ATTACK},
                }.get(field.type)
                if value and not (field.read_only or field.system):
                    values[field.key] = value
                elif field.required and field.type == "choice":
                    values[field.key] = field.settings["choices"][0].key
            made[entity.key] = create_record(ctx, entity.key, values).id
    return made


def test_there_is_an_attack_on_every_kind_of_record(attacked: dict[str, str]) -> None:
    assert {"zebra", "company", "contact", "deal", "lead", "task", "activity", "team"} <= attacked.keys()


def test_it_is_text_on_each_page(ada: Visitor, attacked: dict[str, str]) -> None:
    for entity, record_id in attacked.items():
        for path in (
            f"/records/{entity}/{record_id}",
            f"/records/{entity}/{record_id}/edit",
            f"/views/all-{entity}?sort=-created_at",
            f"/options/{entity}?q=alert",
        ):
            seen = ada.get(path)
            assert seen.status == 200, path
            assert_harmless(seen.html, path)


def test_it_is_text_on_the_board_and_in_what_is_found(
    ada: Visitor, attacked: dict[str, str]
) -> None:
    for path in ("/views/deal_board", "/search?q=alert", "/search/box?q=alert", "/views/my_tasks"):
        seen = ada.get(path)
        assert "alert" in seen.html, path
        assert_harmless(seen.html, path)


def test_it_is_text_in_the_timeline(
    ada: Visitor, shared: Tenant, people: dict[str, Actor], attacked: dict[str, str]
) -> None:
    about = {"entity": "deal", "id": attacked["deal"]}
    with shared.writing(people["Ada"]) as ctx:
        create_record(ctx, "comment", {"body": ATTACK, "about": about})
        create_record(ctx, "activity", {"kind": "call", "subject": ATTACK, "body": ATTACK, "about": about})
        change_record(ctx, "deal", attacked["deal"], {"description": f"{ATTACK} again", "name": SHORT})

    seen = ada.get(f"/records/deal/{attacked['deal']}")

    assert "again" in seen.words
    assert_harmless(seen.html, "timeline")
    assert SHORT not in seen.html


def test_it_is_text_in_the_trash_and_in_what_is_said(
    visit: Callable[..., Visitor], shared: Tenant, people: dict[str, Actor]
) -> None:
    ada = visit("Ada")
    with shared.writing(people["Ada"]) as ctx:
        record_id = create_record(ctx, "zebra", {"name": f"{ATTACK} too"}).id
        trash_record(ctx, "zebra", record_id)
    assert_harmless(ada.get("/trash").html, "trash")

    ada.post(f"/records/zebra/{record_id}/restore")

    seen = ada.get(f"/records/zebra/{record_id}")
    assert "is back" in seen.words
    assert_harmless(seen.html, "toast")


def test_it_is_text_in_a_form_that_was_refused(ada: Visitor) -> None:
    seen = ada.post("/records/contact/new", {"name.first": "", "email": ATTACK, "description": ATTACK})

    assert seen.status == 422
    assert_harmless(seen.html, "form")


@pytest.mark.parametrize(
    "path", ["/search?q={}", "/views/all_zebras?q={}", "/sign-in?next={}", "/{}", "/views/{}"]
)
def test_it_is_text_when_it_comes_in_an_address(ada: Visitor, path: str) -> None:
    assert_harmless(ada.get(path.format("%22%27%3E%3Cscript%3Ealert(1)%3C/script%3E")).html, path)


def test_it_is_text_in_a_file(ada: Visitor) -> None:
    rows = f'Name,"{ATTACK.replace(chr(34), chr(34) * 2)}"\nImported,"{ATTACK.replace(chr(34), chr(34) * 2)}"\n'
    file = (io.BytesIO(rows.encode()), f"{SHORT}.csv")
    sent = ada.post("/import/zebra", {"file": file}, content_type="multipart/form-data")
    assert sent.status == 303

    seen = ada.get(sent.location)

    assert "7*7" in seen.html
    assert_harmless(seen.html, "import")
    assert SHORT not in seen.html


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", " java\tscript:alert(1)"])
def test_a_link_leads_to_the_web_or_nowhere(ada: Visitor, address: str) -> None:
    seen = ada.post("/records/company/new", {"name": "Linked", "website": address})

    assert seen.status == 422
    assert 'href="javascript' not in seen.html.lower()
