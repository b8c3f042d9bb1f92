"""What is wrong with a database that can't be used, said so that its owner can mend it."""

from sqlalchemy.engine import URL

# The words by which each kind of database complains, and what they mean to its owner.
OF_SQLITE = {
    "not a database": '"{name}" is not a SQLite database. Move it away, or name another in PULSE_DATABASE_URL.',
    "malformed": '"{name}" is damaged. Put back a backup, or save what can be read: '
    "sqlite3 {name} .recover | sqlite3 saved.db",
    "unable to open": '"{name}" can\'t be opened. Make its folder writable, or set PULSE_DATA_DIR to one that is.',
    "readonly": '"{name}" can\'t be written. Give this user the right to write it and its folder.',
    "disk is full": '"{name}" can\'t grow: the disk is full. Make room, and try again.',
    "locked": "Another process is writing to the database. Try again in a moment.",
}
OF_POSTGRESQL = {
    "deadlock detected": "Somebody changed the same records at the same moment. Try again.",
    "password authentication failed": "{place} refuses the user or the password. Check PULSE_DATABASE_URL.",
    "no password supplied": "{place} asks for a password. Put it into PULSE_DATABASE_URL.",
    "does not exist": "{place} has no such database or user. Create it, or check PULSE_DATABASE_URL.",
    "too many": "{place} takes no more connections. Raise max_connections, or run fewer workers.",
    "permission denied": "{place} does not let this user do that. Grant it the right to create tables there.",
    "disk full": "{place} can't grow: its disk is full. Make room, and try again.",
    "could not extend": "{place} can't grow: its disk is full. Make room, and try again.",
}
UNREACHABLE = "{place} can't be reached. Check PULSE_DATABASE_URL, and that the server runs."
AWAY = (
    *("locked", "readonly", "read-only", "unable to open", "disk", "not a database", "malformed"),
    *("connection", "terminating", "shutting down", "could not extend"),
)


def is_away(broken: BaseException) -> bool:
    """Whether an error says that the database can't be used now, rather than that a question is wrong."""
    words = str(getattr(broken, "orig", broken)).lower()
    return bool(getattr(broken, "connection_invalidated", False)) or any(sign in words for sign in AWAY)


def describe(url: URL, broken: BaseException) -> str:
    """What is wrong and how to mend it, in a sentence or two."""
    words = str(getattr(broken, "orig", broken)).strip()
    is_sqlite = url.get_backend_name() == "sqlite"
    place = f"The database {url.render_as_string(hide_password=True)}"
    for sign, message in (OF_SQLITE if is_sqlite else OF_POSTGRESQL).items():
        if sign in words.lower():
            return message.format(name=url.database, place=place)
    if is_sqlite:
        return f'The database "{url.database}" can\'t be used: {words.splitlines()[0]}.'
    return UNREACHABLE.format(place=place)
