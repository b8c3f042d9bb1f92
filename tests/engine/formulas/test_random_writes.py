"""Whatever is written in whatever order, no stored formula is ever untrue."""

from collections.abc import Callable
from typing import Any, ClassVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from engine.context import Context
from engine.doctor.formulas import check_formulas
from engine.errors import Refused
from engine.formulas.filling import fill
from engine.formulas.proving import stored_formulas
from engine.records.commands import (
    apply_batch,
    change_record,
    create_record,
    destroy_record,
    restore_record,
    trash_record,
)
from engine.records.writes import Change, Create
from engine.tenant import Tenant

SIZES = st.none() | st.decimals(-5, 200, places=2).map(str)
NAMES = st.sampled_from(["Ann", "Bob", " ", "Äda"])
AMOUNTS = st.sampled_from([None, "1 EUR", "12.50 EUR", "20 USD"])
PLACES = st.integers(0, 7)


class RandomWrites(RuleBasedStateMachine):
    """Records of four entities, made, changed, linked, thrown away and brought back at random."""

    tenant: ClassVar[Tenant]

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[str, list[str]] = {"zone": [], "kraal": [], "oryx": [], "jotting": []}

    def pick(self, entity: str, at: int) -> str | None:
        known = self.known[entity]
        return known[at] if at < len(known) else None

    def do(self, act: Callable[[Context], Any]) -> Any:
        try:
            with self.tenant.writing() as ctx:
                return act(ctx)
        except Refused:
            return None

    def save(self, entity: str, at: int, values: dict[str, Any]) -> None:
        record = self.pick(entity, at)
        if record:
            self.do(lambda ctx: change_record(ctx, entity, record, values))
        elif made := self.do(lambda ctx: create_record(ctx, entity, {"name": "New"} | values)):
            self.known[entity].append(made.id)

    @rule(at=PLACES, name=NAMES)
    def save_zone(self, at: int, name: str) -> None:
        self.save("zone", at, {"name": name})

    @rule(at=PLACES, name=NAMES, zone=PLACES, rent=AMOUNTS, guests=st.lists(PLACES, max_size=3))
    def save_kraal(self, at: int, name: str, zone: int, rent: str | None, guests: list[int]) -> None:
        oryxes = [each for guest in guests if (each := self.pick("oryx", guest))]
        self.save("kraal", at, {"name": name, "rent": rent, "zone": self.pick("zone", zone), "guests": oryxes})

    @rule(at=PLACES, size=SIZES, price=AMOUNTS, stage=st.sampled_from(["calf", "half", "grown"]),
          kraal=PLACES, mother=PLACES, born=st.none() | st.dates())  # fmt: skip
    def save_oryx(self, at: int, kraal: int, mother: int, born: Any, **values: Any) -> None:
        links = {"kraal": self.pick("kraal", kraal), "mother": self.pick("oryx", mother)}
        self.save("oryx", at, values | links | {"born": born and born.isoformat()})

    @rule(at=PLACES, when=st.datetimes(), entity=st.sampled_from(["kraal", "oryx"]), about=PLACES)
    def save_jotting(self, at: int, when: Any, entity: str, about: int) -> None:
        record = self.pick(entity, about)
        link = {"entity": entity, "id": record} if record else None
        record = self.pick("jotting", at)
        values = {"at": f"{when.isoformat()}Z", "about": link}
        if record:
            self.do(lambda ctx: change_record(ctx, "jotting", record, values))
        elif made := self.do(lambda ctx: create_record(ctx, "jotting", values)):
            self.known["jotting"].append(made.id)

    @rule(sizes=st.lists(SIZES, max_size=4), kraal=PLACES)
    def save_many(self, sizes: list[str | None], kraal: int) -> None:
        values = [{"size": size, "kraal": self.pick("kraal", kraal)} for size in sizes]
        known = self.known["oryx"]
        writes = [
            Change(id=known[at], values=each) if at < len(known) else Create(values={"name": "Many"} | each)
            for at, each in enumerate(values)
        ]
        outcomes = self.do(lambda ctx: apply_batch(ctx, "oryx", writes, atomic=False)) or ()
        known += [each.id for each in outcomes if each.id and each.id not in known]

    @rule(entity=st.sampled_from(["zone", "kraal", "oryx", "jotting"]), at=PLACES,
          act=st.sampled_from([trash_record, restore_record, restore_record, destroy_record]))  # fmt: skip
    def throw_away(self, entity: str, at: int, act: Callable[..., Any]) -> None:
        record = self.pick(entity, at)
        if record and (self.do(lambda ctx: (act(ctx, entity, record),)) and act is destroy_record):
            self.known[entity].remove(record)

    def teardown(self) -> None:
        """The next run begins with the truth, whatever came of this one."""
        with self.tenant.writing() as ctx:
            for formula in stored_formulas(ctx):
                fill(ctx, formula)

    @invariant()
    def formulas_are_true(self) -> None:
        assert [finding.says for finding in check_formulas(self.tenant, 100) if finding.mend] == []


def test_no_formula_is_ever_untrue(kraals: Tenant) -> None:
    run_state_machine_as_test(
        type("Here", (RandomWrites,), {"tenant": kraals}), settings=settings(max_examples=8, stateful_step_count=25)
    )
