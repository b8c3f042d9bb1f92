"""A script reads what is typed as the server does or leaves it, and writes values as the server does."""

import json
import random
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from engine.errors import ValueRefused
from engine.expressions.javascript import written
from engine.expressions.numbers import plain
from engine.fields import Reader, field_types
from engine.fields.base import FieldType
from engine.fields.money import Money
from tests.engine.test_in_browser import _node

ROOT = Path(__file__).parents[2]
ELEMENTS = ROOT / "ui_builder/elements"
PARTS = ("live/typed", "live/printing", "expressions/decimals", "expressions/calendar", "expressions/values", "expressions/written")
CHOSEN = {"key", "keys"}  # from lists, by their keys
READER = Reader(time_zone="Europe/Berlin", currency="EUR")
NUMBERS = "0123456789" * 3 + ".,.,'' -+e%\u00a0\u2212"
ALSO = {
    "number": ["1.234,56", "1,234.56", "1.234", "1.234.567", "12,5", "1,23,4", "1e3", ".5", "5.", "-0.005", "0.015", "1'234"],
    "money": ["1200", "1.200,50", "1200 EUR", "usd 5", "5 XQQ", "0.005", "12.345.678", "-3", "1 2 3 JPY", "EUR"],
    "moment": ["2026-03-29T02:30", "2026-10-25T02:30", "2026-01-31T10:00", "2026-13-01T00:00", "31.1.2026 10:00"],
    "day": ["2026-02-28", "2026-02-30", "28.2.2026", "0001-01-01", "9999-12-31"],
    "truth": ["true", "false", ""],
    "text": ["  a\r\nb ", "e\u0301", " ", "\u3000x"],
}  # fmt: skip


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("typed")
    lines = [f'export * as {part.partition("/")[2]} from "{ELEMENTS}/{part}"\n' for part in PARTS]
    (folder / "all.ts").write_text("".join(lines))
    rolldown = ROOT / "ui_builder/node_modules/rolldown/bin/cli.mjs"
    made = folder / "all.mjs"
    subprocess.run([_node(), rolldown, folder / "all.ts", "--file", made, "--format", "esm"], check=True, capture_output=True)
    return made


def answers(bundle: Path, cases: list[dict[str, Any]]) -> list[Any]:
    script = Path(__file__).with_name("typed_in_browser.mjs")
    process = subprocess.run(
        [_node(), script, bundle.as_uri()], input=json.dumps(cases), capture_output=True, text=True, check=True
    )
    found: list[Any] = json.loads(process.stdout)
    return found


def behaviours() -> list[tuple[FieldType[Any], Any]]:
    """What may be typed into each field that a script reads: as declared, as one might, and at random."""
    dice = random.Random(7)  # noqa: S311 - the same cases every time
    found: list[tuple[FieldType[Any], Any]] = []
    for path in sorted((ROOT / "metadata/field_types").glob("*.yaml")):
        declared = yaml.safe_load(path.read_text())
        if not field_types[declared["field_type"]].in_browser:
            continue
        kind = field_types[declared["field_type"]]
        usual = {key: said["default"] for key, said in declared.get("settings", {}).items() if "default" in said}
        found += [(kind(usual | each.get("settings", {})), each["typed"]) for each in declared["examples"]]
        behaviour = kind({**usual, "scale": 3, "min": -50})
        found += [(behaviour, typed) for typed in ALSO.get(behaviour.in_browser, ())]
        if behaviour.value_type in {"number", "money"}:
            for _ in range(300):
                typed = "".join(dice.choices(NUMBERS, k=dice.randint(1, 8)))
                found.append((behaviour, {"amount": typed} if behaviour.parts else typed))
    return [(behaviour, typed) for behaviour, typed in found if isinstance(typed, str | dict) and not behaviour.relation]


def case(behaviour: FieldType[Any], typed: Any) -> dict[str, Any]:
    settings = behaviour.settings
    limits = {key: str(settings[key]) for key in ("min", "max", "scale") if key in settings}
    parts = typed if isinstance(typed, dict) else {behaviour.main_part: typed}
    return {
        "all": [] if isinstance(typed, dict) else [typed],
        "parts": {key: str(value) for key, value in parts.items()},
        "reading": {"as": behaviour.in_browser, "currency": settings.get("currency") or READER.currency, **limits},
        "zone": READER.time_zone,
    }


def expected(behaviour: FieldType[Any], typed: Any) -> Any:
    """What the server makes of it."""
    if behaviour.parts and not isinstance(typed, dict):
        typed = {behaviour.main_part: typed}
    try:
        value = behaviour.parse(typed, READER)
    except ValueRefused:
        return {"refused": True}
    value = None if value is None else behaviour.operand(value)
    if isinstance(value, Decimal):
        return {"number": plain(value)}
    return {"amount": plain(value.amount), "currency": value.currency} if isinstance(value, Money) else written(value)


def test_what_a_script_reads_is_what_the_server_reads(bundle: Path) -> None:
    tried = [(behaviour, typed) for behaviour, typed in behaviours() if behaviour.in_browser not in CHOSEN]

    found = answers(bundle, [case(behaviour, typed) for behaviour, typed in tried])

    read: dict[str, int] = {}
    for (behaviour, typed), value in zip(tried, found, strict=True):
        right = expected(behaviour, typed)
        if "\n" in typed and right == {"refused": True}:
            continue  # an input of one line holds none
        if value != {"refused": True}:
            assert value == right, f"{typed!r} of {behaviour.name} with {dict(behaviour.settings)}"
            read[behaviour.in_browser] = read.get(behaviour.in_browser, 0) + 1
    assert set(read) == {"text", "money", "truth", "number", "whole", "percent", "day", "moment"}
    assert min(read[each] for each in ("number", "money", "percent")) > 50, read


@pytest.mark.parametrize("locale", ["en", "de", "fr", "en-GB"])
def test_what_a_script_writes_is_what_the_server_writes(bundle: Path, locale: str) -> None:
    amounts = ["0", "1200", "-1234567.891", "0.005", "0.015", "999999999999.99"]
    kinds: list[tuple[str, dict[str, Any]]] = [
        ("money", {"currency": "EUR"}), ("decimal", {"scale": 3}), ("percent", {"scale": 2}), ("integer", {})
    ]  # fmt: skip
    reader = Reader(locale=locale)
    cases, right = [], []
    for name, settings in kinds:
        behaviour = field_types["formula"]({"result": name, **settings})
        printing = {"as": behaviour.in_browser, "scale": settings.get("scale", 2), "currency": settings.get("currency", "")}
        for amount in amounts:
            cases.append({"value": {"number": amount}, "print": printing, "locale": locale})
            places = 0 if name == "integer" else settings.get("scale", 2)
            rounded = Decimal(amount).quantize(Decimal(1).scaleb(-places))
            value = Money(rounded, "EUR") if name == "money" else int(rounded) if name == "integer" else rounded
            right.append(behaviour.show(value, reader))

    assert answers(bundle, cases) == right
