"""The house as the architecture tests see it: its modules, what they import, and their trees."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("metadata", "engine", "workflows", "connectors", "ui_builder", "seeds")
FOREIGN = frozenset(("node_modules", "dist", "__pycache__"))


@dataclass(frozen=True)
class Module:
    """A Python file of the house."""

    path: str
    name: str
    tree: ast.Module

    @property
    def room(self) -> str:
        return self.name.partition(".")[0]


@dataclass(frozen=True)
class Import:
    """A module brought into another; `of` is the name as far as it is a module's."""

    by: Module
    of: str
    line: int

    def __str__(self) -> str:
        return f"{self.by.path}:{self.line} imports {self.of}"


def files(*endings: str, within: tuple[str, ...] = ROOMS) -> Iterator[Path]:
    for room in within:
        for path in sorted((ROOT / room).rglob("*")):
            if path.suffix in endings and not FOREIGN & set(path.parts):
                yield path


@cache
def modules() -> tuple[Module, ...]:
    return tuple(_read(path) for path in (*files(".py"), ROOT / "pulse.py"))


def _read(path: Path) -> Module:
    relative = path.relative_to(ROOT)
    steps = relative.with_suffix("").parts
    name = ".".join(steps[:-1] if steps[-1] == "__init__" else steps)
    return Module(relative.as_posix(), name, ast.parse(path.read_text()))


@cache
def imports() -> tuple[Import, ...]:
    known = {module.name for module in modules()}
    return tuple(
        Import(module, of, node.lineno)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for of in _imported(node, known)
    )


def _imported(node: ast.Import | ast.ImportFrom, known: set[str]) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        return
    assert node.level == 0, "Imports are written in full."
    for alias in node.names:
        whole = f"{node.module}.{alias.name}"
        yield whole if whole in known else str(node.module)


def code_words(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every name and every text in a module's code: neither comments nor docstrings."""
    spoken = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        if node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        for name in ("id", "attr", "arg", "name"):
            if isinstance(word := getattr(node, name, None), str):
                yield getattr(node, "lineno", 1), word
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in spoken:
            yield node.lineno, node.value
