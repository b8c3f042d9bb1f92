"""How the fields of a filter may be compared, and with which values."""

from collections.abc import Iterable, Mapping

from engine.records.wording.phrases import IN_TIME, OF_VALUES
from metadata.filters.parts import UNITS
from metadata.value_types import WRITTEN, known_values
from metadata.ways import Way

Pairs = tuple[tuple[str, str], ...]

ORDER = ("eq", "ne", "in", "not_in", "contains", "lacks", "starts_with", "ends_with", "gt", "gte", "lt", "lte")
IMPLIED = {"in": ("in", "not_in"), "contains": ("contains", "lacks"), "is_empty": ("empty", "filled")}
WORDS: Mapping[str, str] = {**OF_VALUES, "in": "is any of", "not_in": "is none of"}
SPAN_WORDS: Pairs = (
    ("last", "is in the last"),
    ("next", "is in the next"),
    ("this", "is this"),
    ("ago_more", "is more than … ago"),
    ("ahead_more", "is more than … from now"),
)
OTHER_SPANS = {"ago_less": "is less than … ago", "ahead_less": "is less than … from now"}
MANY_WORDS: Pairs = (
    ("any", "has some"),
    ("none", "has none"),
    ("all", "all of them"),
    ("count_gt", "has more than"),
    ("count_gte", "has at least"),
    ("count_lt", "has fewer than"),
    ("count_eq", "has exactly"),
)
OTHER_MANY = {"count_lte": "has at most", "count_ne": "has not", "empty": "is empty", "filled": "is not empty"}
JOINS: Pairs = (("and", "All of"), ("or", "Any of"), ("nor", "None of"))
PERIODS: Pairs = tuple((unit, unit) for unit in UNITS)
CALENDAR: Pairs = (("day", "day"), ("week", "week"), ("month", "month"), ("quarter", "quarter"), ("year", "year"))


def operators_of(way: Way, now: str = "") -> Pairs:
    """How what a path leads to may be compared; the way it is compared now is always among them."""
    offered = dict(_offered(way))
    if now and now not in offered:
        known = {**WORDS, **OTHER_SPANS, **OTHER_MANY, **dict(SPAN_WORDS)}
        offered |= {now: known[now]} if now in known else {}
    return tuple(offered.items())


def _offered(way: Way) -> Iterable[tuple[str, str]]:
    if way.kind == "records":
        return MANY_WORDS if way.to else ()
    if way.kind == "boolean":
        empties = () if way.is_part else (("empty", WORDS["empty"]),)
        yes = (("yes", "yes"), ("no", "no")) if way.is_part else (("yes", "is yes"), ("no", "is no"))
        return (*yes, *empties)
    declared = {key for each in way.operators for key in IMPLIED.get(each, (each,))}
    if way.kind == "datetime":
        declared -= {"eq", "ne"}  # nothing happens at the very minute that somebody thinks of
    words = {**WORDS, **(IN_TIME if way.kind in WRITTEN else {})}
    if way.kind == "choices":
        words |= {"contains": "includes", "lacks": "does not include"}
    people = {"user": ("me", "not_me", "mates"), "team": ("my_teams",)}.get(way.to[0], ()) if len(way.to) == 1 else ()
    spans = SPAN_WORDS if way.kind in WRITTEN else ()
    compared = [key for key in ORDER if key in declared]
    empties_last = [key for key in ("empty", "filled") if key in declared]
    return (
        *((key, words[key]) for key in people if way.kind == "record"),
        *spans,
        *((key, words[key]) for key in (*compared, *empties_last)),
    )


def choices_of(way: Way, chosen: Iterable[str] = ()) -> Pairs:
    """The values that a field with choices or stages offers, and those it has."""
    if way.field is None or way.is_part:
        return ()
    kept = set(chosen)
    settings = way.field.settings
    roads = settings.get("pipelines") or ()
    stages = [stage for road in roads for stage in road.stages.values()]
    known = known_values(way.field)
    named = [e for e in (*(settings.get("choices") or ()), *stages) if e.key in known]
    if way.kind == "pipeline":
        named = list(roads)
    return tuple(
        {e.key: e.label for e in named if not getattr(e, "retired", False) or e.key in kept}.items()
    )
