"""The last days as pages show them: with the one that is not over."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from agent.contract.day import Today
from agent.papers.past_days import last_days
from agent.record.baseline import Baseline, remember
from agent.record.days import Tally
from agent.storage.history_file import HistoryFile
from tests.support.documents import broken_names
from tests.support.lived import Made


def test_the_day_that_is_not_over_is_one_of_them(tmp_path: Path) -> None:
    today = datetime.fromtimestamp(time.time(), UTC).date()
    made = Made(today - timedelta(days=2))
    made.day(0)
    made.day(1)
    HistoryFile(tmp_path).append(made.lines())
    assert [each.day for each in last_days(tmp_path, 30)] == [str(today - timedelta(days=2)), str(today - timedelta(days=1))]
    told = Today(day=str(today), sequence=9, seconds={"ok": 300, "outage": 60}, can_pay=300)
    [*_, last] = last_days(tmp_path, 30, replace(broken_names(), today=told))
    assert (last.day, last.watched_s, last.can_pay_s, last.over) == (str(today), 360, 300, False)
    remember(tmp_path, Baseline(sequence=9, day=Tally(day=str(today), seconds={"ok": 500.0}, can_pay_s=500.0)))
    assert last_days(tmp_path, 30)[-1].watched_s == 500, "as it is kept for a start, where there is no status document"


def test_without_a_record_there_are_none(tmp_path: Path) -> None:
    assert last_days(tmp_path, 30) == ()
