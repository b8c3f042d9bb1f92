"""A renamed field is the same field: whoever speaks of it by a former name means it, and is understood."""

import re
from typing import Any

import pytest
from hypothesis import given, settings

from metadata.catalog import Catalog
from metadata.compiler import Compiled, compile_packs
from metadata.expressions import parse_expression
from metadata.identities import NONE, Identities, read_identities
from metadata.names import Known
from metadata.packs import builtin
from metadata.renaming import Speaker
from metadata.source import SourceFile
from metadata.syntax import ExpressionRefused
from tests.metadata.speaking import sources

BEFORE = """
entity: zebra
title: name
fields:
  name: {type: text}
  size: {type: decimal}
  doubled: {type: decimal, default: "= size * 2"}
  herd: {type: link, to: herd, inverse: zebras}
rules:
  large: {when: "changed('size') and old.size > 1", check: "size > 2 and name != 'size'", field: size, lock: [size]}
---
entity: herd
fields:
  name: {type: text}
  rank: {type: integer}
"""
AFTER = BEFORE.replace("size: {type: decimal}", "weight: {type: decimal, was: size}")
AROUND = """
view: heavy
entity: zebra
columns: [name, size, herd.rank]
sort: [-size]
where: (size>1) and herd.rank  ==  2
---
view: full
entity: herd
where: any(zebras, size > parent.rank and herd.rank == 1) and count(zebras) > 1
---
layout: page
entity: zebra
highlights: [size]
sections: [{fields: [name, size]}]
---
layout: herd_page
entity: herd
related: [{relation: zebras, columns: [name, size]}]
---
role: scale
grants: {zebra: {read: all, fields: {size: none, "*": read}}}
---
overlay: entity/zebra
fields: {size: {label: Kilos}, name: {after: size}}
rules: {local: {check: size < 900}}
"""


def compiled(*texts: str, before: Identities = NONE, packs: str = "pack") -> Compiled:
    files = [SourceFile(packs, f"{packs}/{at}.yaml", text) for at, text in enumerate(texts[:1])]
    files += [SourceFile("local", f"local/{at}.yaml", text) for at, text in enumerate(texts[1:])]
    return compile_packs([*builtin("core"), *files], before)


def made(*texts: str, before: Identities = NONE) -> Catalog:
    found = compiled(*texts, before=before)
    assert found.catalog is not None, str(found.diagnostics)
    return found.catalog


def remembered(*versions: str) -> Identities:
    """What is known after publishing one version after the other, kept and read back each time."""
    known = NONE
    for version in versions:
        known = read_identities(compiled(version, before=known).identities.as_json())
    return known


def document(catalog: Catalog, kind: str, key: str) -> Any:
    return catalog.documents[kind, key].data


@pytest.mark.parametrize("after", [AFTER, AFTER.replace(", was: size", "")])
def test_everything_that_named_the_field_names_it_as_it_is_called_now(after: str) -> None:
    after = after.replace("size", "weight").replace("was: weight", "was: size")  # what its author may see

    catalog = made(after, AROUND, before=remembered(BEFORE, AFTER))

    zebra, heavy = catalog.entities["zebra"], catalog.views["heavy"]
    assert zebra.former == {"size": "weight"}
    assert heavy.where is not None
    assert heavy.where.source == "(weight>1) and herd.rank  ==  2"
    assert (heavy.columns, heavy.sort) == (("name", "weight", "herd.rank"), ("-weight",))
    full = catalog.views["full"].where
    assert full is not None
    assert full.source == "any(zebras, weight > parent.rank and herd.rank == 1) and count(zebras) > 1"
    assert catalog.layouts["page"].highlights == ("weight",)
    assert catalog.layouts["page"].tabs[0].sections[0].fields == ("name", "weight")
    assert catalog.layouts["herd_page"].related[0].columns == ("name", "weight")
    assert catalog.roles["scale"].grants["zebra"].fields == {"weight": "none", "*": "read"}
    assert zebra.fields["weight"].label == "Kilos"
    assert zebra.rules[-1].check is not None
    assert zebra.rules[-1].check.source == "weight < 900"
    assert document(catalog, "view", "heavy")["where"] == "(weight>1) and herd.rank  ==  2"


def test_the_entity_itself_may_go_on_speaking_of_the_former_name() -> None:
    zebra = made(AFTER).entities["zebra"]

    [rule] = zebra.rules
    assert rule.when is not None
    assert rule.check is not None
    assert rule.when.source == "changed('weight') and old.weight > 1"
    assert rule.check.source == "weight > 2 and name != 'size'"
    assert (rule.field, rule.lock) == ("weight", ("weight",))
    assert zebra.fields["doubled"].default.source == "weight * 2"


def test_formulas_choices_and_what_links_offer_follow_a_rename() -> None:
    more = (
        "overlay: entity/zebra\nfields:\n"
        "  twice: {type: formula, result: decimal, formula: size + sum(friends.size)}\n"
        "  coat: {type: choice, choices: [plain, striped], choices_when: {striped: size > 1}}\n"
        "  friends: {type: links, to: zebra}\n"
        "  mother: {type: link, to: zebra, filter: size > parent.size and herd.rank > parent.doubled}\n"
        "---\nlayout: page\nentity: zebra\nsections: [{fields: [size], when: size > 1}]\n"
    )

    catalog = made(AFTER, more, before=remembered(BEFORE))

    fields = document(catalog, "entity", "zebra")["fields"]
    assert fields["twice"]["formula"] == "weight + sum(friends.weight)"
    assert fields["coat"]["choices_when"] == {"striped": "weight > 1"}
    assert fields["mother"]["filter"] == "weight > parent.weight and herd.rank > parent.doubled"
    assert document(catalog, "layout", "page")["sections"] == [{"fields": ["weight"], "when": "weight > 1"}]
    assert str(catalog.entities["zebra"].fields["twice"].formula.source) == "weight + sum(friends.weight)"  # type: ignore[union-attr]


def test_a_name_is_remembered_when_it_is_said_no_more() -> None:
    before = remembered(BEFORE, AFTER)

    zebra = made(AFTER.replace(", was: size", ""), before=before).entities["zebra"]

    assert zebra.former == {"size": "weight"}
    assert zebra.rules[0].check is not None
    assert zebra.rules[0].check.source.startswith("weight > 2")


def test_every_name_that_a_field_had_means_it() -> None:
    thrice = AFTER.replace("weight: {type: decimal, was: size}", "mass: {type: decimal, was: weight}")

    zebra = made(thrice, before=remembered(BEFORE, AFTER, thrice)).entities["zebra"]

    assert zebra.former == {"size": "mass", "weight": "mass"}


def test_a_name_that_something_has_now_means_that() -> None:
    reused = AFTER.replace("  name: {type: text}", "  name: {type: text}\n  size: {type: integer}", 1)

    zebra = made(reused, AROUND, before=remembered(BEFORE, AFTER)).entities["zebra"]

    assert zebra.former == {}
    assert zebra.fields["size"].label == "Kilos"
    assert zebra.fields["doubled"].default.source == "size * 2"


@pytest.mark.parametrize(
    "over",
    ["size: {label: Old, help: Kept}, weight: {label: Kilos}", "weight: {label: Kilos}, size: {label: Old, help: Kept}"],
)
def test_what_is_said_under_both_names_is_said_of_one_field(over: str) -> None:
    role = "role: scale\ngrants: {zebra: {read: all, fields: {size: write, weight: none}}}"

    catalog = made(AFTER, f"overlay: entity/zebra\nfields: {{{over}}}", role, before=remembered(BEFORE))

    zebra = catalog.entities["zebra"]
    assert catalog.roles["scale"].grants["zebra"].fields == {"weight": "none"}
    assert (zebra.fields["weight"].label, zebra.fields["weight"].help) == ("Kilos", "Kept")
    assert "size" not in zebra.fields


def test_a_client_may_rename_what_a_pack_declares() -> None:
    over = "overlay: entity/zebra\nfields: {weight: {type: decimal, was: size}, size: null}"

    zebra = made(BEFORE, over, before=remembered(BEFORE)).entities["zebra"]

    assert zebra.fields["weight"].identity == "zebra.size"
    assert zebra.fields["doubled"].default.source == "weight * 2"


def test_the_other_side_of_a_link_may_be_called_otherwise() -> None:
    turned = BEFORE.replace("inverse: zebras", "inverse: stripes")

    catalog = made(turned, AROUND, before=remembered(BEFORE))

    full = catalog.views["full"].where
    assert catalog.entities["herd"].former == {"zebras": "stripes"}
    assert full is not None
    assert full.source == "any(stripes, size > parent.rank and herd.rank == 1) and count(stripes) > 1"
    assert catalog.layouts["herd_page"].related[0].relation == "stripes"


NAMES = ["name", "size", "herd.name", "friends", "friends.size", "old.size", "herd.zebras.size", "me.name", "doubled"]
RENAMED = {"size": "weight", "friends": "mates", "zebras": "stripes", "herd": "group"}


@settings(max_examples=400)
@given(sources(NAMES))
def test_a_name_is_replaced_wherever_it_stands_and_nothing_else_is(source: str) -> None:
    zebra = Known(frozenset(("name", "doubled", *RENAMED.values())), RENAMED, {"group": ("herd", False), "mates": ("zebra", True)})
    herd = Known(frozenset(("name", "stripes")), {"zebras": "stripes"}, {"stripes": ("zebra", True)})
    expected = re.sub(r"\b(size|friends|zebras|herd)\b", lambda name: RENAMED[name[0]], source)

    said = Speaker({"zebra": zebra, "herd": herd}).expression("zebra", source)

    assert said in {expected, source}
    assert (said == source) == (expected == source or not is_readable(source))


def is_readable(source: str) -> bool:
    try:
        parse_expression(source)
    except ExpressionRefused:
        return False
    return True


def test_identities_kept_before_names_were_remembered_can_still_be_read() -> None:
    kept = [["zebra", "zebra", True, [["zebra.size", "size", "decimal", True]]]]

    zebra = made(AFTER, before=read_identities(kept)).entities["zebra"]

    assert zebra.fields["weight"].identity == "zebra.size"
    assert read_identities(kept).as_json() == kept


def test_a_mistake_beside_a_former_name_is_told_with_the_name_of_now() -> None:
    wrong = AROUND.replace("where: (size>1)", "where: (size>'x')")

    found = str(compiled(AFTER, wrong).diagnostics)

    assert "(weight>'x') and herd.rank" in found


def test_what_was_never_renamed_is_the_same_document() -> None:
    first = made(BEFORE, AROUND.replace("size", "doubled"))
    second = compile_packs(
        [*builtin("core"), SourceFile("pack", "pack/0.yaml", AFTER), SourceFile("local", "local/0.yaml", AROUND.replace("size", "doubled"))],
        NONE, first,
    ).catalog  # fmt: skip

    assert second is not None
    assert second.entities["herd"] is first.entities["herd"]
    assert second.entities["user"] is first.entities["user"]
