"""Documents in the names of now: what was renamed elsewhere is called by its new name in each.

It is done before layers are merged, so that all that comes after knows one name for a thing;
an overlay that says something of a field finds it, whatever it was called when it was written.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from metadata.identities import Identities
from metadata.memory import Memory
from metadata.names import Names, names_in
from metadata.renaming import Speaker
from metadata.source import Document
from metadata.voice import Voice, each, part

_spoken: Memory[Document, Document] = Memory()


def speak_of_now(
    documents: Sequence[Document], identities: Identities
) -> tuple[list[Document], Names]:
    """Documents that name everything as it is called now, and all names there are.

    One that comes out as it did before is the same document, so that no work on it is done again.
    """
    names = names_in(documents, identities)
    former = {name for known in names.values() for name in known.former}
    if not former:
        return list(documents), names
    mentions = re.compile(rf"\b({'|'.join(map(re.escape, sorted(former)))})\b")
    entities = {(d.kind, d.key): str(d.data.get("entity", "")) for d in documents}
    speaker = Speaker(names)
    return [
        _said(document, speaker, entities) if mentions.search(document.source.text) else document
        for document in documents
    ], names


def _said(
    document: Document, speaker: Speaker, entities: Mapping[tuple[str, str], str]
) -> Document:
    kind, key = document.kind, document.key
    if kind == "overlay":
        kind, _, key = key.partition("/")
    if kind not in _KINDS:
        return document
    of = key if kind == "entity" else entities.get((kind, key), "")
    data = _KINDS[kind](Voice(speaker, of), document.data)
    if data == document.data and list(data) == list(document.data):
        return document
    before = _spoken.get(document)
    if before is not None and before.data == data:
        return before
    return _spoken.keep(document, replace(document, data=data))


def _entity(voice: Voice, data: Any) -> Any:
    key, condition = voice.key, voice.condition
    return part(
        data,
        title=key,
        owner=key,
        search=each(voice.path),
        match=each(key),
        access=lambda said: part(said, inherit=key),
        unique=each(each(key)),
        duplicates=each(lambda said: part(said, match=voice.keys)),
        fields=lambda said: _fields(voice, said),
        rules=each(
            lambda said: part(
                said, when=condition, check=condition, field=key,
                lock=each(key), require=each(key), show=each(key),
            )
        ),
    )  # fmt: skip


def _fields(voice: Voice, said: Any) -> Any:
    """The fields of an entity, or what an overlay says of them: that brings one when it has a type."""
    if not isinstance(said, dict):
        return said
    fields: dict[str, Any] = {}
    for key, field in said.items():
        is_new = isinstance(field, dict) and "type" in field
        now = key if is_new else voice.key(key)
        told = _field(voice, now, field)
        other = said.get(now) if now != key else fields.get(now)
        if isinstance(told, dict) and isinstance(other, dict):  # by both names: that of now has the word
            fields[now] = {**other, **told} if now == key else {**told, **fields.get(now, {})}
        else:
            fields[key if now in said else now] = told
    return fields


def _field(voice: Voice, key: str, said: Any) -> Any:
    condition = voice.condition
    return part(
        said,
        after=voice.key,
        before=voice.key,
        default=voice.default,
        formula=condition,
        rates_on=condition,
        freeze_when=condition,
        choices_when=each(condition),
        filter=voice.beyond(key).condition,
    )


def _view(voice: Voice, data: Any) -> Any:
    path, paths = voice.path, each(voice.path)
    return part(
        data, columns=paths, sort=paths, group=path, totals=paths, card=paths,
        where=voice.condition, check_off=voice.keys,
    )  # fmt: skip


def _layout(voice: Voice, data: Any) -> Any:
    sections = each(lambda said: part(said, fields=each(voice.key), when=voice.condition))
    return part(
        data,
        highlights=each(voice.path),
        sections=sections,
        tabs=each(lambda said: part(said, sections=sections)),
        related=each(lambda said: _related(voice, said)),
        timeline=each(voice.key),
        composer=each(lambda said: _composer(voice, said)),
    )


def _related(voice: Voice, said: Any) -> Any:
    if not isinstance(said, dict):
        return voice.key(said)
    there = voice.beyond(str(said.get("relation", "")))
    return part(said, relation=voice.key, columns=each(there.path))


def _composer(voice: Voice, said: Any) -> Any:
    made = voice.of(str(said.get("entity", "")) if isinstance(said, dict) else "")
    return part(said, relation=voice.key, fields=each(made.key), values=made.keys)


def _pipeline(voice: Voice, data: Any) -> Any:
    return part(data, stages=each(lambda said: part(said, requires=each(voice.key))))


def _role(voice: Voice, data: Any) -> Any:
    grants = _by_entity(voice, lambda its, said: part(said, fields=its.keys))
    return part(data, grants=grants, deny=grants)


def _sample(voice: Voice, data: Any) -> Any:
    return part(data, records=each(_by_entity(voice, lambda its, said: its.keys(said))))


def _translation(voice: Voice, data: Any) -> Any:
    texts = _by_entity(voice, lambda its, said: part(said, fields=its.keys))
    return part(data, texts=lambda said: part(said, entity=texts))


def _by_entity(voice: Voice, say: Callable[[Voice, Any], Any]) -> Callable[[Any], Any]:
    """A mapping by entity, each of its parts in the names of that entity."""
    return lambda data: (
        {entity: say(voice.of(str(entity)), said) for entity, said in data.items()}
        if isinstance(data, dict)
        else data
    )


_KINDS: Mapping[str, Callable[[Voice, Any], Any]] = {
    "entity": _entity,
    "view": _view,
    "layout": _layout,
    "pipeline": _pipeline,
    "role": _role,
    "sample": _sample,
    "translation": _translation,
}
