"""Formula: a value that is worked out, and behaves in everything as its result does."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from sqlalchemy.types import TypeEngine

from engine.errors import ValueRefused
from engine.fields.base import PLAIN, FieldType, Reader, Reference, field_types

FACTS = (
    "value_type", "relation", "multiple", "sortable", "few", "searchable", "shape", "parts", "main_part", "reads", "in_browser",
)  # fmt: skip


@field_types.register("formula")
class Formula(FieldType[Any]):
    """A computed value. Nobody writes it; it is kept in columns unless it changes by itself."""

    value_type: ClassVar[str] = "text"

    def __init__(self, settings: Mapping[str, Any] | None = None) -> None:
        super().__init__(settings)
        self.result = field_types[self.settings.get("result", "text")](self.settings)
        self.is_kept = self.settings.get("mode") != "read"
        self.has_columns = self.is_kept or "freeze_when" in self.settings
        self.looks = self.result.looks
        self.__dict__.update({fact: getattr(self.result, fact) for fact in FACTS})

    def columns(self) -> dict[str, TypeEngine[Any]]:
        """Those of the result."""
        return self.result.columns()

    def parse(self, typed: Any, reader: Reader = PLAIN) -> Any:
        """Read a value to compare with."""
        try:
            return self.result.parse(typed, reader)
        except ValueRefused as refusal:
            raise self.refuse(refusal.code.partition(".")[2], refusal.message) from None

    def store(self, value: Any) -> tuple[Any, ...]:
        """As the result is stored."""
        return self.result.store(value)

    def load(self, *stored: Any) -> Any:
        """As the result is loaded."""
        return self.result.load(*stored)

    def dump(self, value: Any) -> Any:
        """As the result is dumped."""
        return self.result.dump(value)

    def show(self, value: Any, reader: Reader = PLAIN) -> str:
        """As the result is shown."""
        return self.result.show(value, reader)

    def typed(self, value: Any, reader: Reader = PLAIN) -> Any:
        """As the result is typed."""
        return self.result.typed(value, reader)

    def text(self, value: Any) -> str:
        """The words of the result."""
        return self.result.text(value)

    def operand(self, value: Any) -> Any:
        """The result as an expression sees it."""
        return self.result.operand(value)

    def references(self, value: Any) -> Sequence[Reference]:
        """The records that the result points to."""
        return self.result.references(value)

    def cells(self, value: Any) -> tuple[Any, ...]:
        """The result as a file holds it."""
        return self.result.cells(value)
