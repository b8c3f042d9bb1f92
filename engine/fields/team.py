"""Team: a team of people."""

from engine.fields.base import field_types
from engine.fields.link import Link


@field_types.register("team")
class Team(Link):
    """A link to a team of people."""
