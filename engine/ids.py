"""Identifiers: UUIDv7, so that ids sort by the time they were made (RFC 9562)."""

import re

import uuid_utils

_SHAPE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def new_id() -> str:
    """A new id, as lower-case text."""
    return str(uuid_utils.uuid7())


def is_id(text: str) -> bool:
    """Whether a text has the shape of an id."""
    return _SHAPE.fullmatch(text) is not None
