"""Compiling: 500 entities of 40 fields, and the same again with one field changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter

from metadata.catalog import Catalog
from metadata.compiler import compile_packs
from metadata.identities import NONE, Identities
from metadata.source import SourceFile

ENTITIES, FIELDS = 500, 40
TYPES = ("text", "integer", "date", "boolean", "money", "email", "decimal", "datetime", "phone", "long_text")
PACK = SourceFile("wide", "wide/pack.yaml", "pack: wide\nversion: 1.0.0\n")


@dataclass(frozen=True, slots=True)
class Compilation:
    """How long one took, in milliseconds."""

    name: str
    ms: float
    most: float  # what it may take


def measure_compiling(entities: int = ENTITIES) -> Iterator[Compilation]:
    """Compile so many entities, then change a field of one."""
    files = [_file(number, "field 0") for number in range(entities)]
    ms, catalog, identities = _compile(files)
    yield Compilation(f"{entities} entities of {FIELDS} fields", ms, 3_000)
    files[entities // 2] = _file(entities // 2, "another name")
    ms, *_ = _compile(files, identities, catalog)
    yield Compilation("one field changed", ms, 100)


def _compile(
    files: list[SourceFile], identities: Identities = NONE, previous: Catalog | None = None
) -> tuple[float, Catalog, Identities]:
    begun = perf_counter()
    compiled = compile_packs([PACK, *files], identities, previous)
    ms = (perf_counter() - begun) * 1000
    if compiled.catalog is None:
        raise ValueError(str(compiled.diagnostics))
    return ms, compiled.catalog, compiled.identities


def _file(number: int, label: str) -> SourceFile:
    fields = "".join(
        f"  f{at}: {{type: {TYPES[at % len(TYPES)]}, label: {label if at == 0 else f'Field {at}'}}}\n"
        for at in range(FIELDS)
    )
    text = f"entity: thing_{number}\nlabel: Thing\nplural: Things\ntitle: f0\nfields:\n{fields}"
    return SourceFile("wide", f"wide/entities/thing_{number}.yaml", text)
