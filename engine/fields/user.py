"""User: a person who works with the CRM."""

from engine.fields.base import field_types
from engine.fields.link import Link


@field_types.register("user")
class User(Link):
    """A link to a person who works with the CRM."""
