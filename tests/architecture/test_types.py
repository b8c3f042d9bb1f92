"""Nothing asks a field type for its name: it asks what the type can do."""

import ast
from collections.abc import Iterator

import pytest

from metadata import declarations
from tests.architecture.house import modules


def asked_by_name(tree: ast.Module) -> Iterator[int]:
    """Lines that compare a `.type` or `.name`, or match on one, with the name of a field type."""
    for node in ast.walk(tree):
        sides: list[ast.AST]
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
        elif isinstance(node, ast.Match):
            sides = [node.subject, *(case.pattern for case in node.cases)]
        else:
            continue
        asks = any(isinstance(side, ast.Attribute) and side.attr in {"type", "name"} for side in sides)
        texts = {
            part.value for side in sides for part in ast.walk(side) if isinstance(part, ast.Constant)
        }
        if asks and texts & {*declarations.names()}:
            yield node.lineno


@pytest.mark.parametrize(
    "source",
    [
        "field.type == 'money'",
        "'money' != field.type",
        "field.type in {'date', 'datetime'}",
        "behaviour.name in ('link',)",
        "match field.type:\n    case 'text': pass",
    ],
)
def test_asking_by_name_is_seen(source: str) -> None:
    assert list(asked_by_name(ast.parse(source)))


def test_no_field_type_is_asked_its_name() -> None:
    asking = [f"{module.path}:{line}" for module in modules() for line in asked_by_name(module.tree)]

    assert asking == []
