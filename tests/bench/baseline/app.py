"""What a good engineer writes by hand for one team: Flask, the SQLAlchemy ORM and fixed models.

It answers the calls that are measured with the same JSON as PulseCRM. It has tokens, a
role check, the rule of one's own records and checked input. It has no change log, no
rights to single fields, no rules that clients write, and no undo.
"""

import hashlib
import re
from datetime import UTC, datetime
from typing import Any

import uuid_utils
from flask import Flask, Response, abort, g, jsonify, request
from sqlalchemy import ColumnElement, Select, insert, or_, select
from sqlalchemy.orm import Session, joinedload

from tests.bench.baseline.models import Company, Contact, User, open_database

STATUSES = {"prospect", "customer", "partner", "former"}
EMAIL = re.compile(r"[^@\s]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+")
PHONE = re.compile(r"\+[0-9]{7,15}")
TEXTS = {"job_title": 255, "source": 60, "linkedin": 2_000, "description": 100_000}
SORTS = {"name": (Contact.sort_name, Contact.id), "created_at": (Contact.created_at, Contact.id)}
TITLES = (
    joinedload(Contact.company).load_only(Company.name),
    joinedload(Contact.owner).load_only(User.name),
    joinedload(Contact.created_by).load_only(User.name),
    joinedload(Contact.updated_by).load_only(User.name),
)


def create_app(url: str) -> Flask:
    """The application on a database."""
    app = Flask("baseline", static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.json.compact = True  # type: ignore[attr-defined]
    engine = open_database(url)
    app.before_request(lambda: _sign_in(Session(engine)))
    app.teardown_request(_close)
    app.add_url_rule("/contacts", "list", list_contacts)
    app.add_url_rule("/contacts", "create", create_contact, methods=["POST"])
    app.add_url_rule("/contacts/bulk", "bulk", create_contacts, methods=["POST"])
    app.add_url_rule("/contacts/<contact_id>", "get", get_contact)
    app.add_url_rule("/contacts/<contact_id>", "change", change_contact, methods=["PATCH"])
    return app


def list_contacts() -> Response:
    """A page of contacts, by name or the newest first."""
    asked = request.args
    query = _visible(select(Contact)).options(*TITLES)
    if "status" in asked:
        query = query.where(Contact.status == asked["status"])
    if "owner" in asked:
        query = query.where(Contact.owner_id == asked["owner"])
    if "q" in asked:
        query = query.where(_matches(asked["q"]))
    name = asked.get("sort", "-created_at")
    columns = SORTS.get(name.removeprefix("-")) or abort(400)
    order = [column.desc() if name.startswith("-") else column.asc() for column in columns]
    limit = min(asked.get("limit", 50, int), 500)
    page = query.order_by(*order).limit(limit).offset(asked.get("offset", 0, int))
    return jsonify(data=[as_json(contact) for contact in g.session.scalars(page)])


def get_contact(contact_id: str) -> Response:
    """One contact."""
    return jsonify(as_json(_find(contact_id)))


def create_contact() -> tuple[Response, int]:
    """A new contact, whose owner is who made it unless said otherwise."""
    values = new_values(clean(request.get_json()), g.user.id)
    g.session.add(Contact(**values))
    g.session.commit()
    return jsonify(as_json(_find(values["id"]))), 201


def change_contact(contact_id: str) -> Response:
    """Change the named values of one's own contact."""
    values = clean(request.get_json())
    contact = _find(contact_id)
    if contact.owner_id != g.user.id:
        abort(403)
    for key, value in values.items():
        setattr(contact, key, value)
    contact.sort_name = contact.title.lower()
    contact.updated_at, contact.updated_by_id = _now(), g.user.id
    contact.version += 1
    g.session.commit()
    return jsonify(as_json(_find(contact_id)))


def create_contacts() -> Response:
    """Many new contacts, all or none."""
    rows = [new_values(clean(row), g.user.id) for row in request.get_json()["create"]]
    g.session.execute(insert(Contact), rows)
    g.session.commit()
    return jsonify(succeeded=len(rows))


def as_json(contact: Contact) -> dict[str, Any]:
    """A contact as the API shows it."""
    return {
        "id": contact.id,
        "title": contact.title,
        "created_at": f"{contact.created_at.isoformat()}Z",
        "created_by": _reference(contact.created_by),
        "updated_at": f"{contact.updated_at.isoformat()}Z",
        "updated_by": _reference(contact.updated_by),
        "version": contact.version,
        "name": {"first": contact.first, "last": contact.last},
        "company": _reference(contact.company),
        "job_title": contact.job_title,
        "email": contact.email,
        "phone": contact.phone,
        "mobile": contact.mobile,
        "status": contact.status,
        "address": contact.address,
        "birthday": contact.birthday and contact.birthday.isoformat(),
        "linkedin": contact.linkedin,
        "source": contact.source,
        "do_not_call": contact.do_not_call,
        "description": contact.description,
        "tags": contact.tags,
        "owner": _reference(contact.owner),
    }


def clean(body: dict[str, Any]) -> dict[str, Any]:
    """The values of a body, checked. 400 names what is wrong."""
    values: dict[str, Any] = {}
    for key, value in body.items():
        if key == "name":
            values |= {"first": _text(value.get("first"), 255), "last": _text(value.get("last"), 255)}
        elif key in {"company", "owner"}:
            values[f"{key}_id"] = value
        elif value is None:
            values[key] = None
        elif key in TEXTS:
            values[key] = _text(value, TEXTS[key])
        elif key == "status" and value in STATUSES:
            values[key] = value
        elif key == "email" and EMAIL.fullmatch(value.lower()):
            values[key] = value.lower()
        elif key in {"phone", "mobile"} and PHONE.fullmatch(value):
            values[key] = value
        else:
            abort(400, f"{key} is not right.")
    return values


def new_values(values: dict[str, Any], user_id: str) -> dict[str, Any]:
    """The values of a new contact, with what nobody has to say."""
    title = " ".join(filter(None, (values.get("first"), values.get("last"))))
    if not title:
        abort(400, "name is needed.")
    now = _now()
    own = {"id": str(uuid_utils.uuid7()), "sort_name": title.lower(), "version": 1}
    stamps = {"created_at": now, "created_by_id": user_id, "updated_at": now, "updated_by_id": user_id}
    usual = {"status": "prospect", "do_not_call": False, "owner_id": user_id}
    return {**own, **stamps, **usual, **values}


def hash_token(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _sign_in(session: Session) -> None:
    g.session = session
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    statement = select(User.id, User.role).where(User.token_hash == hash_token(token))
    g.user = session.execute(statement).one_or_none() or abort(401)


def _close(_error: BaseException | None) -> None:
    if "session" in g:
        g.session.close()


def _visible(query: Select[Contact]) -> Select[Contact]:
    return query.where(Contact.owner_id == g.user.id) if g.user.role == "own" else query


def _find(contact_id: str) -> Contact:
    query = _visible(select(Contact).where(Contact.id == contact_id)).options(*TITLES)
    contact: Contact | None = g.session.scalars(query).one_or_none()
    return contact or abort(404)


def _matches(words: str) -> ColumnElement[bool]:
    part = re.sub(r"([\\%_])", r"\\\1", words.lower())
    columns = (Contact.sort_name, Contact.email, Contact.phone)
    firms = select(Company.id).where(Company.sort_name.like(f"%{part}%", escape="\\"))
    found = [column.like(f"%{part}%", escape="\\") for column in columns]
    return or_(*found, Contact.company_id.in_(firms))


def _reference(record: Company | User | None) -> dict[str, str] | None:
    return {"id": record.id, "title": record.name} if record else None


def _text(value: Any, most: int) -> str | None:
    if value is not None and (not isinstance(value, str) or len(value) > most):
        abort(400, "This must be text, and not longer than allowed.")
    return value and value.strip()


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
