"""What a form of a record sends: the values that were typed, and the files that came along."""

from typing import Any

from engine.context import Context
from engine.records.files import keep_file
from metadata.catalog import Entity
from ui_builder import here
from ui_builder.rendering.forms import read_form


def sent_values(ctx: Context, entity: Entity) -> dict[str, Any]:
    """What was typed, with the files that came along kept first."""
    typed = read_form(ctx, entity, here.form())
    for name, file in here.files().items():
        if name in entity.fields:
            kept = keep_file(ctx, here.tenant().settings, file.filename or "file", file.read())
            typed[name] = kept.id
    return typed


def asked_values(entity: Entity) -> dict[str, str]:
    """What the address fills in beforehand."""
    return {key: value for key, value in here.asked().items() if key in entity.fields}
