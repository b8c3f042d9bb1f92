"""Imports only go down the house, stand at the top of their file, and never in a circle."""

import ast
from graphlib import CycleError, TopologicalSorter

from tests.architecture.house import ROOMS, imports, modules

MAY_USE: dict[str, tuple[str, ...]] = {
    "metadata": (),
    "engine": ("metadata",),
    "workflows": ("metadata", "engine"),
    "connectors": ("metadata", "engine", "workflows"),
    "ui_builder": ("metadata", "engine", "workflows", "connectors"),
    "seeds": ("metadata", "engine"),
    "pulse": ROOMS,
}


def test_a_room_imports_only_the_rooms_below_it() -> None:
    upward = [
        str(each)
        for each in imports()
        for room in [each.of.partition(".")[0]]
        if room in MAY_USE and room != each.by.room and room not in MAY_USE[each.by.room]
    ]

    assert upward == []


def test_no_module_is_imported_by_what_it_imports() -> None:
    known = {module.name for module in modules()}
    graph = {name: {each.of for each in imports() if each.by.name == name} & known for name in known}

    try:
        TopologicalSorter(graph).prepare()
        circle = []
    except CycleError as found:
        circle = found.args[1]

    assert circle == []


def test_no_import_hides_inside_a_function() -> None:
    hidden = [
        f"{module.path}:{node.lineno}"
        for module in modules()
        for function in ast.walk(module.tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.If | ast.Try)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]

    assert hidden == []
