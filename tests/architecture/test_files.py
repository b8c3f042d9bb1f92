"""Files are short enough to read in one sitting, and nothing in them runs what it is given."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.house import ROOMS, ROOT, files, modules

LONGEST = 300  # lines
SAFE_LOADERS = {"SafeLoader", "CSafeLoader"}
LOADING = {"load", "load_all", "compose", "compose_all", "parse", "scan"}
UNPICKLING = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "jsonpickle"}
RUNNING = {"eval", "exec", "compile", "__import__"}


def written() -> list[Path]:
    return [*files(".py", ".ts", ".css", ".html", within=(*ROOMS, "tests")), ROOT / "pulse.py"]


def test_no_file_is_longer_than_can_be_read_in_one_sitting() -> None:
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text().splitlines()) for path in written()}

    assert {path: length for path, length in lengths.items() if length > LONGEST} == {}


def dangers(tree: ast.Module) -> Iterator[str]:
    """What in a file would run, or build anything from, what it is given."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = {alias.name for alias in node.names} | {getattr(node, "module", None)}
            if names & UNPICKLING:
                yield f"line {node.lineno}: pickles"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in RUNNING:
                yield f"line {node.lineno}: runs text"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            of = node.func.value
            if isinstance(of, ast.Name) and of.id == "yaml" and node.func.attr in LOADING:
                loaders = [k.value for k in node.keywords if k.arg == "Loader"]
                if not any(isinstance(each, ast.Attribute) and each.attr in SAFE_LOADERS for each in loaders):
                    yield f"line {node.lineno}: loads YAML without a safe loader"


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from marshal import loads",
        "eval(text)",
        "exec(compile(text, '', 'exec'))",
        "yaml.load(text)",
        "yaml.load(text, Loader=yaml.UnsafeLoader)",
        "yaml.compose_all(text)",
    ],
)
def test_a_danger_is_seen(source: str) -> None:
    assert list(dangers(ast.parse(source)))


def test_nothing_runs_what_it_is_given() -> None:
    found = [f"{module.path} {danger}" for module in modules() for danger in dangers(module.tree)]

    assert found == []
