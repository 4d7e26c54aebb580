"""The counts of a table in memory are those that one gets by hand."""

from __future__ import annotations

from itertools import chain, combinations

import msgspec
import pytest

from agent.fleet.localise.answer import judged
from agent.fleet.localise.in_memory import InMemory
from agent.fleet.localise.scan import cells_of
from agent.fleet.model.attributes import Family
from agent.fleet.model.counts import EVERYWHERE, Count, Place
from agent.fleet.model.table import Table
from tests.fleet.made.fleet import Made, made
from tests.fleet.made.plain import Plain

SEEDS = (1, 2)


@pytest.fixture(params=SEEDS)
def fleet(request: pytest.FixtureRequest) -> Made:
    return made(300, request.param, faults=3, missing=0.2, wrong=0.05, noise=0.1, silent=0.05)


def both(fleet: Made) -> tuple[InMemory, Plain]:
    return InMemory(fleet.table, fleet.now, fleet.silent), Plain(list(fleet.table.rows()), fleet.silent, fleet.now)


@pytest.mark.parametrize("family", Family)
def test_places_and_what_is_left_without_some(fleet: Made, family: Family) -> None:
    fast, slow = both(fleet)
    cells = cells_of(family, slow)
    assert cells_of(family, fast) == cells
    table = fleet.table.attributes
    somewhere = [Place(cell, tuple(table[name].values[1] for name in cell)) for cell in cells[:3]] + [Place(("isp",), ("",)), EVERYWHERE]
    for without in ([], somewhere[:1], somewhere[:2], [somewhere[3]]):
        assert {cell: dict(there) for cell, there in fast.by(family, cells, without).items()} == slow.by(family, cells, without)
        assert fast.whole(family, without) == slow.whole(family, without)
        for place in somewhere:
            assert fast.detail(family, place, without) == slow.detail(family, place, without)
    for places in chain(combinations(somewhere, 1), combinations(somewhere, 2)):
        assert fast.meeting(family, places, ()) == slow.meeting(family, places, ())
    assert {cell: fast.values(cell) for cell in cells} == {cell: slow.values(cell) for cell in cells}


def test_another_engine_leads_to_the_same_answer_to_the_digit(fleet: Made) -> None:
    fast, slow = (msgspec.json.encode(judged(counter, fleet.totals, fleet.now).answer) for counter in both(fleet))
    assert fast == slow


def test_causes_and_notices_of_those_that_can_be_believed(fleet: Made) -> None:
    fast, slow = both(fleet)
    assert fast.causes() == slow.causes()
    assert fast.notices() == slow.notices()


def test_attributes_that_nobody_has_and_values_that_nobody_ever_had(fleet: Made) -> None:
    fast, _ = both(fleet)
    assert fast.meeting(Family.GATEWAY, (Place(("host",), ("never.example.com",)),), ()) == Count()
    assert fast.meeting(Family.GATEWAY, (Place(("label:none",), ("x",)),), ()) == Count()
    assert fast.meeting(Family.GATEWAY, (Place(("label:none",), ("",)),), ()) == fast.whole(Family.GATEWAY, ())
    assert fast.values(("label:none",)) == 0
    assert fast.by(Family.GATEWAY, [("label:none",)], ()) == {}


def test_no_terminal_at_all() -> None:
    empty = InMemory(Table(), 1_790_000_000, b"")
    assert empty.whole(Family.SILENCE, ()) == Count()
    assert empty.labels() == []


def test_a_table_that_grows_later_is_counted_as_it_stood() -> None:
    fleet = made(60, 4)
    counter = InMemory(fleet.table, fleet.now, fleet.silent)
    before = counter.whole(Family.GATEWAY, ())
    fleet.table.put(msgspec.structs.replace(fleet.table.row(0), id="another", attributes={"isp": "new", "label:new": "x"}))
    assert counter.whole(Family.GATEWAY, ()) == before
    assert counter.by(Family.GATEWAY, [("isp",), ("label:new",)], ()) is not None
