"""What every field type can say of itself.

A field type is met as an object made with one field's settings. Nothing in the
house asks for a type's name; it asks what the type can do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from sqlalchemy.types import TypeEngine

from engine.errors import ValueRefused
from engine.registry import Registry
from engine.storage.types import PlainText

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose habits typed values are read and shown with."""

    time_zone: str = "UTC"
    locale: str = "en"
    region: str = "US"  # ISO 3166 country that phone numbers without a prefix belong to
    currency: str = "EUR"  # ISO 4217 code of an amount typed without one
    day_first: bool | None = None  # how 03/04/2026 is read; None: ambiguous dates are refused


PLAIN = Reader()


@dataclass(frozen=True, slots=True)
class Reference:
    """A record that a field points to. Two references are equal when they point to the same."""

    entity: str
    id: str
    title: str | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reference) and self.id == other.id and self.entity == other.entity

    def __hash__(self) -> int:
        return hash(self.id)  # which hardly any two entities share


class FieldType(Generic[V]):
    """What one kind of value can do. Subclasses override what differs.

    A *typed* value comes from outside: JSON, a form's text, a cell of a file.
    A *value* is what the house works with. *Stored* is what the columns hold.
    None is the empty value everywhere, and only `parse` is ever given it.
    """

    name: ClassVar[str] = ""  # set by the registry
    column: ClassVar[type[TypeEngine[Any]]] = PlainText
    value_type: ClassVar[str] = "text"  # the type an expression sees: see metadata/expressions
    relation: ClassVar[str] = ""  # "", one, many or any
    multiple: ClassVar[bool] = False  # the value is a list
    sortable: ClassVar[bool] = True
    few: ClassVar[bool] = False  # there are few different values, so that many records share each
    generated: ClassVar[bool] = False  # the machine makes the value at creation; nobody types it
    searchable: ClassVar[bool] = False  # may serve quick filters and search
    shape: ClassVar[Mapping[str, Any] | None] = None  # JSON Schema of what `dump` answers
    # The parts that a value may be typed in as a mapping, each with other words for it in files.
    parts: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    main_part: ClassVar[str] = ""  # the part that a text is which stands beside other parts
    in_browser: ClassVar[str] = ""  # how a script reads what is typed (`elements/live/typed.ts`); none can
    reads: ClassVar[frozenset[str]] = frozenset()  # the reader's habits that typed text is read by

    is_kept: bool = True  # in columns; otherwise the value is worked out whenever it is asked for
    has_columns: bool = True  # it has some, if only for records in which it is frozen

    def __init__(self, settings: Mapping[str, Any] | None = None) -> None:
        self.settings: Mapping[str, Any] = settings or {}
        self.looks = self.name  # the field type whose looks show its values

    def columns(self) -> dict[str, TypeEngine[Any]]:
        """The columns a value needs, by suffix. The first, with the suffix "", sorts and compares.

        Empty for a value kept in a table of its own (a to-many link).
        """
        return {"": self.column()}

    def parse(self, typed: Any, reader: Reader = PLAIN) -> V | None:
        """Read a typed value. Empty text and None are the empty value. Raises ValueRefused."""
        raise NotImplementedError

    def store(self, value: V) -> tuple[Any, ...]:
        """The value as its columns hold it, in their order."""
        return (value,)

    def load(self, *stored: Any) -> V | None:
        """A value from its columns, in their order; the mirror of `store`, for at least one not None."""
        value: V | None = stored[0]
        return value

    def dump(self, value: V) -> Any:
        """The value as JSON carries it (`api.md`). What it answers, `parse` reads back to the same value."""
        return value

    def show(self, value: V, reader: Reader = PLAIN) -> str:
        """The value as a person reads it, in plain text."""
        return str(value)

    def typed(self, value: V, reader: Reader = PLAIN) -> Any:
        """The value as an input holds it, for a person to change; `parse` reads it back."""
        return self.dump(value)

    def text(self, value: V) -> str:
        """The words of the value that search and quick filters look through."""
        return self.show(value)

    def operand(self, value: V) -> Any:
        """The value as an expression sees it: text, Decimal, bool, date, datetime, list, Reference."""
        return value

    def facts(self, value: V) -> Mapping[str, Any]:
        """The parts of the value that an expression may name, as its declaration lists them."""
        return {}

    def region(self, typed: Any) -> str:
        """The ISO 3166 code of the country that a typed value is in; nothing when it names none."""
        return ""

    def references(self, value: V) -> Sequence[Reference]:
        """The records the value points to, to be checked before a write."""
        return ()

    def cells(self, value: V) -> tuple[Any, ...]:
        """The value as a file holds it: a cell for each part, or one. `parse` reads them back.

        Numbers and days stay what they are, so that a workbook may reckon with them.
        """
        dumped = self.dump(value)
        return tuple(map(dumped.get, self.parts)) if self.parts else (dumped,)

    def refuse(self, reason: str, message: str) -> ValueRefused:
        """A refusal to raise, its code prefixed with the type's name: `email.not-an-address`."""
        return ValueRefused(f"{self.name}.{reason}", message)


class FieldTypes(Registry[type[FieldType[Any]]]):
    """Field types by the name that metadata calls them."""

    def register(self, name: str):  # type: ignore[no-untyped-def]
        """Decorate a field type, and tell it its name."""
        add = super().register(name)

        def named(field_type: type[FieldType[Any]]) -> type[FieldType[Any]]:
            field_type.name = name
            return add(field_type)

        return named


field_types = FieldTypes("field type")
