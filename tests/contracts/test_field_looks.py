"""Every field type has looks of its own name: what shows its values, and what changes them."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask, render_template_string

from engine.errors import ValueRefused
from engine.fields import field_types
from metadata import declarations
from ui_builder.screens import add_screens

LOOKS = Path(__file__).parents[2] / "ui_builder/templates/fields"


@pytest.fixture(scope="module")
def screens() -> Flask:
    app = Flask("screens", static_folder=None)
    add_screens(app)
    return app


def draw(screens: Flask, call: str, **values: Any) -> str:
    with screens.app_context():
        return render_template_string(call, **values)


def held(name: str) -> list[Any]:
    """What an input of this type may hold: every example's value, as one types it."""
    values: list[Any] = [None, ""]
    for example in declarations.declared(name).examples:
        field_type = field_types[name](example.get("settings", {}))
        try:
            value = field_type.parse(example["typed"])
        except ValueRefused:
            values.append(example["typed"])
        else:
            values.append(None if value is None else field_type.typed(value))
    return values


def test_every_field_type_has_looks_and_all_looks_have_a_field_type() -> None:
    assert sorted(path.name for path in LOOKS.iterdir()) == list(field_types)


@pytest.mark.parametrize("name", list(field_types))
def test_an_input_shows_whatever_was_typed_and_says_what_is_wrong(screens: Flask, name: str) -> None:
    for value in held(name):
        html = draw(
            screens,
            "{{ looks(name).edit(input) }}",
            name=name,
            input={
                "id": "field-x", "name": "x", "label": "X", "value": value, "error": "No.",
                "choices": (), "chosen": (), "source": "/options/x", "currency": "EUR", "settings": {},
            },
        )  # fmt: skip

        assert 'id="field-x' in html
        assert "<script" not in html


@pytest.mark.parametrize("name", list(field_types))
def test_a_value_is_shown_in_words(screens: Flask, name: str) -> None:
    for example in declarations.declared(name).examples:
        field_type = field_types[name](example.get("settings", {}))
        if "refused" in example or not (value := field_type.parse(example["typed"])):
            continue
        shown = {
            "text": field_type.show(value), "raw": field_type.dump(value), "items": [],
            "href": "/records/x/y", "tone": "", "type": field_type.looks,
        }  # fmt: skip

        assert draw(screens, "{{ looks(name).show(value) }}", name=field_type.looks, value=shown).strip()
