"""Names that fields had before, in the questions of those who have not heard of the new ones."""

from engine.context import Context
from metadata.names import names_of
from metadata.renaming import Speaker


def speaker_of(ctx: Context) -> Speaker:
    """Who knows what everything is called now, made once for a revision."""
    cache, entities = ctx.machine.cache, ctx.machine.catalog.entities
    if Speaker not in cache:
        cache[Speaker] = Speaker(names_of(entities.values()))
    speaker: Speaker = cache[Speaker]
    return speaker
