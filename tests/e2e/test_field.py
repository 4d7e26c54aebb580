"""Worlds of public reports that are judged right, with every run of the tests (`tests/lab/field`); `make lab` plays all of them."""

from __future__ import annotations

import pytest

from tests.lab.field import REPORTS
from tests.lab.field.entry import Report
from tests.lab.field.scoring import Outcome
from tests.lab.play import play
from tests.support.patience import PATIENCE_S

FIXED = [report for report in REPORTS if report.scenario.fixed]


@pytest.mark.root
@pytest.mark.parametrize("report", FIXED, ids=lambda report: report.name)
def test_a_public_report_is_judged_right(report: Report) -> None:
    played = play(report.scenario, timeout_s=PATIENCE_S / 2)
    met = Outcome.of(report, played)
    assert met.right and met.state_right, f"{report.source}: {report.scenario.causes} {report.scenario.states}\n{played.text}"
