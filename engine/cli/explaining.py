"""What a field is made of, from the terminal."""

from dataclasses import asdict

import click
import orjson

from engine.cli.base import cli, open_tenant
from engine.formulas.explaining import Explanation, explain_field


@cli.command()
@click.argument("name", metavar="ENTITY.FIELD")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def explain(name: str, as_json: bool) -> None:
    """Say how a field comes by its value: its formula in words, what it reads and who reads it.

    Example: pulse explain deal.weighted
    """
    entity, _, key = name.removeprefix("entity/").partition(".")
    with open_tenant().reading() as ctx:
        found = explain_field(ctx, entity, key)
    if as_json:
        click.echo(orjson.dumps(asdict(found), option=orjson.OPT_INDENT_2).decode())
        return
    for title, said in _lines(found):
        if said:
            click.echo(f"{title}: {said}")


def _lines(found: Explanation) -> list[tuple[str, str]]:
    return [
        (found.name, f"{found.label} ({found.result}, {found.mode})"),
        ("Why", found.why),
        ("Formula", found.expression),
        ("In words", found.words),
        ("Reads", ", ".join(f"{each.label} ({each.path})" if each.path else each.label for each in found.inputs)),
        ("Used by", ", ".join(found.dependents)),
        ("SQL", found.sql),
    ]
