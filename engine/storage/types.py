"""Column types that mean the same on SQLite and PostgreSQL.

Text compares by code point on both. Decimals are exact: NUMERIC on PostgreSQL,
scaled integers on SQLite, which has no decimals. Moments are stored in UTC.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

FIRST, LAST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)


class PlainText(TypeDecorator[str]):
    """Text, compared and sorted by code point."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """PostgreSQL is told to leave the language out of it, as SQLite does by itself."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(sa.Text(collation="C"))
        return dialect.type_descriptor(sa.Text())


class ExactNumber(TypeDecorator[Decimal]):
    """A decimal with a fixed scale, exact to store, compare, sort and sum on both databases."""

    impl = sa.Numeric
    cache_ok = True

    def __init__(self, scale: int = 4) -> None:
        super().__init__(precision=28, scale=scale)
        self.scale = scale
        self._factor = Decimal(10) ** scale

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """SQLite keeps the number as an integer of its smallest step."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.BigInteger())
        return dialect.type_descriptor(sa.Numeric(28, self.scale))

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """A number on its way in."""
        if value is None or dialect.name != "sqlite":
            return value
        return int((Decimal(value) * self._factor).to_integral_value())

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[Any], Decimal | None] | None:
        """What a number on its way out is made with; PostgreSQL's driver has made it already."""
        if dialect.name != "sqlite":
            return None
        return lambda steps: None if steps is None else Decimal(steps).scaleb(-self.scale)


class LooseNumber(TypeDecorator[Decimal]):
    """A decimal of whatever scale, as expressions reckon with it. SQLite has it as text or integer."""

    impl = sa.Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text on SQLite, NUMERIC without a scale on PostgreSQL."""
        return dialect.type_descriptor(sa.Text() if dialect.name == "sqlite" else sa.Numeric())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """A number on its way in."""
        return f"{value:f}" if value is not None and dialect.name == "sqlite" else value

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Decimal | None]:
        """What a number on its way out is made with, whichever type the database reckoned in."""
        return lambda value: None if value is None else Decimal(value)


class Instant(TypeDecorator[datetime]):
    """A moment, to the microsecond, in UTC. SQLite keeps it as text that sorts as time does."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text of fixed width on SQLite, timestamptz on PostgreSQL."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.Text())
        return dialect.type_descriptor(sa.DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """A moment on its way in, brought to UTC."""
        if value is None:
            return None
        moment = _in_utc(value)
        if dialect.name == "sqlite":
            return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
        return moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """A moment on its way out, in UTC."""
        if value is None:
            return None
        if dialect.name == "sqlite":
            return datetime.fromisoformat(value)
        moment: datetime = value.astimezone(UTC)
        return moment


def _in_utc(moment: datetime) -> datetime:
    """The moment in UTC; time stops at the ends of the calendar."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return FIRST if moment.year == 1 else LAST


class Day(TypeDecorator[date]):
    """A calendar day. SQLite keeps it as text that sorts as days do."""

    impl = sa.Date
    cache_ok = True


class Texts(TypeDecorator[list[str]]):
    """Several texts as one value, so that a question stays the same however many it is asked with."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """An array on PostgreSQL, a JSON text on SQLite."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(ARRAY(sa.Text()))
        return dialect.type_descriptor(sa.Text())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Texts on their way in."""
        return list(value) if dialect.name == "postgresql" else orjson.dumps(list(value)).decode()


class Json(TypeDecorator[Any]):
    """A JSON value: jsonb on PostgreSQL, text on SQLite. None is SQL's NULL."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The dialect's own type."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(JSONB(none_as_null=True))
        return dialect.type_descriptor(sa.Text())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """A JSON value on its way in."""
        if value is None or dialect.name == "postgresql":
            return value
        return orjson.dumps(value).decode()

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """A JSON value on its way out."""
        if value is None or dialect.name == "postgresql":
            return value
        return orjson.loads(value)
