"""The context: everything a query or a command may know of the world.

It is made once per request and passed down; nothing below a page reads a global.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.clock import Clock, now
from engine.fields.base import PLAIN, Reader
from engine.fields.datetime import zone_of
from engine.ids import new_id
from engine.machine import Machine


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. The system acts for nobody, may do everything, and has no id."""

    id: str | None
    name: str = ""
    email: str = ""
    roles: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()  # ids
    is_system: bool = False
    token_id: str | None = None
    scopes: frozenset[str] | None = None  # of the token used; None: no narrowing
    reader: Reader = PLAIN


SYSTEM = Actor(id=None, name="PulseCRM", is_system=True)


@dataclass(frozen=True, slots=True)
class Cause:
    """The chain that led to a change: its root, how deep it is, and by way of what."""

    root: str = ""
    depth: int = 0
    path: tuple[str, ...] = ()
    via: str = ""  # the surface: screen, api, import, cli, seed

    def as_json(self) -> Mapping[str, Any]:
        """The cause as the change log keeps it."""
        return {"root": self.root, "depth": self.depth, "path": list(self.path), "via": self.via}


@dataclass(frozen=True, slots=True)
class Context:
    """One actor's business with one tenant, on one connection, under one catalog."""

    machine: Machine
    connection: sa.Connection
    actor: Actor
    clock: Clock = now
    cause: Cause = Cause()
    request_id: str = ""
    changeset: str = field(default_factory=new_id)
    prepared: dict[Any, Any] = field(default_factory=dict)  # what access worked out for this actor
    is_updating: bool = False  # some stored formulas are still to be worked out
    seal: bytes = b""  # a key for what is handed out to be handed back unaltered

    def now(self) -> datetime:
        """The present moment, in UTC."""
        return self.clock()

    def execute(
        self, statement: sa.Select[Any] | sa.CompoundSelect[Any], **values: Any
    ) -> sa.CursorResult[*tuple[Any, ...]]:
        """Ask the database; what the question left open is filled in for this actor and moment."""
        return self.connection.execute(statement, values | self.asker())

    def asker(self) -> dict[str, Any]:
        """What a question may leave open: who asks, when, and by which calendar."""
        actor, moment = self.actor, self.now()
        zone = zone_of(actor.reader)
        return {
            "actor_id": actor.id,
            "actor_teams": sorted(actor.teams),
            "asked_at": moment,
            "asked_on": moment.astimezone(zone).date(),
            "asked_in": zone.key,
        }

    def as_system(self) -> "Context":
        """The same business, done by the machine itself."""
        return replace(self, actor=replace(SYSTEM, reader=self.machine.reader), prepared={})
