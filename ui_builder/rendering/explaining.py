"""How values are computed, as pages and the popover beside a value show it; and what a page says of
formulas that are empty.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from engine.access import gate
from engine.context import Context
from engine.fields import Reference
from engine.formulas.explaining import Explanation, explain_field
from engine.formulas.inputs import Used
from engine.formulas.reasons import Reason
from engine.formulas.reckoning import reasons_at
from engine.records.record import Record
from engine.records.wording.phrases import lowered, raised
from metadata.catalog import Entity
from ui_builder.rendering.values import Shown, record_url, show


@dataclass(frozen=True, slots=True)
class WentIn:
    """One thing that went into a value, named unless it is all that did. `href` leads to how it is
    computed itself, `over` says how many records it is over, and `more` how many are not named.
    """

    label: str
    text: str
    href: str
    over: str
    records: tuple[Shown, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """How a field comes by its value, at a record where one was asked for.

    `design` are titled texts for those who design: what only they need to know, or may.
    """

    title: str
    label: str
    href: str
    record: Shown | None
    words: str
    went_in: tuple[WentIn, ...]
    text: str
    reason: str
    is_fault: bool
    is_updating: bool
    kept: str
    note: str
    depends: tuple[str, ...]
    design: tuple[tuple[str, str], ...]


def explain_href(entity: str, key: str, record_id: str = "") -> str:
    """The address that explains a field, at a record if there is one."""
    query = f"?{urlencode({'id': record_id})}" if record_id else ""
    return f"/explain/{entity}/{key}{query}"


def draw_facts(ctx: Context, entity: Entity, record: Record, keys: Iterable[str]) -> dict[str, Shown]:
    """Those of a record's values that are open, by field; formulas with the way to how they are computed,
    and with the reason where they are empty.
    """
    open_keys = [key for key in dict.fromkeys(keys) if key in entity.fields and gate.is_readable(ctx, entity, key)]
    formulas = [key for key in open_keys if entity.fields[key].formula is not None]
    reasons = reasons_at(ctx, entity, record, formulas)
    facts = {key: show(ctx, entity.fields[key], record.values.get(key)) for key in open_keys}
    return facts | {key: _of_formula(facts[key], entity, record, key, reasons) for key in formulas}


def _of_formula(
    fact: Shown, entity: Entity, record: Record, key: str, reasons: Mapping[str, Reason]
) -> Shown:
    reason = reasons.get(key, Reason(""))
    href = explain_href(entity.key, key, record.id)
    return replace(fact, explain_href=href, reason=reason.words, is_fault=reason.is_fault)


def draw_explanation(ctx: Context, entity: Entity, key: str, record_id: str | None) -> Explained:
    """How a field is computed, with the values of a record if one is named."""
    found = explain_field(ctx, entity.key, key, record_id)
    record, words = found.record, raised(found.words)
    return Explained(
        title=f"How {found.label} is computed" if found.mode != "given" else found.label,
        label=found.label,
        href=explain_href(entity.key, key, record.id if record else ""),
        record=_linked(Reference(entity.key, record.id, record.title)) if record else None,
        words=words,
        went_in=tuple(_went_in(ctx, used, entity, record.id, words) for used in record.used) if record else (),
        text=record.text if record else "",
        reason=record.reason if record else "",
        is_fault=bool(record and record.is_fault),
        is_updating=bool(record and record.is_updating),
        kept=found.why,
        note=record.note if record else "",
        depends=() if record else tuple(each.label for each in found.inputs),
        design=tuple(_for_design(found)) if gate.has_capability(ctx, "design") else (),
    )


def _went_in(ctx: Context, used: Used, entity: Entity, record_id: str, words: str) -> WentIn:
    owner, _, key = used.field.partition(".")
    declared = ctx.machine.catalog.entities[owner].fields[key] if owner else None
    here = record_id if owner == entity.key else ""
    href = explain_href(owner, key, here) if declared and declared.formula else ""
    records = tuple(_linked(each) for each in used.records)
    label = "" if raised(used.label) == words and used.count is not None else raised(used.label)
    more = (used.count or len(records)) - len(records)
    return WentIn(label, used.text, href, _over(ctx, used), records, more)


def _over(ctx: Context, used: Used) -> str:
    if used.count is None:
        return ""
    entity = ctx.machine.catalog.entities[used.of]
    return f"{used.count:,} {lowered(entity.label if used.count == 1 else entity.plural)}"


def _linked(reference: Reference) -> Shown:
    gone = reference.title is None
    text = "Not open to you, or in the trash" if gone else str(reference.title or "Untitled")
    href = "" if gone else record_url(reference.entity, reference.id)
    return Shown("link", "", text, href=href)


def _for_design(found: Explanation) -> Iterable[tuple[str, str]]:
    """What is left to say to those who design the CRM."""
    cost = found.cost
    said = [
        ("Expression", found.expression),
        ("Used by", ", ".join(found.dependents)),
        ("Cost", "\n".join((*cost.plan, *(each.words for each in cost.spread))) if cost else ""),
        ("SQL", found.sql),
    ]
    return ((title, text) for title, text in said if text)
