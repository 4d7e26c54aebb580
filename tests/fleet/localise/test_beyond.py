"""What belongs to a fault beyond its place, and of how many nothing is known."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agent.fleet.localise import wording
from agent.fleet.localise.located import located
from agent.fleet.model.answer import Answer, Totals
from agent.fleet.model.row import Row
from agent.fleet.model.table import Table

NOW = 1_795_003_200
DOWN, HOT = "network.internet_down", "system.overheating"


def answer(
    cause: Callable[[int], str], attributes: Callable[[int], dict[str, str]], since: Callable[[int], int] = lambda _: NOW - 3600
) -> Answer:
    rows = [
        Row(
            id=f"T-{number:04}",
            generated=NOW,
            valid_until=NOW + 180,
            received=NOW,
            since=since(number),
            state=2 if cause(number) else 0,
            can_pay=0 if cause(number) else 1,
            cause=cause(number),
            causes=(cause(number),) if cause(number) else (),
            attributes=attributes(number),
        )
        for number in range(1200)
    ]
    totals = Totals(terminals=1200, can_pay=0, cannot_pay=0, unknown=0, silent=0)
    return located(Table(rows), totals, NOW, silent=bytearray(1200)).answer


def where(number: int) -> dict[str, str]:
    return {"isp": f"isp-{number % 4}", "region": f"r{number % 5}"}


def test_who_fails_and_does_not_say_where_may_be_of_the_fault() -> None:
    """A third leaves its labels out: of those as many fail as elsewhere, and are told of nobody."""

    def cause(number: int) -> str:
        return DOWN if number % 4 == 1 or number % 61 == 0 else ""

    (fault,) = answer(cause, lambda number: where(number) if number % 3 else {}).faults
    assert (fault.where[0], fault.failing, fault.perhaps) == ({"isp": "isp-1"}, 200, 106)
    (fault,) = answer(
        lambda number: DOWN if number % 4 == 1 and number % 3 else "", lambda number: where(number) if number % 3 else {}
    ).faults
    assert fault.perhaps == 0
    (fault,) = answer(cause, where).faults
    assert fault.perhaps == 0


@pytest.mark.parametrize(("later", "one"), [(0, True), (240, True), (1200, False)])
def test_faults_at_two_providers_that_began_at_one_moment_may_have_one_reason(later: int, one: bool) -> None:
    faults = answer(
        lambda number: DOWN if where(number)["region"] == "r2" and number % 4 in (0, 1) else "",
        where,
        lambda number: NOW - 7200 + (later if number % 4 == 1 else 0),
    ).faults
    assert len(faults) == 2
    told = {each.id: each.together_with for each in faults if each.together_with is not None}
    assert len(told) == one and all({each.id for each in faults} == {name, other} for name, other in told.items())


def test_a_hot_day_has_a_region() -> None:
    hot = answer(
        lambda number: HOT if number % 5 == 3 and number % 3 == 0 else "", lambda number: {**where(number), "model": f"m{number % 7}"}
    )
    assert [each.where[0] for each in hot.faults] == [{"region": "r3"}]


@pytest.mark.parametrize(
    ("silent", "known", "said"),
    [(600, False, "closed shops or dead lines"), (600, True, "no place stands out"), (40, False, None), (2, False, None)],
)
def test_much_silence_that_no_fault_explains_is_no_all_clear(silent: int, known: bool, said: str | None) -> None:
    totals = Totals(terminals=1200 if silent > 2 else 10, can_pay=1, cannot_pay=0, unknown=0, silent=silent)
    found = wording.unexplained_silence(Answer(generated_at="2026-09-21T14:13:20.000Z", totals=totals, hours_known=known))
    assert (found is None) == (said is None) and (said is None or (found is not None and said in found.en and f"{silent} " in found.zh))


@pytest.mark.parametrize(("unreadable", "said"), [(300, True), (30, False), (0, False)])
def test_how_much_could_not_be_read_is_said_where_it_is_much(unreadable: int, said: bool) -> None:
    totals = Totals(terminals=1200, can_pay=1200, cannot_pay=0, unknown=0, silent=0, unreadable=unreadable)
    assert (wording.unread(Answer(generated_at="2026-09-21T14:13:20.000Z", totals=totals)) is not None) == said
