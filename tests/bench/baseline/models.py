"""Fixed models, with the indexes that its author knows the lists will need."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import DateTime, ForeignKey, Index, Text, event
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

PRAGMAS = ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON", "cache_size = -65536",
           "temp_store = MEMORY", "busy_timeout = 15000")  # fmt: skip
TRIGRAMS = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX tg_name ON contacts USING gin (sort_name gin_trgm_ops)",
    "CREATE INDEX tg_email ON contacts USING gin (email gin_trgm_ops)",
    "CREATE INDEX tg_phone ON contacts USING gin (phone gin_trgm_ops)",
    "CREATE INDEX tg_company ON companies USING gin (sort_name gin_trgm_ops)",
)
ByCodePoint = Text(collation="C").with_variant(Text(), "sqlite")


class Base(DeclarativeBase):
    """The tables of this application."""


class User(Base):
    """Somebody who signs in. `role`: sales sees all and changes their own, own sees their own."""

    __tablename__ = "users"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[str]
    token_hash: Mapped[str | None] = mapped_column(unique=True)


class Company(Base):
    """A firm. `sort_name` is its name in lower case: SQLite by itself lowers ASCII alone."""

    __tablename__ = "companies"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    sort_name: Mapped[str] = mapped_column(ByCodePoint, index=True)


class Contact(Base):
    """A person."""

    __tablename__ = "contacts"
    id: Mapped[str] = mapped_column(primary_key=True)
    first: Mapped[str | None]
    last: Mapped[str | None]
    sort_name: Mapped[str] = mapped_column(ByCodePoint)
    company_id: Mapped[str | None] = mapped_column(ForeignKey("companies.id"), index=True)
    job_title: Mapped[str | None]
    email: Mapped[str | None] = mapped_column(index=True)
    phone: Mapped[str | None]
    mobile: Mapped[str | None]
    status: Mapped[str | None]
    address: Mapped[dict[str, str] | None] = mapped_column(sa.JSON(none_as_null=True))
    birthday: Mapped[date | None]
    linkedin: Mapped[str | None]
    source: Mapped[str | None]
    do_not_call: Mapped[bool | None]
    description: Mapped[str | None]
    tags: Mapped[list[str] | None] = mapped_column(sa.JSON(none_as_null=True))
    owner_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(DateTime)
    created_by_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    updated_at: Mapped[datetime] = mapped_column(DateTime)
    updated_by_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    version: Mapped[int]
    company: Mapped[Company | None] = relationship()
    owner: Mapped[User | None] = relationship(foreign_keys=owner_id)
    created_by: Mapped[User | None] = relationship(foreign_keys=created_by_id)
    updated_by: Mapped[User | None] = relationship(foreign_keys=updated_by_id)
    __table_args__ = (
        Index("ix_contacts_created", "created_at", "id"),
        Index("ix_contacts_name", "sort_name", "id"),
        Index("ix_contacts_owner", "owner_id", "created_at", "id"),
        Index("ix_contacts_status", "status", "sort_name", "id"),
    )

    @property
    def title(self) -> str:
        """The whole name."""
        return " ".join(filter(None, (self.first, self.last)))


def open_database(url: str) -> sa.Engine:
    """An engine; SQLite is opened as PulseCRM opens it."""
    if url.startswith("postgresql"):
        return sa.create_engine(url, pool_size=8, max_overflow=8)
    engine = sa.create_engine(url)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    return engine
