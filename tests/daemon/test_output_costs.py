"""What outputs spend is counted against the uplink's budget by the cycle that comes next, which tells them the way out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from msgspec.structs import replace

from agent.diagnosis.model import State
from agent.examination.result import Examination
from agent.settings.load import load
from tests.support.clocks import SetClock
from tests.support.staged import cycle_of, diagnosis, examination


def test_a_cycle_counts_what_outputs_spent_and_tells_them_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "agent.toml").write_text(f'[agent]\nstate_dir = "{tmp_path}/state"\nlog_dir = "{tmp_path}/log"\n')
    found = replace(examination(diagnosis(State.OK)), uplink="wwan0", budgets={"wwan0": 10})

    def examine(*_: Any, **__: Any) -> Examination:
        return found

    clock = SetClock()
    cycle = cycle_of(load(str(tmp_path / "agent.toml")), examine, clock, remaining_s=60, sooner=lambda _: None)
    line = cycle._outputs.line
    assert not line.known
    cycle.examine_once()
    assert line.known and line.metered and line.affords(8000)
    line.spend("wwan0", 5000)
    line.spend("", 300)  # nobody saw by which it went
    assert not line.affords(10e6)
    clock.now += 60
    cycle.examine_once()
    [data] = cycle._stores.data_budget.entries()
    assert (data.interface, data.used_bytes) == ("wwan0", 5300)
    while line.affords(8000):
        line.spend("wwan0", 8000)
    clock.now += 60
    cycle.examine_once()
    assert not line.affords(8000) and cycle._stores.data_budget.affords("wwan0", 10, 12_000)
    cycle.close(5.0)
