"""What the CRM keeps: is the database there, whole, and what the metadata says it is?"""

from collections.abc import Iterator

import sqlalchemy as sa

from engine.context import SYSTEM
from engine.doctor.findings import Finding, State, broken, doubtful, fine
from engine.errors import Refused
from engine.plans.drift import differences, is_made, missing_of_the_system
from engine.records.queries import Query, list_records
from engine.storage.system import pulse_credential
from engine.tenant import Tenant

OLDEST = {"sqlite": (3, 35), "postgresql": (13,)}
MOST_LISTED = 3
DAMAGED = "Stop the server and put back a backup."


def check_database(tenant: Tenant) -> Iterator[Finding]:
    """Everything about the database, until something is broken on which the next look would rely."""
    try:
        with tenant.database.reading() as connection:
            for look in (_check_server, _check_pages, _check_system, _check_tables, _check_people):
                found = list(look(tenant, connection))
                yield from found
                if any(finding.state == State.FAILED for finding in found):
                    return
    except Refused as refusal:
        yield broken("database", refusal.message)


def _check_server(_tenant: Tenant, connection: sa.Connection) -> Iterator[Finding]:
    name, version = connection.dialect.name, connection.dialect.server_version_info or ()
    said = f"{'SQLite' if name == 'sqlite' else 'PostgreSQL'} {'.'.join(map(str, version))}"
    if version < OLDEST[name]:
        oldest = ".".join(map(str, OLDEST[name]))
        yield broken("database", f"This is {said}.", f"It must be {oldest} or newer.")
    else:
        yield fine("database", f"{said} answers")


def _check_system(tenant: Tenant, connection: sa.Connection) -> Iterator[Finding]:
    missing = missing_of_the_system(connection)
    if not is_made(connection):
        yield broken("metadata", "There is no CRM in this database yet.", "Make one: pulse init")
    elif missing:
        yield broken("metadata", f"Tables of the system are missing: {', '.join(missing)}.", DAMAGED)
    else:
        machine = tenant.machine(connection)
        says = f"Revision {machine.revision}, {len(machine.catalog.entities)} entities"
        yield fine("metadata", says)


def _check_tables(tenant: Tenant, connection: sa.Connection) -> Iterator[Finding]:
    found = list(differences(connection, tenant.machine(connection)))
    if found:
        named = "; ".join(found[:MOST_LISTED])
        more = f" and {len(found) - MOST_LISTED} more" if len(found) > MOST_LISTED else ""
        says = f"Tables are not what the metadata says: {named}{more}."
        yield broken("tables", says, f"They were changed by hand, or made by another version. {DAMAGED}")
    else:
        yield fine("tables", "Each is what the metadata says")


def _check_pages(tenant: Tenant, connection: sa.Connection) -> Iterator[Finding]:
    """SQLite's own look at its file. PostgreSQL looks after its pages itself."""
    if not tenant.database.is_sqlite:
        return
    [first, *_] = connection.execute(sa.text("PRAGMA integrity_check(1)")).scalars()
    orphans = connection.execute(sa.text("PRAGMA foreign_key_check")).first()
    mode = connection.execute(sa.text("PRAGMA journal_mode")).scalar()
    if first != "ok" or orphans:
        complaint = first if first != "ok" else "rows without their parents"
        yield broken("file", f"The file is damaged: {complaint}.", DAMAGED)
    elif mode != "wal":
        says = f"The file keeps no write-ahead log ({mode}), so readers wait for writers."
        yield doubtful("file", says, "Move it to a disk of this machine: network drives keep none.")
    else:
        yield fine("file", "Whole")


def _check_people(tenant: Tenant, connection: sa.Connection) -> Iterator[Finding]:
    """Somebody must be able to come in, and somebody to let others in."""
    ctx = tenant.context(connection, SYSTEM)
    leading = [key for key, role in ctx.machine.catalog.roles.items() if "manage_users" in role.can]
    leaders = f"active and any(roles, key in {leading})" if leading else "id == ''"
    active = list_records(ctx, Query(entity="user", where=("active",), count="exact")).count
    known = connection.execute(sa.select(sa.func.count()).select_from(pulse_credential)).scalar()
    create = "pulse user create you@example.com --name You --role ROLE"
    if not active:
        yield doubtful("people", "There is nobody who can sign in.", f"Create somebody: {create}")
    elif not list_records(ctx, Query(entity="user", where=(leaders,), limit=1)).records:
        says = "Nobody who can sign in may manage the others."
        yield doubtful("people", says, f"Create somebody who may: {create}")
    else:
        yield fine("people", f"{active} can sign in, {known} of them with a password")
