"""Image: a picture that was uploaded."""

from engine.fields.base import field_types
from engine.fields.link import Link


@field_types.register("image")
class Image(Link):
    """A link to a picture that was uploaded."""

    in_browser = ""
