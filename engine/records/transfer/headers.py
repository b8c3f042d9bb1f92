"""What headers mean: every name that a field, or a part of one, goes by in files.

A field goes by its key, its label and its aliases, with or without the name of its entity
before them (`Person - Name`). A part goes by its words after the name of the field
(`Mailing Street`, `Amount currency`), before it (`Country of Address`), or alone.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from engine.context import Context
from metadata.catalog import Entity, Field

STRIPPED, BY_PART, PART_ALONE = 50, 100, 200  # how much less sure each way makes a name
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_GAP = re.compile(r"[\W_]+")


class Target(NamedTuple):
    """Where a column goes: a field, or a part of its value."""

    field: str
    part: str = ""

    def __str__(self) -> str:
        return f"{self.field}.{self.part}" if self.part else self.field


def read_target(ctx: Context, entity: Entity, path: str) -> Target:
    """A target from its path, such as `name` or `name.first`. The main part is the field itself."""
    key, _, part = path.strip().partition(".")
    is_main = key in entity.fields and ctx.machine.behaviour(entity.key, key).main_part == part
    return Target(key, "" if is_main else part)


class Candidate(NamedTuple):
    """A target that a header may mean; the lower the rank, the surer."""

    rank: int
    target: Target


def words_of(text: str) -> str:
    """A header as it is compared: its words in lower case, without what stands between them."""
    text = unicodedata.normalize("NFKC", text)
    return " ".join(_GAP.sub(" ", _HUMP.sub(" ", text)).casefold().split())


Names = dict[str, list[Candidate]]


def names_of(ctx: Context, entity: Entity) -> Names:
    """Every name that leads to a field of the entity, or a part of one, the surest first."""
    key = ("headers", entity.key)
    names: Names | None = ctx.machine.cache.get(key)
    if names is None:
        found: Names = defaultdict(list)
        for field in entity.fields.values():
            for name, candidate in _names_of_field(ctx, field):
                found[name].append(candidate)
        names = {name: sorted(candidates) for name, candidates in found.items()}
        ctx.machine.cache[key] = names
    return names


def candidates_for(names: Names, entity: Entity, header: str) -> list[Candidate]:
    """What a header may mean, the surest first."""
    words = words_of(header)
    found = list(names.get(words, ()))
    for own in (entity.key, entity.label, *entity.aliases):
        rest = words.removeprefix(f"{words_of(own)} ")
        if rest != words:
            shorter = names.get(rest, ())
            found += [Candidate(each.rank + STRIPPED, each.target) for each in shorter]
    return sorted(dict.fromkeys(found))


def _names_of_field(ctx: Context, field: Field) -> Iterator[tuple[str, Candidate]]:
    names = dict.fromkeys(map(words_of, (field.key, field.label, *field.aliases)))
    for rank, name in enumerate(names):
        yield name, Candidate(rank, Target(field.key))
    behaviour = ctx.machine.behaviour(field.entity, field.key)
    for part, others in behaviour.parts.items():
        target = Target(field.key, part if part != behaviour.main_part else "")
        spoken = dict.fromkeys([words_of(part), *others])
        for at, word in enumerate(spoken):
            for rank, name in enumerate(names):
                for joined in _joined(name, word, field):
                    yield joined, Candidate(BY_PART + rank + at, target)
            if not field.relation:
                yield word, Candidate(PART_ALONE + at, target)


def _joined(name: str, word: str, field: Field) -> Iterator[str]:
    """A part's word beside its field's name; the name without what the field is called by itself."""
    yield f"{name} {word}"
    yield f"{word} of {name}"
    for own in (words_of(field.key), words_of(field.label)):
        if name.endswith(f" {own}"):
            yield f"{name.removesuffix(own)}{word}"
