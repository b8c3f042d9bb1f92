"""What a field is made of, from the terminal."""

from dataclasses import asdict

import click
import orjson

from engine.cli.base import cli, open_tenant
from engine.formulas.costs import Cost
from engine.formulas.explaining import Explanation, explain_field
from engine.formulas.inputs import Used
from engine.formulas.reckoning import Reckoning


@cli.command()
@click.argument("name", metavar="ENTITY.FIELD")
@click.option("--id", "record_id", metavar="RECORD", help="A record, to see its values put in.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def explain(name: str, record_id: str | None, as_json: bool) -> None:
    """Say how a field comes by its value: its formula in words, what it reads and who reads it.

    \b
    Examples: pulse explain deal.weighted
              pulse explain entity/deal.weighted --id 01a21245-ffc8-7493-9d0c-ac572e04f98f
    """
    entity, _, key = name.removeprefix("entity/").partition(".")
    with open_tenant().reading() as ctx:
        found = explain_field(ctx, entity, key, record_id)
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
        *(_of_record(found.record) if found.record else ()),
        *(_of_cost(found.cost) if found.cost else ()),
        ("SQL", found.sql),
    ]


def _of_record(record: Reckoning) -> list[tuple[str, str]]:
    went_in = [(f"  {used.label}", _used(used)) for used in record.used]
    return [
        ("Record", record.title or record.id),
        *went_in,
        ("Comes to", "updating…" if record.is_updating else record.text or f"nothing. {record.reason}"),
        ("Mind", record.note),
    ]


def _used(used: Used) -> str:
    if used.count is None:
        return used.text or "empty"
    titles = [each.title or each.id for each in used.records]
    more = ["…"] if used.count > len(titles) else []
    named = f": {', '.join([*titles, *more])}" if titles else ""
    return f"{used.text or 'empty'} (of {used.count:,}{named})"


def _of_cost(cost: Cost) -> list[tuple[str, str]]:
    return [*(("Looks at", each) for each in cost.plan), *(("Cost", each.words) for each in cost.spread)]
