"""Every address that the screens answer, as the application itself lists them."""

from flask import Flask
from werkzeug.routing import Rule

FILLED = {
    "entity": "zebra", "entities": "zebra", "field": "title", "key": "all_zebras", "number": "0", "secret": "none",
    "kind": "new", "mark": "0",
}  # fmt: skip


def routes(app: Flask, *methods: str) -> list[Rule]:
    """The routes of the screens that take one of these methods."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("screens.") and set(methods) & (rule.methods or set())
    ]


def address(rule: Rule, record_id: str) -> str:
    """An address of a route, of a record that exists."""
    path = rule.rule
    for name in rule.arguments:
        value = FILLED.get(name, record_id)
        path = path.replace(f"<int:{name}>", value).replace(f"<{name}>", value)
    return path
