"""Compiling texts beside a small sound pack, and places marked in the texts themselves."""

from metadata.compiler import Compiled, compile_packs
from metadata.diagnostics import Diagnostic
from metadata.packs import builtin
from metadata.source import SourceFile

MARK = "‸"  # stands right before the place that a diagnostic should point at
SAVANNA = """
entity: zebra
title: name
fields:
  name: {type: text, required: true}
  herd: {type: link, to: herd, inverse: zebras}
  friends: {type: links, to: zebra, inverse: friend_of}
  coat: {type: choice, choices: coats}
  stage: {type: stage}
  size: {type: decimal}
  price: {type: money}
  born: {type: date}
  seen: {type: datetime}
  tame: {type: boolean}
  traits: {type: tags}
  owner: {type: user, default: "= me"}
---
entity: herd
fields: {name: {type: text}, place: {type: address}}
---
choices: coats
values: {striped: Striped, plain: Plain}
---
pipeline: stripes
entity: zebra
stages: {calf: {moves: [grown]}, grown: {category: won, requires: [size]}}
---
view: all_zebras
entity: zebra
columns: [name, herd.name]
"""
LOCAL = SourceFile("local", "local/savanna.yaml", SAVANNA)


def compiled(*texts: str) -> Compiled:
    """What comes of texts laid beside core and the savanna, all in the local layer."""
    files = [SourceFile("local", f"local/{at}.yaml", text) for at, text in enumerate(texts)]
    return compile_packs([*builtin("core"), LOCAL, *files])


def mistakes(*texts: str) -> list[Diagnostic]:
    """All that is wrong with texts, in the order of files and lines."""
    return list(compiled(*texts).diagnostics)


def marked(text: str) -> tuple[str, tuple[int, int]]:
    """A text without its mark, and the line and column where the mark stood."""
    before, _, after = text.partition(MARK)
    return before + after, (before.count("\n") + 1, len(before) - before.rfind("\n"))
