"""Files are kept as they came, handed out with their record's permission, and never run in a browser."""

from pathlib import Path
from typing import Any

import pytest

from engine.tenant import Tenant
from tests.api.calling import Answer, Caller

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


def upload(caller: Caller, content: bytes, name: str = "a.txt", part: str = "file") -> Answer:
    """Send one part of a form, byte by byte as a browser would."""
    head = f'Content-Disposition: form-data; name="{part}"; filename="{name}"\r\n\r\n'.encode()
    body = b"--edge\r\n" + head + content + b"\r\n--edge--\r\n"
    return caller.post("/files", data=body, content_type="multipart/form-data; boundary=edge")


def kept(tenant: Tenant) -> list[Path]:
    return [path for path in (tenant.settings.data_dir / "files").rglob("*") if path.is_file()]


@pytest.fixture(autouse=True)
def nothing_kept(ada: Caller, tenant: Tenant) -> None:
    for path in kept(tenant):
        path.unlink()


def test_a_file_comes_back_as_it_was_sent(ada: Caller) -> None:
    made = upload(ada, b"some\x00bytes\xff", "Überblick 1.txt")
    content = ada.call("GET", made.headers["Location"])

    assert made.status == 201
    shown: dict[str, Any] = made.body
    assert (shown["name"], shown["size"], shown["media_type"]) == ("Überblick 1.txt", 11, "application/octet-stream")
    assert content.content == b"some\x00bytes\xff"
    assert content.headers["Content-Disposition"] == "attachment; filename*=UTF-8''%C3%9Cberblick%201.txt"


@pytest.mark.parametrize(
    ("content", "name", "kind", "manner"),
    [
        (PNG, "a.png", "image/png", "inline"),
        (PNG, "a.html", "image/png", "inline"),
        (b"<script>alert(1)</script>", "a.html", "application/octet-stream", "attachment"),
        (b"<svg onload='alert(1)'/>", "a.svg", "application/octet-stream", "attachment"),
        (b"%PDF-1.7", "a.pdf", "application/pdf", "attachment"),
        (b"<html>", "a.png", "application/octet-stream", "attachment"),
    ],
)
def test_a_file_is_what_its_first_bytes_say_and_only_pictures_are_shown(
    ada: Caller, content: bytes, name: str, kind: str, manner: str
) -> None:
    answer = ada.call("GET", upload(ada, content, name).headers["Location"])

    assert answer.headers["Content-Type"] == kind
    assert answer.headers["Content-Disposition"].startswith(f"{manner};")
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\\\temp\\\\a.txt", "C_temp_a.txt"),
        ("a\tb.txt", "a_b.txt"),
        ("...", "file"),
        ("x" * 300 + ".txt", "x" * 196 + ".txt"),
    ],
)
def test_a_name_can_lead_nowhere(ada: Caller, tenant: Tenant, name: str, clean: str) -> None:
    made = upload(ada, b"x", name)

    assert made.body["name"] == clean
    [path] = kept(tenant)
    assert path.name == made.body["id"]


def test_who_may_not_read_a_files_record_gets_no_content(ada: Caller, kim: Caller) -> None:
    made = upload(ada, b"hush").body["id"]

    assert kim.get(f"/files/{made}").status == 403
    assert upload(kim, b"x").status == 403
    assert Caller(ada.app).get(f"/files/{made}").status == 401
    for absent in ("018f0000-aaaa-7000-8000-00000000abcd", "..", "%2e%2e%2fsecret.key", "%00"):
        assert ada.get(f"/files/{absent}").status == 404


def test_what_is_no_upload_is_refused_and_leaves_nothing(ada: Caller, tenant: Tenant) -> None:
    answers = [
        upload(ada, b"x", part="picture"),
        ada.post("/files", {"file": "x"}),
        ada.post("/files", data=b"x", content_type="text/plain"),
        ada.post("/files", data=b"x", content_type="multipart/form-data; boundary=edge"),
    ]

    assert {answer.status for answer in answers} == {415}
    assert upload(ada, b"").body["code"] == "file.empty"
    assert upload(ada, b"x" * (25 * 1024 * 1024 + 1)).status == 413
    assert ada.titles("file") == []
    assert kept(tenant) == []


def test_the_content_goes_with_the_record_and_not_before(ada: Caller, tenant: Tenant) -> None:
    made = upload(ada, b"x").body["id"]

    ada.delete(f"/records/file/{made}")
    assert ada.get(f"/files/{made}").status == 404
    assert len(kept(tenant)) == 1
    ada.post(f"/records/file/{made}/restore")
    assert ada.get(f"/files/{made}").content == b"x"
    ada.delete(f"/records/file/{made}?permanent=true")
    assert kept(tenant) == []


def test_what_the_machine_knows_of_a_file_is_not_for_writing(ada: Caller) -> None:
    made = upload(ada, b"x").body["id"]

    answer = ada.patch(f"/records/file/{made}", {"size": 5, "media_type": "text/html"})

    assert (answer.status, answer.pointers) == (422, ["/media_type", "/size"])
    assert ada.patch(f"/records/file/{made}", {"name": "b.txt"}).body["title"] == "b.txt"
