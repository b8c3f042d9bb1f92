"""A formula that comes to a record or a choice looks on a page as a field of that type does."""

from engine.records.commands import create_record
from engine.tenant import Tenant
from tests.engine.publishing import publish
from tests.ui_builder.visiting import Visitor

BONGO = """
entity: bongo
title: name
fields:
  name: {type: text, required: true}
  mother: {type: link, to: bongo, inverse: children}
  coat: {type: choice, choices: &coats {red: {label: Deep red}, dun: {label: Dun}}}
  granny: {type: formula, result: link, to: bongo, formula: mother.mother}
  kin: {type: formula, result: choice, choices: {red: {label: Deep red}, dun: {label: Dun}}, formula: mother.coat}
""".replace("&coats ", "")


def test_a_page_shows_it_as_what_it_is(shared: Tenant, ada: Visitor) -> None:
    publish(shared, BONGO)
    with shared.writing() as ctx:
        granny = create_record(ctx, "bongo", {"name": "Old Ada"}).id
        mother = create_record(ctx, "bongo", {"name": "Bea", "coat": "red", "mother": granny}).id
        child = create_record(ctx, "bongo", {"name": "Cleo", "mother": mother}).id

    page = ada.get(f"/records/bongo/{child}")

    assert f'href="/records/bongo/{granny}"' in page.html
    assert "Granny Old Ada" in page.words
    assert "Deep red" in page.words
