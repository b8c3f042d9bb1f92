"""Conditions that screens ask for by themselves, made of values rather than of text."""

from metadata.syntax import Compare, Expression, Literal, Path


def equals(path: str, value: str | None) -> Expression:
    """The condition that a field, or a path over links, has this value."""
    root = Compare("==", Path(tuple(path.split("."))), Literal(value))
    return Expression(f"{path} == {value!r}", root)
