"""What a field or a section is offered on is an expression, checked where it is written."""

import pytest

from metadata.syntax import Expression
from tests.metadata.compiling import compiled, marked, mistakes

ZOO = "entity: zoo\nfields:\n  name: {type: text}\n  size: {type: decimal}\n  herd: {type: link, to: herd}\n"
CHOICE = "  kind: {type: choice, choices: [open_air, house], choices_when: "
LINK = "  star: {type: link, to: zebra, filter: "


def test_conditions_of_fields_and_sections_are_read_once_for_all() -> None:
    catalog = compiled(
        ZOO + CHOICE + '{house: "size < 5"}}\n' + LINK + '"herd == parent.herd"}\n',
        "layout: zoo_form\nentity: zoo\nkind: form\nsections:\n- {fields: [name]}\n- {fields: [herd], when: size > 1}",
    ).catalog

    assert catalog is not None
    fields = catalog.entities["zoo"].fields
    assert isinstance(fields["kind"].settings["choices_when"]["house"], Expression)
    assert fields["star"].settings["filter"].source == "herd == parent.herd"
    [tab] = catalog.layouts["zoo_form"].tabs
    assert [section.when and section.when.source for section in tab.sections] == [None, "size > 1"]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("field.unknown-choice", ZOO + CHOICE + "{‸hous: size < 5}}"),
        ("expression.unknown-field", ZOO + CHOICE + "{house: ‸siz < 5}}"),
        ("expression.not-a-condition", ZOO + CHOICE + "{house: ‸size}}"),
        ("expression.unknown-field", ZOO + LINK + "‸hert == parent.herd}"),
        ("expression.unknown-field", ZOO + LINK + "herd == ‸parent.hert}"),
        ("expression.unknown-field", "layout: page\nentity: zebra\nsections:\n- {fields: [size], when: ‸sice > 1}"),
        ("expression.unknown-field", "layout: page\nentity: zebra\ntabs:\n- sections:\n  - {when: ‸sice > 1}"),
        ("expression.syntax", "layout: page\nentity: zebra\nsections:\n- {when: size >‸}"),
    ],
)
def test_a_mistake_in_a_condition_is_told_at_its_place(code: str, text: str) -> None:
    written, place = marked(text)

    [mistake] = mistakes(written)

    assert mistake.code == code
    assert (mistake.place.line, mistake.place.column) == place
