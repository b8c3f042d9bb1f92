"""Every mistake in a pack is told at its place, with a code, the reason and the way on."""

import re
from dataclasses import dataclass
from itertools import chain

import pytest

from tests.metadata.compiling import compiled, marked, mistakes


@dataclass(frozen=True)
class Case:
    """A document with a mistake, a mark where it stands, and what is to be said of it."""

    code: str
    text: str
    says: str = ""
    hint: str = ""


ZOO = "entity: zoo\nfields:\n  name: {type: text}\n"
VIEW = "view: some\nentity: zebra\n"
LAYOUT = "layout: page\nentity: zebra\n"

CASES = [
    # How it is written
    Case("source.malformed", "entity: ‸[zebra", "flow sequence"),
    Case("source.malformed", "entity: zoo\nfields:\n  ‸\tname: {type: text}", "can"),
    Case("source.duplicate-key", ZOO + "  ‸name: {type: date}", '"name"', "Keep one"),
    Case("source.tag", ZOO + "help: ‸!!python/object:os.system x", "no meaning here"),
    Case("source.tag", ZOO + "help: ‸!secret x", "!secret"),
    Case("source.tag", "entity: zoo\nfields:\n  name: &a {type: text}\n  other: {‸<<: *a}", "Merge keys"),
    Case("source.key", ZOO + "? ‸[a, b]\n: c", "A key must be"),
    Case("source.control-character", ZOO + 'help: ‸"a\\0b"', "control character"),
    Case("document.not-a-mapping", "‸- entity: zoo", "mapping whose first key"),
    Case("document.unknown-kind", "‸entitty: zoo", '"entitty"', 'Did you mean "entity"?'),
    Case("document.no-key", "‸entity:", "must be followed by the key"),
    Case("document.duplicate", "‸entity: zebra", "stands in local/savanna.yaml", "overlay: entity/zebra"),
    # Its shape
    Case("entity.malformed", "entity: ‸Zoo", "Zoo", "lower-case letters"),
    Case("entity.malformed", 'entity: ‸"zoo\\n"', "not well-formed"),
    Case("entity.unknown-key", ZOO + "‸lable: Zoo", '"lable"', 'Did you mean "label"?'),
    Case("entity.wrong-type", ZOO + "label: ‸7", "must be text"),
    Case("entity.wrong-type", "entity: zoo\nfields: ‸[name]", "must be a mapping"),
    Case("entity.unknown-choice", ZOO + "access: ‸prvate", '"prvate"', 'Did you mean "private"?'),
    Case("entity.unknown-key", ZOO + "access: {‸inherits: name}", '"inherits"', '"inherit"'),
    Case("entity.malformed-key", ZOO + "  ‸Größe: {type: decimal}", "Größe", "lower-case"),
    Case("entity.wrong-type", ZOO + "  size: ‸decimal", "must be a mapping"),
    Case("field.no-type", ZOO + "  size: ‸{required: true}", "has no type", "type: text"),
    Case("field.unknown-type", ZOO + "  size: {type: ‸decimel}", '"decimel"', 'Did you mean "decimal"?'),
    Case("field.reserved", ZOO + "  ‸version: {type: integer}", "every record has already"),
    Case("entity.unknown-key", ZOO + "  size: {type: decimal, ‸maxx: 3}", '"maxx"', 'Did you mean "max"?'),
    Case("entity.unknown-key", ZOO + "  size: {type: decimal, ‸after: name}", '"after"', "overlays only"),
    Case("entity.wrong-type", ZOO + "  size: {type: decimal, scale: ‸two}", "whole number"),
    Case("entity.invalid", ZOO + "  size: {type: decimal, scale: ‸9}", "more than 8"),
    Case("entity.wrong-type", ZOO + "  size: {type: decimal, required: ‸yes}", "true or false"),
    Case("entity.missing-key", ZOO + "  herd: ‸{type: link}", '"to" is missing'),
    Case("entity.unknown-choice", ZOO + "  herd: {type: link, to: herd, on_delete: ‸cascde}", "", '"cascade"'),
    # What it speaks of
    Case("field.unknown-target", ZOO + "  herd: {type: link, to: ‸hers}", "no entity", 'Did you mean "herd"?'),
    Case("field.unknown-choices", ZOO + "  coat: {type: choice, choices: ‸coat}", "", 'Did you mean "coats"?'),
    Case("field.inverse-taken", ZOO + "  herd: {type: link, to: herd, inverse: ‸name}", '"herd" has a field'),
    Case("field.default", ZOO + "  coat: {type: choice, choices: coats, default: ‸strped}", "", '"striped"'),
    Case("field.default", ZOO + "  size: {type: decimal, default: ‸big}", "is no number"),
    Case("field.default", ZOO + "  born: {type: date, default: ‸soon}", "is no date"),
    Case("field.default", ZOO + "  tame: {type: boolean, default: ‸maybe}", "is no boolean"),
    Case("entity.unknown-field", ZOO + "title: ‸nmae", '"nmae"', 'Did you mean "name"?'),
    Case("entity.unknown-field", ZOO + "owner: ‸keeper", '"keeper"', "Known fields: name"),
    Case("entity.owner", ZOO + "owner: ‸name", "of type user"),
    Case("entity.unknown-field", ZOO + "search: [name, ‸nmae]", '"nmae"', 'Did you mean "name"?'),
    Case("entity.unknown-field", ZOO + "unique: [[name, ‸nmae]]", '"nmae"', 'Did you mean "name"?'),
    Case("entity.invalid", ZOO + "unique: [‸[name, name]]", "an entry twice"),
    Case("field.not-indexable", ZOO + "  told: {type: long_text, index: ‸true}", "not compared"),
    Case("field.not-indexable", ZOO + "  told: {type: text, max: 900, unique: ‸true}", "too long", "max: 500"),
    Case("field.not-indexable", ZOO + "  tags: {type: tags}\nunique: [[name, ‸tags]]", "not compared"),
    Case("entity.unknown-field", ZOO + "rules: {r: {require: [‸nmae]}}", '"nmae"', 'Did you mean "name"?'),
    Case("entity.unknown-field", ZOO + "rules: {r: {check: name == 'x', field: ‸nmae}}", "", '"name"'),
    Case("entity.mirrors", ZOO + "  key: {type: text}\nmirrors: ‸role", '"description"'),
    Case("entity.inherit", ZOO + "access: {inherit: ‸herd}", "is no link", "Known links"),
    Case("entity.no-pipeline", ZOO + "  stage: ‸{type: stage}", "no pipeline", "pipeline: …, entity: zoo"),
    Case(
        "entity.inherit-circle",
        "entity: zoo\naccess: {inherit: ‸up}\nfields: {name: {type: text}, up: {type: link, to: zoo}}",
        "zoo → zoo",
    ),
    # Its expressions, wherever they stand
    Case("expression.syntax", VIEW + "where: size >‸", "can't be read"),
    Case("expression.unknown-field", VIEW + "where: size > 1 and ‸sise < 3", "'sise'", "^^^^"),
    Case("expression.unknown-field", VIEW + "where: ‸herd.nam == 'x'", 'Did you mean "name"?'),
    Case("expression.unknown-value", VIEW + "where: coat == ‸'strped'", 'Did you mean "striped"?'),
    Case("expression.not-ordered", VIEW + "where: ‸name > 'x'", "can't be compared"),
    Case("expression.not-a-condition", VIEW + "where: ‸name", "where a condition must stand"),
    Case("expression.not-a-condition", VIEW + "where: tame and ‸name", "where a condition must stand"),
    Case("expression.unknown-function", VIEW + "where: ‸contians(name, 'x')", '"contains"'),
    Case("expression.not-a-date", VIEW + "where: born > ‸'soon'", "2026-01-31"),
    Case("expression.types-differ", VIEW + "where: size == ‸'big'", "never be equal"),
    Case("expression.to-many-value", VIEW + "where: ‸friends == me", "no single value"),
    Case("expression.not-a-link", VIEW + "where: ‸friends.name == 'x'", "links to no single record"),
    Case("expression.not-allowed", VIEW + 'where: "‸__class__ == 1"', "don't start with"),
    Case("expression.no-old", VIEW + "where: ‸old.size > 1", "in rules only"),
    Case("expression.syntax", ZOO + "rules: {r: {when: \"name == ‸'x\"}}", "never closed"),
    Case("expression.unknown-field", ZOO + "rules:\n  r:\n    check: ‸nmae == 'x'\n", "", "^^^^"),
    Case("expression.unknown-field", ZOO + "rules:\n  r:\n    when: changed(‸'nmae')\n", "", "^^^^^^"),
    Case("expression.not-there", ZOO + '  mother: {type: link, to: zoo, inverse: foals}\n  size: {type: integer, default: "= count(‸foals)"}', "no related records yet"),
    Case("expression.unknown-field", ZOO + '  size: {type: decimal, default: "= ‸nmae"}', "'nmae'"),
    Case("expression.types-differ", ZOO + '  size: {type: decimal, default: "= ‸today()"}', "a number must stand"),
    # Views, layouts, pipelines, roles, apps, samples, translations
    Case("view.unknown-entity", "view: some\nentity: ‸zebr", "no entity", 'Did you mean "zebra"?'),
    Case("view.missing-key", "‸view: some", '"entity" is missing'),
    Case("view.unknown-field", VIEW + "columns: [name, ‸nmae]", '"nmae"', 'Did you mean "name"?'),
    Case("view.unknown-field", VIEW + "columns: [‸herd.nmae]", '"nmae" of herd', 'Did you mean "name"?'),
    Case("view.unknown-field", VIEW + "columns: [‸friends.name]", "no single record"),
    Case("view.unknown-field", VIEW + "sort: [‸-nmae]", '"nmae"', 'Did you mean "name"?'),
    Case("view.unknown-field", VIEW + "check_off: {‸tme: true}", '"tme"', 'Did you mean "tame"?'),
    Case("view.unknown-choice", VIEW + "kind: ‸kanbann", '"kanbann"', 'Did you mean "kanban"?'),
    Case("view.no-group", VIEW + "kind: ‸kanban", "make its columns of", "group: <field>"),
    Case("view.group", VIEW + "group: ‸name", "can't make groups", "Known fields"),
    Case("layout.unknown-entity", "layout: page\nentity: ‸zebr", "no entity", 'Did you mean "zebra"?'),
    Case("layout.unknown-field", LAYOUT + "sections:\n- fields: [name, ‸nmae]", "", 'Did you mean "name"?'),
    Case("layout.unknown-field", LAYOUT + "tabs:\n- sections:\n  - fields: [‸nmae]", "", '"name"'),
    Case("layout.unknown-field", LAYOUT + "highlights: [‸nmae]", "", 'Did you mean "name"?'),
    Case("layout.unknown-relation", LAYOUT + "related: [‸frends]", "", 'Did you mean "friends"?'),
    Case("layout.unknown-relation", LAYOUT + "timeline: [‸herd]", "to many records"),
    Case("layout.unknown-field", LAYOUT + "related:\n- {relation: friends, columns: [‸nmae]}", "", '"name"'),
    Case("layout.missing-key", LAYOUT + "composer:\n- ‸{label: Call, entity: task}", '"relation"'),
    Case("layout.composer", LAYOUT + "composer:\n- {label: Call, entity: task, relation: ‸taks}", "", '"tasks"'),
    Case("layout.invalid", LAYOUT + "sections:\n- {columns: ‸9}", "more than 4"),
    Case("pipeline.unknown-entity", "pipeline: road\nentity: ‸zebr\nstages: {a: {}}", "", '"zebra"'),
    Case("pipeline.no-stage-field", "pipeline: road\nentity: ‸herd\nstages: {a: {}}", "no field of type stage"),
    Case("pipeline.unknown-stage", "pipeline: road\nentity: zebra\nstages: {calf: {moves: [‸clf]}}", "", '"calf"'),
    Case("pipeline.unknown-field", "pipeline: road\nentity: zebra\nstages: {a: {requires: [‸sze]}}", "", '"size"'),
    Case("pipeline.unknown-choice", "pipeline: road\nentity: zebra\nstages: {a: {category: ‸win}}", "", '"won"'),
    Case("choices.unknown-choice", "choices: hues\nvalues: {a: {color: ‸blu}}", "", 'Did you mean "blue"?'),
    Case("choices.wrong-type", "choices: hues\nvalues: ‸red", "must be a list or a mapping"),
    Case("role.unknown-entity", "role: keeper\ngrants: {‸zebr: {read: all}}", "", 'Did you mean "zebra"?'),
    Case("role.unknown-field", "role: keeper\ngrants: {zebra: {fields: {‸nmae: read}}}", "", '"name"'),
    Case("role.unknown-choice", "role: keeper\ngrants: {zebra: {read: ‸al}}", "", 'Did you mean "all"?'),
    Case("role.unknown-choice", "role: keeper\ngrants: {zebra: {read: ‸branch}}", "not available yet"),
    Case("app.unknown-view", "app: main\ngroups:\n- items: [{view: ‸all_zebra}]", "", '"all_zebras"'),
    Case("app.item", "app: main\ngroups:\n- items: [‸{label: Zoo}]", "one of them"),
    Case("sample.unknown-entity", "sample: first\nrecords: [{‸zebr: {name: Zed}}]", "", '"zebra"'),
    Case("sample.unknown-field", "sample: first\nrecords: [{zebra: {‸nmae: Zed}}]", "", '"name"'),
    Case("expression.syntax", 'sample: first\nrecords: [{zebra: {name: ‸"= today( +"}}]', "", "expression"),
    Case("sample.unknown-value", "sample: first\nrecords: [{zebra: {coat: ‸strped}}]", "", '"striped"'),
    Case("translation.unknown-part", "translation: de\ntexts: {‸entitty: {}}", "", 'Did you mean "entity"?'),
    Case("translation.unknown-part", "translation: de\ntexts: {entity: {‸zebr: {label: Z}}}", "", '"zebra"'),
    Case("translation.unknown-part", "translation: de\ntexts: {entity: {zebra: {fields: {‸nmae: {label: N}}}}}", "", '"name"'),
    Case("translation.malformed", "translation: ‸german\ntexts: {}", "not well-formed"),
    # Overlays
    Case("entity.unknown-key", "overlay: entity/zebra\n‸lable: Z", '"lable"', 'Did you mean "label"?'),
    Case("field.unknown-type", "overlay: entity/zebra\nfields: {wild: {type: ‸bolean}}", "", '"boolean"'),
    Case("overlay.key", "overlay: entity/zebra\nentity: ‸zorse", "can't change the key"),
    Case("overlay.malformed", "overlay: ‸zebra", "not well-formed"),
]


@pytest.mark.parametrize("case", CASES, ids=[f"{case.code}: {case.text[-40:]!r}" for case in CASES])
def test_a_mistake_is_told_at_its_place(case: Case) -> None:
    text, (line, column) = marked(case.text)

    [found] = mistakes(text)

    assert (found.code, found.place.file) == (case.code, "local/0.yaml")
    assert (found.place.line, found.place.column) == (line, column)
    assert case.says in found.message + found.hint
    assert case.hint in found.message + found.hint
    assert found.severity == "error"


def test_all_mistakes_of_all_files_are_told_at_once_and_none_twice() -> None:
    texts = [
        re.sub(r"\b(zoo|some|page|road|hues|keeper|main|first)$", rf"\1_{at}", marked(case.text)[0], count=1, flags=re.MULTILINE)
        for at, case in enumerate(CASES)
        if not case.code.startswith(("translation", "document", "overlay")) and "herd\nstages" not in case.text
    ]
    alone = list(chain.from_iterable(mistakes(text) for text in texts))

    together = mistakes(*texts)

    assert sorted(each.code for each in together) == sorted(each.code for each in alone)


def test_a_pack_with_a_mistake_makes_no_catalog() -> None:
    assert compiled("entity: zoo\nfields: {name: {type: txt}}").catalog is None
    assert compiled("entity: zoo\nfields: {name: {type: text}}").catalog is not None
