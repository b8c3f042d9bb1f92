"""No line of the machine or the screens knows what a customer trades in.

The words are taken from the sales pack. Some are also words of the language itself, or
of plain English; those are named here.
"""

import re
from collections.abc import Iterator
from dataclasses import fields

from metadata import declarations
from metadata.catalog import Stage
from metadata.compiler import compile_packs
from metadata.packs import builtin
from tests.architecture.house import ROOT, code_words, files, modules

OF_THE_LANGUAGE = {
    *declarations.names(),
    *(each.name for each in fields(Stage)),
    *("won", "lost", "owner", "key", "label", "activity", "activities"),
}
PLAIN_ENGLISH = {
    *("active", "amount", "description", "domain", "interest", "margin", "mobile", "name", "number"),
    *("price", "report", "source", "status", "tag", "title", "value"),
}
COMMENTS = re.compile(r"/\*.*?\*/|\{#.*?#\}|<!--.*?-->|(?<!:)//[^\n]*", re.DOTALL)
# Who signs in, what they may do, what they upload, and what their money is worth.
OF_THE_MACHINE = {"user", "team", "role", "file", "exchange_rate"}


def words_of_the_trade() -> set[str]:
    catalog = compile_packs([*builtin("core"), *builtin("crm")]).catalog
    assert catalog is not None
    words: set[str] = set()
    for entity in catalog.entities.values():
        words |= {entity.key, entity.plural.lower().replace(" ", "_")}
        words |= {relation.key for relation in entity.relations.values() if relation.is_inverse}
        if entity.layer == "crm":
            words |= {field.key for field in entity.declared}
    for pipeline in catalog.pipelines.values():
        words |= {pipeline.key, *pipeline.stages}
    plain = OF_THE_LANGUAGE | PLAIN_ENGLISH | OF_THE_MACHINE
    return {word for word in words if not {word, word.removesuffix("s")} & plain}


def spoken() -> Iterator[tuple[str, str]]:
    for module in modules():
        if module.room in {"engine", "ui_builder"}:
            for line, text in code_words(module.tree):
                yield f"{module.path}:{line}", text
    for path in files(".html", ".ts", ".css", within=("ui_builder",)):
        said = COMMENTS.sub(lambda comment: "\n" * comment[0].count("\n"), path.read_text())
        for line, text in enumerate(said.splitlines(), start=1):
            yield f"{path.relative_to(ROOT)}:{line}", text


def test_the_sales_pack_has_words_to_look_for() -> None:
    assert {"company", "companies", "contact", "deal", "deals", "lead"} <= words_of_the_trade()


def test_the_machine_and_the_screens_know_no_word_of_the_trade() -> None:
    words = words_of_the_trade()

    said = [
        f"{place}: {word}"
        for place, text in spoken()
        for whole in re.findall(r"[a-z][a-z_]*", text.lower())
        for word in {whole, *whole.split("_")} & words
    ]

    assert said == []
