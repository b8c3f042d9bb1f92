"""The gate is the only door to a table: nobody else asks the machine for one."""

import ast

from tests.architecture.house import modules

MAY_OPEN_TABLES = {
    "engine/access/gate.py": "it is the gate",
    "engine/access/actors.py": "who somebody is must be known before there are rights to ask for",
    "engine/records/saving.py": "writes the rows that the commands have found open",
    "engine/records/links.py": "writes the links of such rows",
    "engine/records/trash.py": "writes what goes along with such rows",
    "engine/records/destroying.py": "takes such rows away, and the links to them",
    "engine/formulas/upkeep.py": "puts into rows what the machine itself works out",
}
MACHINERY = ("engine/plans/", "engine/storage/", "engine/machine.py")  # make the tables; see no person


def test_tables_are_asked_of_the_gate() -> None:
    elsewhere = [
        f"{module.path}:{node.lineno}"
        for module in modules()
        if module.path not in MAY_OPEN_TABLES and not module.path.startswith(MACHINERY)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and node.attr == "tables"
    ]

    assert elsewhere == []


def test_only_modules_that_need_tables_may_open_them() -> None:
    opening = {
        module.path
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and node.attr == "tables"
    }

    assert MAY_OPEN_TABLES.keys() - opening == set()
