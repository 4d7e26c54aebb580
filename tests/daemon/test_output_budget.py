"""What outputs may have of an uplink's data budget: 30 % of it, and nothing of what examinations need."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.daemon.data_budget import FILE, MB, OF_OUTPUTS, RESERVE, DataBudget
from tests.support.clocks import SetClock

UPLINK, DAY_S = "wwan0", 86400.0


@pytest.mark.parametrize("budget_mb", [1, 10, 100])
def test_whatever_they_want_in_a_year_stays_below_their_share(tmp_path: Path, budget_mb: int) -> None:
    """While examinations need little."""
    clock = SetClock()
    budget, spent = DataBudget(str(tmp_path), clock, "b"), 0
    for _ in range(365 * 24):
        if budget.affords_output(UPLINK, budget_mb, 8000):
            budget.spend({UPLINK: 8000}, {UPLINK: budget_mb}, by_outputs=True)
            spent += 8000
        budget.spend({}, {UPLINK: budget_mb})
        clock.now += 3600
    share = budget_mb * MB * OF_OUTPUTS * 365 / 30
    assert 0.5 * min(share, 365 * 24 * 8000) < spent <= share


def test_examinations_have_as_much_as_without_them(tmp_path: Path) -> None:
    """Those want all there is, and get what they would get alone; outputs get what is left over."""

    def year(folder: Path, *, outputs: bool) -> tuple[int, int]:
        clock, looks, sent = SetClock(), 0, 0
        folder.mkdir()
        budget = DataBudget(str(folder), clock, "b")
        for _ in range(90 * 24 * 6):
            if budget.affords(UPLINK, 10, 4500):
                budget.spend({UPLINK: 4500}, {UPLINK: 10})
                looks += 1
            if outputs and budget.affords_output(UPLINK, 10, 8000):
                budget.spend({UPLINK: 8000}, {UPLINK: 10}, by_outputs=True)
                sent += 1
            clock.now += 600
        return looks, sent

    alone, _ = year(tmp_path / "alone", outputs=False)
    beside, sent = year(tmp_path / "beside", outputs=True)
    assert beside >= alone - 0.5 * 10 * MB * RESERVE / 4500, "at most what outputs may have of the reserve, once"
    assert sent < 60


def test_their_share_outlives_a_restart(tmp_path: Path) -> None:
    clock = SetClock()
    budget = DataBudget(str(tmp_path), clock, "b")
    while budget.affords_output(UPLINK, 10, 8000):
        budget.spend({UPLINK: 8000}, {UPLINK: 10}, by_outputs=True)
    budget.keep(at_once=True)
    again = DataBudget(str(tmp_path), clock, "b")
    assert not again.affords_output(UPLINK, 10, 8000) and again.affords(UPLINK, 10, 8000)
    clock.now += DAY_S
    assert again.affords_output(UPLINK, 10, 8000)


def test_a_file_of_a_version_without_outputs_is_gone_on_from(tmp_path: Path) -> None:
    account = '{"month":"2026-05","used":5,"budget_mb":10,"left":700000,"boot_id":"b","running_s":1780000000.0,"total":5}'
    (tmp_path / FILE).write_text('{"schema":"posdiag.data-use/2","uplinks":{"wwan0":' + account + "}}")
    budget = DataBudget(str(tmp_path), SetClock(), "b")
    assert budget.affords_output(UPLINK, 10, 8000) and budget.entries()[0].used_bytes == 5


def test_one_that_cannot_be_believed_leaves_outputs_nothing(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("{")
    assert not DataBudget(str(tmp_path), SetClock(), "b").affords_output(UPLINK, 10, 100)


def test_any_amount_where_there_is_no_budget(tmp_path: Path) -> None:
    assert DataBudget(str(tmp_path), SetClock(), "b").affords_output("eth0", 0, 1e9)
