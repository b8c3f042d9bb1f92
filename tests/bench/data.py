"""What is measured on: a CRM of a fixed seed, and the baseline's copy of it.

Both are made once and kept in a folder for temporary files, named after everything they were
made of. A run works on copies, so that each begins with the same records.
"""

import hashlib
import json
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.schema import CreateIndex, CreateTable

from engine.access.tokens import create_token
from engine.context import Context
from engine.plans.mirrors import mirror_id
from engine.records.commands import change_record
from engine.settings import Settings, load_settings
from engine.storage.system import system_tables
from engine.tenant import Tenant
from metadata.packs import builtin
from metadata.source import SourceFile
from seeds import scale
from seeds.demo import words
from tests.bench.baseline import models
from tests.bench.baseline.app import hash_token
from tests.bench.stores import Store

OWN = SourceFile("local", "local/own.yaml", """
role: own_contacts
grants:
  contact: {create: yes, read: own, update: own}
  company: {read: all}
""")  # fmt: skip
PLAIN = ("job_title", "email", "phone", "mobile", "status", "address", "birthday", "linkedin",
         "source", "do_not_call", "description", "tags")  # fmt: skip


def folder_for(records: int, within: Path | None = None) -> Path:
    """The folder of a CRM of this size, as the code of today makes one."""
    digest = hashlib.sha256(f"{records}{_made_of()}".encode()).hexdigest()[:12]
    folder = (within or Path(tempfile.gettempdir())) / f"pulse-bench-{digest}"
    folder.mkdir(exist_ok=True)
    return folder


def settings_for(folder: Path, url: str) -> Settings:
    """The settings of a tenant on a database."""
    return load_settings({}, folder, data_dir=folder / "var", database_url=url, workers=1, log="json")


def prepare(store: Store, folder: Path, records: int) -> dict[str, str]:
    """Make what is measured on, unless that was done before. Answers with tokens, by who holds them."""
    facts = folder / f"{store.kind}.json"
    if not facts.exists():
        for name in ("pulse", "baseline"):
            store.make(name)
        tenant = Tenant(settings_for(folder, store.url("pulse")))
        tenant.prepare()
        tenant.apply(tenant.plan([*builtin("core"), *builtin("crm"), OWN]))
        scale.grow(tenant, records)
        tokens = _hand_out_tokens(tenant)
        _fill_baseline(tenant, store.url("baseline"), tokens)
        _analyse(tenant.database.engine)
        facts.write_text(json.dumps(tokens))
    said: dict[str, str] = json.loads(facts.read_text())
    return said


def _made_of() -> str:
    """The packs, the programs that fill the databases, and the tables they go to."""
    files = [file.text for pack in ("core", "crm") for file in builtin(pack)]
    modules = (scale, words, models)
    programs = [Path(str(module.__file__)).read_text() for module in modules] + [Path(__file__).read_text()]
    return "".join([*files, *programs, *_tables()])


def _tables() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as name:
        tenant = Tenant(settings_for(Path(name), "sqlite://"))
        tenant.prepare()
        plan = tenant.plan([*builtin("core"), *builtin("crm"), OWN])
        entities = [plan.machine.tables.of(key) for key in plan.machine.catalog.entities]
        for table in (*system_tables.sorted_tables, *entities):
            yield str(CreateTable(table))
            yield from sorted(str(CreateIndex(index)) for index in table.indexes)


def _hand_out_tokens(tenant: Tenant) -> dict[str, str]:
    """Tokens for somebody who sells, and for somebody who sees only what is theirs."""
    first, last = (scale.seller_id(at) for at in (0, scale.SELLERS - 1))
    with tenant.writing() as ctx:
        role = mirror_id("role", ctx.machine.catalog.roles["own_contacts"].identity)
        change_record(ctx, "user", last, {"roles": [role]})
        texts = [create_token(ctx.connection, user, "bench", ctx.now())[0] for user in (first, last)]
    return {"sales": texts[0], "own": texts[1], "sales_id": first, "own_id": last}


def _fill_baseline(tenant: Tenant, url: str, tokens: dict[str, str]) -> None:
    engine = models.open_database(url)
    models.Base.metadata.create_all(engine)
    with tenant.reading() as ctx, engine.begin() as connection:
        for model, rows in (
            (models.User, _users(ctx, tokens)),
            (models.Company, _companies(ctx)),
            (models.Contact, _contacts(ctx)),
        ):
            while some := list(islice(rows, 5_000)):
                connection.execute(sa.insert(model), some)
        if engine.dialect.name == "postgresql":
            for statement in models.TRIGRAMS:
                connection.execute(sa.text(statement))
    _analyse(engine)
    engine.dispose()


def _users(ctx: Context, tokens: dict[str, str]) -> Iterator[dict[str, Any]]:
    held = {tokens[f"{role}_id"]: (role, hash_token(tokens[role])) for role in ("sales", "own")}
    for row in _rows(ctx, "user", ()):
        role, token = held.get(row["id"], ("sales", None))
        yield {"id": row["id"], "name": row["title"], "role": role, "token_hash": token}


def _companies(ctx: Context) -> Iterator[dict[str, Any]]:
    for row in _rows(ctx, "company", ()):
        yield {"id": row["id"], "name": row["title"], "sort_name": row["title"].lower()}


def _contacts(ctx: Context) -> Iterator[dict[str, Any]]:
    for row in _rows(ctx, "contact", ("name", "company", "owner", *PLAIN)):
        yield {
            **{key: row[key] for key in ("id", "version", *PLAIN)},
            "first": row["name__first"],
            "last": row["name__last"],
            "sort_name": row["title"].lower(),
            "company_id": row["company"],
            "owner_id": row["owner"],
            "created_at": row["created_at"].replace(tzinfo=None),
            "created_by_id": row["created_by"],
            "updated_at": row["updated_at"].replace(tzinfo=None),
            "updated_by_id": row["updated_by"],
        }


def _rows(ctx: Context, entity: str, keys: tuple[str, ...]) -> Iterator[sa.RowMapping]:
    """The records of an entity as they are stored, each column called by its field."""
    table = ctx.machine.tables.of(entity)
    columns = [
        column.label(f"{key}__{part}" if part else key)
        for key in keys
        for part, column in zip(
            ctx.machine.behaviour(entity, key).columns(),
            ctx.machine.tables.columns(entity, key),
            strict=True,
        )
    ]
    system = (table.c.id, table.c.title, table.c.version, table.c.created_at, table.c.created_by,
              table.c.updated_at, table.c.updated_by)  # fmt: skip
    statement = sa.select(*system, *columns).order_by(table.c.id)
    yield from ctx.connection.execution_options(yield_per=5_000).execute(statement).mappings()


def _analyse(engine: sa.Engine) -> None:
    """Let the database know what it holds, and put everything into its file."""
    connection = engine.raw_connection()
    driver: Any = connection.driver_connection
    if engine.dialect.name == "postgresql":
        driver.autocommit = True
        driver.execute("VACUUM ANALYZE")
    else:
        driver.execute("ANALYZE")
        driver.commit()
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.detach()
    connection.close()
    engine.dispose()
