"""Formulas from the terminal."""

import click

from engine.cli.base import cli, open_tenant
from engine.errors import Refused
from engine.formulas.filling import next_stretch
from engine.formulas.graph import Formula, graph_of
from engine.formulas.upkeep import work_out_between
from engine.tenant import Tenant
from metadata.diagnostics import way_on


@cli.command()
@click.argument("name", metavar="ENTITY.FIELD")
def recompute(name: str) -> None:
    """Work a stored formula out anew for every record, with all that depend on it.

    Example: pulse recompute deal.weighted
    """
    tenant = open_tenant()
    for formula in _formulas(tenant, name):
        click.echo(f"{'.'.join(formula.name)}: {_recompute(tenant, formula):,} records changed.")


def _formulas(tenant: Tenant, name: str) -> list[Formula]:
    entity, _, key = name.partition(".")
    with tenant.reading() as ctx:
        graph = graph_of(ctx.machine)
        stored = {name: each for name, each in graph.formulas.items() if each.is_stored}
        if (entity, key) not in stored:
            hint = way_on(name, map(".".join, stored), "formulas")
            raise Refused("formula.unknown", f"There is no stored formula {name}. {hint}")
        return [each for each in graph.depending([(entity, key)]) if each.is_stored]


def _recompute(tenant: Tenant, formula: Formula) -> int:
    """Some thousand records at a time, each in a transaction, so that nobody waits for long."""
    changed, last = 0, ""
    while True:
        with tenant.writing() as ctx:
            stretch = next_stretch(ctx, formula.field.entity, last)
            if stretch is None:
                return changed
            changed += len(work_out_between(ctx, formula.field.entity, [formula], *stretch))
        last = stretch[1]
