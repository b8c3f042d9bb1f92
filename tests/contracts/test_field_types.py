"""Every field type does what the examples in its declaration say."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import ValueRefused
from engine.fields import FieldType, field_types
from metadata import declarations

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=60),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
LINKS = {"choices": ["new", "old"], "to": ["company"], "pipelines": []}


def examples() -> list[Any]:
    return [
        pytest.param(name, example, id=f"{name}: {example['name']}")
        for name in declarations.names()
        for example in declarations.declared(name).examples
    ]


def settings_of(name: str, example: dict[str, Any]) -> dict[str, Any]:
    return {**declarations.declared(name).defaults, **example.get("settings", {})}


@pytest.mark.parametrize(("name", "example"), examples())
def test_the_example_holds(name: str, example: dict[str, Any]) -> None:
    field_type = field_types[name](settings_of(name, example))

    if "refused" in example:
        with pytest.raises(ValueRefused) as refusal:
            field_type.parse(example["typed"])
        assert refusal.value.code == example["refused"]
        return

    value = field_type.parse(example["typed"])

    assert (None if value is None else field_type.dump(value)) == example["stored"]
    if "shown" in example:
        assert field_type.show(value) == example["shown"]


@pytest.mark.parametrize(("name", "example"), examples())
def test_a_value_comes_back_from_its_columns_and_from_json(name: str, example: dict[str, Any]) -> None:
    field_type = field_types[name](settings_of(name, example))
    if "refused" in example or (value := field_type.parse(example["typed"])) is None:
        return

    assert field_type.parse(field_type.dump(value)) == value
    if field_type.columns():
        stored = field_type.store(value)
        assert len(stored) == len(field_type.columns())
        assert field_type.load(*stored) == value


def test_every_field_type_is_declared_and_every_declaration_is_a_field_type() -> None:
    assert list(field_types) == sorted(declarations.names())


@pytest.mark.parametrize("name", sorted(declarations.names()))
def test_the_declaration_says_of_the_type_what_the_type_says_of_itself(name: str) -> None:
    declared, field_type = declarations.declared(name), field_types[name]

    assert (declared.value, declared.relation) == (field_type.value_type, field_type.relation)


@pytest.mark.parametrize("name", sorted(declarations.names()))
@given(typed=JSON)
def test_whatever_is_typed_is_read_or_refused(name: str, typed: Any) -> None:
    field_type = field_types[name]({**declarations.declared(name).defaults, **LINKS})

    value, refusal = read_or_refuse(field_type, typed)

    if refusal is not None:
        assert refusal.code.startswith(f"{name}.")
        assert refusal.message
    else:
        assert value is None or field_type.parse(field_type.dump(value)) == value


def read_or_refuse(field_type: FieldType[Any], typed: Any) -> tuple[Any, ValueRefused | None]:
    try:
        return field_type.parse(typed), None
    except ValueRefused as refusal:
        return None, refusal
