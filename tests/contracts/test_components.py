"""Every component of the screens does what the examples in its declaration show."""

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask, render_template_string

from ui_builder.screens import add_screens

COMPONENTS = Path(__file__).parents[2] / "ui_builder/templates/components"


def examples() -> list[Any]:
    return [
        pytest.param(declared["component"], example, id=f"{path.parent.name}: {example['name']}")
        for path in sorted(COMPONENTS.glob("*/component.yaml"))
        for declared in [yaml.safe_load(path.read_text())]
        for example in declared["examples"]
    ]


@pytest.fixture(scope="module")
def screens() -> Flask:
    app = Flask("screens", static_folder=None)
    add_screens(app)
    return app


def draw(screens: Flask, name: str, params: dict[str, Any]) -> str:
    call = (
        f'{{% from "components/{name}/{name}.html" import {name} %}}'
        f"{{{{ {name}({', '.join(f'{key}={key}' for key in params)}) }}}}"
    )
    with screens.app_context():
        return render_template_string(call, **params)


def words(html: str) -> str:
    without_options = re.sub(r"<template>.*?</template>|<svg.*?</svg>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", without_options)).split())


@pytest.mark.parametrize(("name", "example"), examples())
def test_the_example_holds(screens: Flask, name: str, example: dict[str, Any]) -> None:
    html = draw(screens, name, example["params"])

    assert words(html) == example["text"]
    assert example.get("html", "") in html
    assert "without" not in example or example["without"] not in html


def test_every_component_is_declared_with_the_parameters_that_it_takes(screens: Flask) -> None:
    for folder in sorted(COMPONENTS.iterdir()):
        declared = yaml.safe_load((folder / "component.yaml").read_text())
        template = screens.jinja_env.get_template(f"components/{folder.name}/{folder.name}.html")
        macro = getattr(template.module, folder.name)

        assert declared["component"] == folder.name
        assert set(declared["params"]) <= set(macro.arguments)
