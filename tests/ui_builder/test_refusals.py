"""What can't be done is said on a page of ours, without a word of what went on inside."""

import io

import pytest

import pulse
from engine.api.application import LARGEST_BODY
from engine.tenant import Tenant
from tests.ui_builder.visiting import Visitor

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
FRAGMENT = {"HX-Request": "true"}


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/views/nowhere",
        "/views/all-nowhere",
        "/records/nowhere/new",
        "/records/zebra/nowhere",
        "/records/zebra/nowhere/edit",
        "/records/zebra/00000000-0000-7000-8000-000000000000",
        "/import/nowhere",
        "/import/zebra/nowhere",
        "/import/zebra/..%2F..%2Fsecret.key",
        "/export/nowhere",
    ],
)
def test_what_is_not_there_is_not_found(ada: Visitor, path: str) -> None:
    seen = ada.get(path)

    assert seen.status == 404
    assert "There is nothing here" in seen.words


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_what_an_address_does_not_take_is_refused(ada: Visitor, method: str) -> None:
    seen = ada.ask(method, "/views/all_zebras")

    assert seen.status == 405
    assert "There is nothing here" in seen.words


@pytest.mark.parametrize(
    "question",
    [
        "sort=nowhere", "sort=-", "sort=children", "sort=mother.mother.name", "sort=name,name", "after=nonsense",
        "after=" + "A" * 5000, "lane=nowhere", "q=%00", "q=" + "x" * 5000, "q=%F0%9F%A6%93", "mine=maybe",
        "q='%20OR%201=1--", "q=%25_%5C", "sort=secret", "after=%00",
    ],
)  # fmt: skip
@pytest.mark.parametrize("view", ["all_zebras", "deal_board", "all-zebra"])
def test_a_question_that_makes_no_sense_breaks_nothing(
    ada: Visitor, view: str, question: str
) -> None:
    seen = ada.get(f"/views/{view}?{question}")

    assert seen.status in {200, 400, 403, 422}
    assert "Reference:" not in seen.words


@pytest.mark.parametrize(
    "question", ["tab=99", "tab=-1", "tab=x", "compose=99", "compose=²", "kind=nowhere", "kind=%00"]
)
def test_a_record_is_shown_whatever_part_of_it_is_asked_for(
    ada: Visitor, zebra: str, question: str
) -> None:
    assert ada.get(f"/records/zebra/{zebra}?{question}").status == 200


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999999999", "²"])
def test_a_version_that_is_none_breaks_nothing(ada: Visitor, zebra: str, version: str) -> None:
    seen = ada.post(f"/records/zebra/{zebra}/edit", {"size": "2", "version": version, "drawn": "[1"})

    assert seen.status in {303, 412, 422}


def test_a_bug_is_told_by_a_reference_alone(shared: Tenant) -> None:
    app = pulse.create_app(shared.settings)
    drawers: dict[str, str] = {}
    app.add_url_rule("/broken", view_func=lambda: drawers["secret of the house"])
    visitor = Visitor(app, shared)

    seen = visitor.get("/broken")
    app.extensions["pulse"].database.close()

    assert seen.status == 500
    assert "Reference:" in seen.words
    assert "secret" not in seen.html
    assert "KeyError" not in seen.html


def test_a_refusal_for_a_piece_of_a_page_is_a_message(ada: Visitor, zebra: str) -> None:
    seen = ada.ask(
        "PUT",
        f"/views/all_zebras/cards/{zebra}",
        data={"lane": "grown"},
        headers=FRAGMENT | {"X-CSRF-Token": ada.csrf},
    )

    assert seen.status in {404, 422}
    assert seen.headers["HX-Retarget"] == "#toasts"
    assert "data-refusal" in seen.html
    assert "<html" not in seen.html


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("none.csv", b""),
        ("picture.png", PNG),
        ("picture.csv", PNG),
        ("broken.xlsx", b"PK\x03\x04 nothing of the kind"),
        ("page.html", b"<html><script>alert(1)</script></html>"),
        ("one.json", b'{"a": '),
    ],
)
def test_a_file_of_a_wrong_kind_is_refused_on_the_page_that_asks(
    ada: Visitor, name: str, content: bytes
) -> None:
    seen = ada.post("/import/zebra", {"file": (io.BytesIO(content), name)}, content_type="multipart/form-data")

    assert seen.status in {413, 422}
    assert "Import zebras" in seen.words
    assert "data-refusal" in seen.html


def test_no_file_is_a_mistake_too(ada: Visitor) -> None:
    seen = ada.post("/import/zebra", {"file": (io.BytesIO(b""), "")}, content_type="multipart/form-data")

    assert seen.status == 422
    assert "Choose a file first." in seen.words


def test_a_file_that_is_too_large_is_refused_unread(ada: Visitor) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="large.csv"\r\n\r\n'

    seen = ada.ask(
        "POST",
        "/import/zebra",
        data=head + b"x" * LARGEST_BODY + b"\r\n--x--\r\n",
        content_type="multipart/form-data; boundary=x",
    )

    assert seen.status == 413
    assert "That is too large" in seen.words


def test_ten_thousand_inputs_are_too_many(ada: Visitor) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="id"\r\n\r\nx\r\n'

    seen = ada.ask(
        "POST",
        "/views/all_zebras/trash",
        data=part * 10_000 + b"--x--\r\n",
        content_type="multipart/form-data; boundary=x",
    )

    assert seen.status == 413
