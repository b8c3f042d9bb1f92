"""Are stored formulas true? A sample of every one is worked out anew."""

from collections.abc import Iterator
from itertools import islice

from engine.context import Context
from engine.doctor.findings import Finding, broken, doubtful, fine
from engine.errors import Refused
from engine.formulas.proving import Untruth, stored_formulas, untruths
from engine.formulas.putting_off import waiting
from engine.tenant import Tenant

MOST_LISTED = 20
MEND = "Work it out anew: pulse recompute {name}"


def check_formulas(tenant: Tenant, sample: int) -> Iterator[Finding]:
    """A finding for all that is well, or one for each record in which a formula is not true."""
    try:
        with tenant.reading() as ctx:
            left = waiting(ctx)
            formulas = [each for each in stored_formulas(ctx) if each.name not in left]
            found = [each for formula in formulas for each in islice(untruths(ctx, formula, sample), MOST_LISTED)]
            yield from (_told(ctx, each) for each in found)
    except Refused as refusal:
        yield broken("formulas", refusal.message)
        return
    if left:
        names = ", ".join(sorted(map(".".join, left)))
        yield doubtful("formulas", f"Still being worked out: {names}.", "A running server does that by itself.")
    if not found:
        yield fine("formulas", f"{len(formulas)} stored formulas are true, in {sample:,} records each")


def _told(ctx: Context, found: Untruth) -> Finding:
    name = ".".join(found.formula.name)
    behaviour = ctx.machine.behaviour(*found.formula.name)
    kept, right = (
        "empty" if value is None else behaviour.show(value) for value in (found.kept, found.worked_out)
    )
    return broken("formulas", f"{name} of {found.record} is {kept}, and should be {right}.", MEND.format(name=name))
