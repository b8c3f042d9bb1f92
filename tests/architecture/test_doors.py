"""Every library enters the house by one door."""

import sys

import pytest

from tests.architecture.house import ROOMS, imports

WEB = ("engine/api/", "connectors/inbound/", "ui_builder/", "pulse.py")
ROWS = ("engine/", "workflows/", "connectors/")
DOORS: dict[str, tuple[str, ...]] = {
    "alembic": ("engine/plans/",),
    "argon2": ("engine/access/passwords.py",),
    "babel": ("engine/fields/", "engine/records/transfer/", "ui_builder/rendering/"),
    "charset_normalizer": ("engine/records/transfer/",),
    "click": ("engine/cli/", "seeds/demo/command.py"),
    "dateutil": ("engine/fields/", "engine/expressions/"),
    "email_validator": ("engine/fields/",),
    "flask": WEB,
    "flask_admin": ("ui_builder/admin/",),
    "granian": ("engine/server.py",),
    "jinja2": ("ui_builder/",),
    "jsonschema": ("metadata/schemas.py",),
    "markupsafe": ("ui_builder/",),
    "marshmallow": ("engine/api/", "engine/records/"),
    "nh3": ("engine/fields/",),
    "orjson": ROOMS,
    "phonenumbers": ("engine/fields/",),
    "rapidfuzz": ("metadata/diagnostics.py",),
    "re2": ("metadata/patterns.py",),
    "python_calamine": ("engine/records/transfer/",),
    "redis": ("engine/jobs/",),
    "referencing": ("metadata/schemas.py",),
    "rq": ("engine/jobs/",),
    "simpleeval": ("engine/expressions/",),
    "sqlalchemy": ROWS,
    "structlog": ("engine/api/", "engine/cli/", "engine/log.py", "ui_builder/"),
    "uuid_utils": ("engine/ids.py",),
    "werkzeug": WEB,
    "whitenoise": WEB,
    "xlsxwriter": ("engine/records/transfer/",),
    "yaml": ("metadata/",),
}


def libraries() -> set[str]:
    return {each.of.partition(".")[0] for each in imports()} - {*ROOMS, *sys.stdlib_module_names}


@pytest.mark.parametrize("library", sorted(libraries()))
def test_a_library_enters_by_its_door(library: str) -> None:
    assert library in DOORS, f'"{library}" has no door yet: say here which part of the house may use it.'

    elsewhere = [
        str(each)
        for each in imports()
        if each.of.partition(".")[0] == library and not each.by.path.startswith(DOORS[library])
    ]

    assert elsewhere == []
