"""Every page carries what protects it, and nothing that would need less protection."""

import re

import pytest
from flask import Flask

from tests.ui_builder.addresses import address, routes
from tests.ui_builder.visiting import Seen, Visitor

INLINE = re.compile(
    r"<style|\sstyle\s*=|<script(?![^>]*\ssrc=)|\son[a-z]+\s*=|href=\"\s*(?:javascript|data:text)|hx-on",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def pages(app: Flask, ada: Visitor, stranger: Visitor, zebra: str) -> dict[str, Seen]:
    """Every address that can be looked at, as Ada sees it; the door as a stranger does."""
    seen = {rule.rule: ada.get(address(rule, zebra)) for rule in routes(app, "GET")}
    seen |= {path: stranger.get(path) for path in ("/sign-in", "/views/all_zebras", "/nowhere")}
    seen["/nowhere at all"] = ada.get("/nowhere/at/all")
    seen["/views/<key> as a board"] = ada.get("/views/deal_board")
    return seen


def test_no_page_is_broken(pages: dict[str, Seen]) -> None:
    assert len(pages) > 20
    assert {path: seen.status for path, seen in pages.items() if seen.status >= 500} == {}


def test_every_page_has_its_headers(pages: dict[str, Seen]) -> None:
    for path, seen in pages.items():
        headers = seen.headers
        policy = headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy, path
        assert "frame-ancestors 'none'" in policy, path
        assert "unsafe" not in policy, path
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["Referrer-Policy"] == "same-origin", path
        assert headers["Cache-Control"] == "no-store", path
        if seen.html and seen.status != 303:
            assert "charset=utf-8" in headers["Content-Type"] or "attachment" in headers["Content-Disposition"]


def test_no_page_has_script_or_style_in_itself(pages: dict[str, Seen]) -> None:
    found = {path: match[0] for path, seen in pages.items() if (match := INLINE.search(seen.html))}

    assert found == {}


def test_no_page_shows_what_only_the_machine_reads(pages: dict[str, Seen]) -> None:
    for path, seen in pages.items():
        assert "Traceback" not in seen.html, path
        assert "Undefined" not in seen.html, path
        assert not re.search(r"\bNone\b|\{'|&#39;[a-z_]+&#39;:", seen.words), path


def test_every_page_has_a_title_and_one_heading(pages: dict[str, Seen]) -> None:
    for path, seen in pages.items():
        if "<html" in seen.html and seen.status != 303:
            assert len(re.findall(r"<h1[ >]", seen.html)) == 1, path
            assert re.search(r"<title>[^<]+ · PulseCRM</title>", seen.html), path


def test_no_id_is_given_twice(pages: dict[str, Seen]) -> None:
    for path, seen in pages.items():
        ids = re.findall(r'\sid="([^"]+)"', re.sub(r"<template>.*?</template>", "", seen.html))
        assert sorted(ids) == sorted(set(ids)), path
