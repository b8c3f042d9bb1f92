"""The story of the demo: who did what in which order, up to this very moment.

It is worked out before anything is written, from the words in the files beside and the
present moment alone: the same moment tells the same story on every machine.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from seeds.demo.diary import Diary
from seeds.demo.words import words
from seeds.loader import NOBODY, Act

MONTHS_OF_HISTORY = timedelta(days=275)
ADMIN = "nora"
MANAGER = "marcus"
ORDER = ("user", "team", "product", "company", "contact", "lead", "deal", "activity", "task", "comment")


class Story:
    """What is told so far, and the people who do it."""

    def __init__(self, now: datetime) -> None:
        self.now = now.replace(microsecond=0)
        self.first = (self.now - MONTHS_OF_HISTORY).date()
        self.people = {
            record["user"]["id"]: record["user"]
            for record in words("people")["people"]["records"]
            if "user" in record
        }
        self.diaries = {
            who: Diary(who, person["time_zone"], self.first, self.now)
            for who, person in self.people.items()
        }
        self._acts: list[Act] = []

    def make(
        self, at: datetime, who: str, entity: str, name: str, values: Mapping[str, Any]
    ) -> str:
        """Tell that somebody made a record, and answer with its local id."""
        self._acts.append(Act(at, who, entity, name, values))
        return name

    def change(
        self, at: datetime, who: str, entity: str, name: str, values: Mapping[str, Any]
    ) -> None:
        """Tell that somebody changed a record."""
        self._acts.append(Act(at, who, entity, name, values, is_new=False))

    def told(self) -> list[Act]:
        """Everything, in the order it happened; at one sitting, what others refer to first."""
        return sorted(self._acts, key=_when)


def _when(act: Act) -> tuple[datetime, int, bool, str]:
    return act.at, ORDER.index(act.entity), not act.is_new, act.who


def introduce_people(story: Story) -> None:
    """The people, their teams, and what they sell: there before anything else."""
    opening = min(diary.beginning for diary in story.diaries.values())
    for record in words("people")["people"]["records"]:
        [(entity, said)] = record.items()
        values = {key: value for key, value in said.items() if key != "id"}
        day = opening - timedelta(days=2 if entity == "user" else 1)
        story.make(day, NOBODY if entity == "user" else ADMIN, entity, said["id"], values)
