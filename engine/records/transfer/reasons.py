"""Why a row is rejected, in words that its file's owner can act on."""

import re

from engine.context import Context
from engine.errors import Refused


def words_of_refusal(ctx: Context, entity: str, refusal: Refused) -> str:
    """A refusal as one line, each problem with the label of its field."""
    fields = ctx.machine.catalog.entities[entity].fields
    words = []
    for problem in refusal.problems:
        declared = fields.get(problem.pointer.removeprefix("/"))
        if declared is None or re.search(rf"\b{re.escape(declared.label)}\b", problem.message):
            words.append(problem.message)
        else:
            words.append(f"{declared.label}: {problem.message}")
    return " ".join(dict.fromkeys(words)) or refusal.message
