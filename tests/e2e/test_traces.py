"""What ended an incident, in worlds where it is done for real: one of each kind. All of them: `make test-traces`."""

from __future__ import annotations

import pytest

from tests.lab.traces.case import Case, play
from tests.lab.traces.cases import CASES

QUICK = (
    "the cable pulled and pushed a moment later",
    "the router hangs: the cable in vain, then a restart",
    "paper is loaded",
    "the application is started",
    "the host is down, and up",
)


@pytest.mark.root
@pytest.mark.parametrize("case", [case for case in CASES if case.name in QUICK], ids=lambda case: case.name)
def test_what_ended_it_is_told(case: Case) -> None:
    result = play(case)
    assert not result.trouble
    assert (result.said, result.tried) == (case.ended, case.tried)


def test_every_quick_one_is_there() -> None:
    assert {case.name for case in CASES} >= set(QUICK)
    assert len({case.name for case in CASES}) == len(CASES)
