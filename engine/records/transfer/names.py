"""How cells name other records: by id, by what they are called, or both."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any, NamedTuple

import orjson

from engine.fields import Reference
from engine.ids import is_id


class Name(NamedTuple):
    """What a cell says of another record. The entity is given only where it may be one of several."""

    title: str = ""
    id: str = ""
    entity: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What two names share that mean the same record."""
        return self.entity, self.id, "" if self.id else self.title.lower()

    def __str__(self) -> str:
        return f'"{self.title or self.id}"'


def read_names(typed: Any, *, many: bool) -> list[Name]:
    """The records that a typed value names."""
    if isinstance(typed, Name):
        return [typed]
    if isinstance(typed, Reference):
        return [Name(typed.title or "", typed.id, typed.entity)]
    if isinstance(typed, list):
        return [name for each in typed for name in read_names(each, many=False)]
    if not isinstance(typed, Mapping):
        typed = {"title": typed}
    titles, ids = _split(typed.get("title"), many), _split(typed.get("id"), many)
    said = str(typed.get("entity") or "")
    names = [_name(title, given, said) for title, given in zip_longest(titles, ids, fillvalue="")]
    return [name for name in names if name.title or name.id]


def _split(text: Any, many: bool) -> Sequence[str]:
    if text is None or not many:
        return [str(text or "").strip()]
    text = str(text)
    if text.lstrip().startswith("["):
        try:
            return [str(each).strip() for each in orjson.loads(text)]
        except orjson.JSONDecodeError:
            pass
    return [each.strip() for each in text.replace("\n", ";").split(";")]


def _name(title: str, given: str, entity: str) -> Name:
    """A name; a title that is an id is one, and `entity/id` is both."""
    if not given and is_id(title.rpartition("/")[2].lower()):
        title, given = "", title
    said, _, bare = given.rpartition("/")
    bare = bare.lower()
    return Name(title, bare, said or entity) if is_id(bare) else Name(title or given, "", entity)
