"""File: a file that was uploaded."""

from engine.fields.base import field_types
from engine.fields.link import Link


@field_types.register("file")
class File(Link):
    """A link to a file that was uploaded."""

    in_browser = ""
