"""The system's own tables: what is published, what was changed, who is signed in."""

import sqlalchemy as sa

from engine.storage.types import Instant, Json, PlainText

VERSION = 4  # counts up with every table or function that is added
system_tables = sa.MetaData()
# SQLite counts up by itself only in a column that it knows as INTEGER.
Sequence = sa.BigInteger().with_variant(sa.Integer, "sqlite")

pulse_system = sa.Table(
    "pulse_system",
    system_tables,
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("made_at", Instant, nullable=False),
)
pulse_source = sa.Table(
    "pulse_source",
    system_tables,
    sa.Column("hash", PlainText, primary_key=True),
    sa.Column("text", PlainText, nullable=False),
)
pulse_revision = sa.Table(
    "pulse_revision",
    system_tables,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("actor_id", PlainText),
    sa.Column("note", PlainText, nullable=False),
    sa.Column("hash", PlainText, nullable=False),
    sa.Column("files", Json, nullable=False),  # [[pack, path, hash of the text]…]
    sa.Column("identities", Json, nullable=False),
    sa.Column("operations", Json, nullable=False),  # what the plan said it would do
)
pulse_change = sa.Table(
    "pulse_change",
    system_tables,
    sa.Column("seq", Sequence, primary_key=True, autoincrement=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("entity", PlainText, nullable=False),
    sa.Column("record_id", PlainText, nullable=False),
    sa.Column("operation", PlainText, nullable=False),
    sa.Column("actor_id", PlainText),
    sa.Column("token_id", PlainText),
    sa.Column("request_id", PlainText, nullable=False),
    sa.Column("changeset", PlainText, nullable=False),
    sa.Column("cause", Json, nullable=False),
    sa.Column("old", Json, nullable=False),  # old values by the identity of their field
    sa.Index("pulse_change_record", "record_id", "seq"),
    sa.Index("pulse_change_changeset", "changeset"),
    sqlite_autoincrement=True,
)
pulse_counter = sa.Table(
    "pulse_counter",
    system_tables,
    sa.Column("field", PlainText, primary_key=True),
    sa.Column("last", sa.BigInteger, nullable=False),
)
pulse_refresh = sa.Table(
    "pulse_refresh",
    system_tables,
    sa.Column("id", Sequence, primary_key=True, autoincrement=True),
    sa.Column("field", PlainText, nullable=False),  # the identities of an entity and of its formula
    sa.Column("ids", Json),  # the records to work it out for; all of them when none are said
    sa.Column("done", PlainText, nullable=False),  # the last record it was worked out for, of all
)
pulse_frozen = sa.Table(
    "pulse_frozen",
    system_tables,
    sa.Column("field", PlainText, primary_key=True),  # the identities of an entity and of its formula
    sa.Column("record_id", PlainText, primary_key=True),
    sa.Column("at", Instant, nullable=False),  # the moment from which on its value stays
    sa.Index("pulse_frozen_record", "record_id"),
)
pulse_credential = sa.Table(
    "pulse_credential",
    system_tables,
    sa.Column("user_id", PlainText, primary_key=True),
    sa.Column("password_hash", PlainText, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
)
pulse_session = sa.Table(
    "pulse_session",
    system_tables,
    sa.Column("hash", PlainText, primary_key=True),  # of the secret in the cookie
    sa.Column("id", PlainText, nullable=False, unique=True),  # what the screens call it
    sa.Column("user_id", PlainText, nullable=False, index=True),
    sa.Column("csrf", PlainText, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("seen_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("user_agent", PlainText, nullable=False),
    sa.Column("address", PlainText, nullable=False),
)
pulse_token = sa.Table(
    "pulse_token",
    system_tables,
    sa.Column("id", PlainText, primary_key=True),
    sa.Column("secret_hash", PlainText, nullable=False),
    sa.Column("user_id", PlainText, nullable=False, index=True),
    sa.Column("name", PlainText, nullable=False),
    sa.Column("scopes", Json),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("expires_at", Instant),
    sa.Column("seen_at", Instant),
)
pulse_sign_in_link = sa.Table(
    "pulse_sign_in_link",
    system_tables,
    sa.Column("hash", PlainText, primary_key=True),
    sa.Column("user_id", PlainText, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
)
pulse_attempt = sa.Table(
    "pulse_attempt",
    system_tables,
    sa.Column("id", Sequence, primary_key=True, autoincrement=True),
    sa.Column("key", PlainText, nullable=False),  # what is throttled: an address, an account
    sa.Column("at", Instant, nullable=False),
    sa.Index("pulse_attempt_key", "key", "at"),
)
pulse_reply = sa.Table(
    "pulse_reply",
    system_tables,
    sa.Column("owner", PlainText, primary_key=True),  # who asked, and by which token
    sa.Column("key", PlainText, primary_key=True),  # that the client chose for the write
    sa.Column("request_hash", PlainText, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("headers", Json),
    sa.Column("body", PlainText),
    sa.Index("pulse_reply_at", "at"),
)
