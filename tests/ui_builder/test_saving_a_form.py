"""A form saves what was touched in it, and nothing that was only shown."""

import re
from html import unescape
from typing import Any

import pytest

from engine.context import Actor
from engine.records.commands import change_record, create_record
from engine.records.queries import find_record
from engine.tenant import Tenant
from tests.ui_builder.visiting import Seen, Visitor


def filled_in(seen: Seen) -> dict[str, str]:
    """What a browser would send of a form nobody touched."""
    fields = {}
    form = seen.html[seen.html.index('enctype="multipart/form-data"') :]
    form = re.sub(r"<template>.*?</template>", "", form, flags=re.DOTALL)
    for tag in re.findall(r"<input [^>]*>", form):
        said = {name: unescape(value) for name, value in re.findall(r'([a-z-]+)="([^"]*)"', tag)}
        if "name" in said and (said.get("type") != "checkbox" or " checked" in tag):
            fields[said["name"]] = said.get("value", "")
    for name, text in re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        fields[name] = unescape(text).replace("\n", "\r\n")
    for name, inner in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', inner)
        fields[name] = chosen[1] if chosen else ""
    return fields


@pytest.fixture
def deal(shared: Tenant, people: dict[str, Actor]) -> str:
    with shared.writing(people["Ada"]) as ctx:
        company = create_record(ctx, "company", {"name": "Of the deal"}).id
        contact = create_record(ctx, "contact", {"name": "Of the deal"}).id
        values: dict[str, Any] = {
            "name": "Whole", "company": company, "contacts": [contact], "stage": "proposal",
            "amount": "1250.50 EUR", "margin": "12.5", "close_date": "2026-05-05", "tags": ["one", "two"],
            "description": "Two\nlines & <more>", "source": "referral",
        }  # fmt: skip
        return create_record(ctx, "deal", values).id


def version(shared: Tenant, entity: str, record_id: str) -> int:
    with shared.reading() as ctx:
        return find_record(ctx, entity, record_id).version


def test_a_form_that_nobody_touched_changes_nothing(
    ada: Visitor, shared: Tenant, deal: str
) -> None:
    before = version(shared, "deal", deal)
    form = filled_in(ada.get(f"/records/deal/{deal}/edit"))
    assert form["name"] == "Whole"

    assert ada.post(f"/records/deal/{deal}/edit", form).status == 303

    assert version(shared, "deal", deal) == before


def test_a_moment_keeps_its_seconds(ada: Visitor, shared: Tenant, people: dict[str, Actor]) -> None:
    with shared.writing(people["Ada"]) as ctx:
        task = create_record(ctx, "task", {"subject": "Exact", "due": "2026-05-05T08:30:45Z"}).id
    form = filled_in(ada.get(f"/records/task/{task}/edit")) | {"subject": "Still exact"}

    ada.post(f"/records/task/{task}/edit", form)

    with shared.reading() as ctx:
        values = find_record(ctx, "task", task).values
    assert (values["subject"], values["due"].second) == ("Still exact", 45)


def test_a_field_is_emptied_when_it_was_emptied(ada: Visitor, shared: Tenant, deal: str) -> None:
    form = filled_in(ada.get(f"/records/deal/{deal}/edit"))
    form |= {"description": "", "tags": "", "close_date": "", "source": "", "amount.amount": ""}

    ada.post(f"/records/deal/{deal}/edit", form)

    with shared.reading() as ctx:
        values = find_record(ctx, "deal", deal).values
    emptied = ("description", "tags", "close_date", "source", "amount")
    assert [values[key] or None for key in emptied] == [None] * len(emptied)
    assert values["margin"] is not None


def test_words_with_commas_between_are_several_and_one_with_a_comma_is_one(
    ada: Visitor, shared: Tenant, people: dict[str, Actor], deal: str
) -> None:
    form = filled_in(ada.get(f"/records/deal/{deal}/edit"))
    ada.post(f"/records/deal/{deal}/edit", form | {"tags": "new, hot"})
    with shared.writing(people["Ada"]) as ctx:
        assert find_record(ctx, "deal", deal).values["tags"] == ["new", "hot"]
        change_record(ctx, "deal", deal, {"tags": ["Bonn, Germany", "hot"]})
    form = filled_in(ada.get(f"/records/deal/{deal}/edit"))

    ada.post(f"/records/deal/{deal}/edit", form | {"name": "Renamed"})

    with shared.reading() as ctx:
        assert find_record(ctx, "deal", deal).values["tags"] == ["Bonn, Germany", "hot"]


def test_a_clash_is_shown_with_the_words_of_the_other(
    ada: Visitor, shared: Tenant, people: dict[str, Actor], deal: str
) -> None:
    form = filled_in(ada.get(f"/records/deal/{deal}/edit"))
    with shared.writing(people["Ada"]) as ctx:
        other = create_record(ctx, "company", {"name": "Another & Sons"}).id
        third = create_record(ctx, "company", {"name": "A third"}).id
        change_record(ctx, "deal", deal, {"company": other, "margin": "50"})

    seen = ada.post(f"/records/deal/{deal}/edit", form | {"company": third, "name": "Mine"})

    assert seen.status == 412
    assert "Company: it is Another & Sons by now." in seen.words
    assert "margin" not in re.findall(r"(\w+): it is", seen.words)
    again = filled_in(seen)
    assert (again["company"], again["name"], again["margin"]) == (third, "Mine", "50.00")
    assert ada.post(f"/records/deal/{deal}/edit", again).status == 303
    with shared.reading() as ctx:
        assert find_record(ctx, "deal", deal).values["company"].id == third


def test_a_mistake_does_not_hide_what_somebody_else_did_meanwhile(
    ada: Visitor, shared: Tenant, people: dict[str, Actor], deal: str
) -> None:
    form = filled_in(ada.get(f"/records/deal/{deal}/edit"))
    wrong = ada.post(f"/records/deal/{deal}/edit", form | {"name": "Mine", "amount.amount": "much"})
    assert wrong.status == 422
    with shared.writing(people["Ada"]) as ctx:
        change_record(ctx, "deal", deal, {"name": "Theirs"})

    seen = ada.post(f"/records/deal/{deal}/edit", filled_in(wrong) | {"amount.amount": "7"})

    assert seen.status == 412
    assert "Name: it is Theirs by now." in seen.words


def test_a_stage_of_the_path_that_is_refused_opens_the_form_with_it(
    ada: Visitor, shared: Tenant, people: dict[str, Actor]
) -> None:
    with shared.writing(people["Ada"]) as ctx:
        deal = create_record(ctx, "deal", {"name": "Worth nothing", "stage": "lead"}).id

    seen = ada.post(f"/records/deal/{deal}/edit", {"stage": "won"})

    assert seen.status == 422
    form = filled_in(seen)
    assert (form["stage"], form["name"]) == ("won", "Worth nothing")
    sent = ada.post(f"/records/deal/{deal}/edit", form | {"amount.amount": "9", "amount.currency": "EUR"})
    assert sent.status == 303
    with shared.reading() as ctx:
        assert find_record(ctx, "deal", deal).values["stage"] == "won"
