"""The fixed part of the fault lab (`tests/lab`): the same scenarios with every run of the tests, each its verdict; `make lab` plays all,
and tells how soon the verdict comes."""

from __future__ import annotations

import pytest

from tests.lab.play import play
from tests.lab.scenario import Scenario
from tests.lab.scenarios import PLAYED_ONCE, SCENARIOS
from tests.lab.score import Judged
from tests.support.patience import PATIENCE_S

EXIT = {"ok": 0, "degraded": 1, "outage": 2, "unknown": 3}
FIXED = [scenario for scenario in PLAYED_ONCE if scenario.fixed]


@pytest.mark.root
@pytest.mark.parametrize("scenario", FIXED, ids=lambda scenario: scenario.name)
def test_the_verdict_is_right(scenario: Scenario) -> None:
    played = play(scenario, timeout_s=PATIENCE_S / 2)
    judged = Judged(scenario, played)
    assert judged.right, f"{scenario.causes} {scenario.states}\n{played.text}"
    assert played.exit_status == EXIT[played.state]
    if not scenario.bare:
        assert played.can_pay == ("no" if played.state == "outage" else "yes"), played.text


def test_every_scenario_has_a_name_of_its_own() -> None:
    names = [scenario.name for scenario in SCENARIOS]
    assert sorted(set(names)) == sorted(names)
