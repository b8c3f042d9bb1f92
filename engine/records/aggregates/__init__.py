"""What records come to: counted, added up and compared, group by group, of those that the asker may see."""

from engine.records.aggregates.answering import (
    MOST_GROUPS,
    MOST_KEYS,
    MOST_MEASURES,
    USUAL_GROUPS,
    Aggregate,
    Groups,
    aggregate_records,
)

__all__ = [
    "MOST_GROUPS",
    "MOST_KEYS",
    "MOST_MEASURES",
    "USUAL_GROUPS",
    "Aggregate",
    "Groups",
    "aggregate_records",
]
