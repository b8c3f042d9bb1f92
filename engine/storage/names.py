"""Physical names: given once, from the identity of what they name, so that a rename touches none."""

import hashlib

from metadata.catalog import Entity, Field

LONGEST_NAME = 60  # PostgreSQL cuts names at 63 bytes
JOINT = "$"  # stands in no key, so that no two names are ever alike


def physical(prefix: str, identity: str) -> str:
    """The name of a table or column, from the identity of what it holds."""
    name = prefix + identity.replace("~", JOINT).replace(".", JOINT)
    if len(name) <= LONGEST_NAME:
        return name
    return f"{name[: LONGEST_NAME - 9]}_{_digest(name)}"


def table_name(entity: Entity) -> str:
    """The table of an entity."""
    return physical("e_", entity.identity)


def column_name(field: Field) -> str:
    """The first column of a declared field."""
    return physical("f_", field.identity.partition(".")[2])


def link_name(entity: Entity, field: Field) -> str:
    """The table of a to-many link."""
    return physical("l_", field.identity)


def index_name(table: str, kind: str, columns: str) -> str:
    """The name of an index: its table's, and a digest of what it is on."""
    return f"{kind}_{table[:40]}_{_digest(f'{table}:{columns}')}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
