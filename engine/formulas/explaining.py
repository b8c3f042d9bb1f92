"""How a field comes by its value, said to whoever may read it: from what, for whom, and how it is kept.

A published formula may look at what its reader may not see. They are told that there is such
a thing, and neither its name nor how many there are.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.access import gate
from engine.context import Context
from engine.errors import NotFound
from engine.formulas.costs import Cost, asked_for, cost_of
from engine.formulas.graph import Formula, Graph, graph_of
from engine.formulas.inputs import CLOSED
from engine.formulas.openness import is_open, is_spoken_of
from engine.formulas.reasons import words_for
from engine.formulas.reckoning import Reckoning, reckon_at
from engine.formulas.uses import uses_of
from metadata.catalog import Field
from metadata.diagnostics import suggest
from metadata.formulas import unfixed
from metadata.reads import PRESENCE, Read
from metadata.syntax import Expression

GIVEN = "Somebody gives its value, or the machine itself."
KEPT = "Its value follows from nothing but records: it is stored, and made true again with every write."
PASSING = "Its value depends on the time or on who reads it: it is worked out when it is read."
FROZEN = "From the write in which this first holds, it is kept as it was then: {when}."
PRICED = "amounts in {currency}, at the rates of: {day}"
ASKED = "It is worked out when it is read: it says so, or uses a formula that is."


@dataclass(frozen=True, slots=True)
class Input:
    """A field that a formula looks at, and the labels on the way to it. A closed one has no path."""

    path: str
    labels: tuple[str, ...]

    @property
    def label(self) -> str:
        """All labels on the way."""
        return ": ".join(self.labels)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """How a field comes by its value. `sql` and `cost` are for those who design the CRM; `record` is
    there when it was asked for one.
    """

    name: str
    label: str
    type: str
    result: str
    mode: str
    why: str
    expression: str
    words: str
    inputs: tuple[Input, ...]
    dependents: tuple[str, ...]
    sql: str
    cost: Cost | None
    record: Reckoning | None


def explain_field(ctx: Context, entity: str, key: str, record_id: str | None = None) -> Explanation:
    """Explain a field, and its value at a record. A closed one is as unknown as one that there is not."""
    field = _find_field(ctx, entity, key)
    graph = graph_of(ctx.machine)
    formula = graph.formulas.get((entity, key))
    spoken = formula is not None and is_spoken_of(ctx, formula)
    designs = formula is not None and gate.has_capability(ctx, "design")
    return Explanation(
        name=f"{entity}.{key}",
        label=field.label,
        type=field.type,
        result=str(field.settings.get("result") or field.type),
        mode=field.mode if formula else "given",
        why=_why(ctx, formula) if formula else GIVEN,
        expression=formula.expression.source if formula and spoken else "",
        words=_in_words(ctx, formula) if formula and spoken else "",
        inputs=_inputs(ctx, formula) if formula else (),
        dependents=(*_formulas_over(ctx, graph, field), *uses_of(ctx, field)),
        sql=_sql(ctx, formula) if formula and designs else "",
        cost=cost_of(ctx, formula) if formula and designs else None,
        record=reckon_at(ctx, field, record_id) if formula and record_id is not None else None,
    )


def _find_field(ctx: Context, entity: str, key: str) -> Field:
    declared = ctx.machine.catalog.entities.get(entity)
    if declared and key in declared.fields and is_open(ctx, declared, key):
        return declared.fields[key]
    nearest = suggest(f"{entity}.{key}", _open_names(ctx))
    hint = f' Did you mean "{nearest}"?' if nearest else ""
    raise NotFound("field.unknown", f'There is no field "{entity}.{key}".{hint}')


def _open_names(ctx: Context) -> Iterator[str]:
    for entity in ctx.machine.catalog.entities.values():
        yield from (f"{entity.key}.{key}" for key in entity.fields if is_open(ctx, entity, key))


def _why(ctx: Context, formula: Formula) -> str:
    if formula.freeze_when is not None and is_spoken_of(ctx, formula):
        return f"{_mode(ctx, formula)} {FROZEN.format(when=_words(ctx, formula, formula.freeze_when))}"
    return _mode(ctx, formula)


def _mode(ctx: Context, formula: Formula) -> str:
    if formula.is_stored:
        return KEPT
    return PASSING if any(unfixed(formula.field, ctx.machine.catalog.entities)) else ASKED


def _in_words(ctx: Context, formula: Formula) -> str:
    words = _words(ctx, formula, formula.expression)
    if formula.pricing is None:
        return words
    return f"{words} ({PRICED.format(currency=formula.pricing.currency, day=formula.pricing.day.source)})"


def _words(ctx: Context, formula: Formula, expression: Expression) -> str:
    return words_for(ctx).word(expression.root, formula.field.entity)


def _inputs(ctx: Context, formula: Formula) -> tuple[Input, ...]:
    """The fields it looks at, each once; all that are closed are one, and the last."""
    found = {_input(ctx, read) for read in formula.reads if read.key != PRESENCE}
    return tuple(sorted(found, key=lambda each: (not each.path, each.path)))


def _input(ctx: Context, read: Read) -> Input:
    entities = ctx.machine.catalog.entities
    passed = [(entities[step.entity], step.key) for step in read.way]
    last = entities[read.entity], read.key
    if not all(is_open(ctx, *each) for each in (*passed, last)):
        return Input("", (CLOSED,))
    path = ".".join((*(step.key for step in read.way), read.key))
    labels = (step.label or step.key for step in read.way)
    return Input(path, (*labels, last[0].fields[read.key].label))


def _formulas_over(ctx: Context, graph: Graph, field: Field) -> Iterable[str]:
    """The open formulas that look at a field themselves."""
    entities = ctx.machine.catalog.entities
    for (entity, key), formula in graph.formulas.items():
        looks = (field.entity, field.key) in graph.inputs((entity, key))
        if looks and is_open(ctx, entities[entity], key) and is_spoken_of(ctx, formula):
            yield f"formula {entity}.{key}"


def _sql(ctx: Context, formula: Formula) -> str:
    """What the database at hand is asked, to work the formula out for some records."""
    return str(asked_for(ctx, formula).compile(dialect=ctx.connection.dialect))
