"""One made fleet of each size, and what is said of it: the rest is in `tests/fleet/accuracy`."""

from __future__ import annotations

from agent.diagnosis.causes import Cause
from agent.fleet.localise.located import located
from agent.fleet.localise.wording import rates
from agent.fleet.model.attributes import Family
from tests.fleet.made.faults import Injected
from tests.fleet.made.fleet import NOW, made

LINE = Injected(Family.INTERNET, {"isp": "isp-b"}, (Cause.INTERNET_DOWN,), 0.9, NOW - 7200)


def test_a_dead_line_is_one_fault_with_its_place_its_time_its_owner_and_its_members() -> None:
    fleet = made(5000, 7, faults=(LINE,))
    found = located(fleet.table, fleet.totals, fleet.now, silent=fleet.silent)
    (fault,) = found.answer.faults
    assert (fault.family, fault.where, fault.owner) == ("internet", ({"isp": "isp-b"},), "isp")
    assert fault.step is not None
    assert "Call" in fault.step.en
    assert fault.since is not None
    assert fault.since.first <= fault.since.median <= fault.since.last
    assert len(found.failing(fault.id)) == len(found.onsets(fault.id)) == fault.failing
    assert len(found.healthy(fault.id)) == 5
    assert rates(fault).en.startswith(f"{fault.failing:,} of {fault.of:,} on provider isp-b; elsewhere ")
