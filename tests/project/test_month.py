"""The published table of the month: of the results that were kept, of enough faults, and as right as is wanted of it."""

from __future__ import annotations

from tests.lab.month.results import load, months
from tests.lab.month.section import section
from tests.support.documented import text


def test_the_published_table_is_of_the_results() -> None:
    assert section(months()) in text("docs/accuracy.md")


def test_the_month_has_enough_of_everything() -> None:
    for _, _, found in months():
        assert found.faults >= 60 and found.kinds >= 12 and found.traces >= 8 and found.days > 27
        assert min(found.counts[each] for each in ("kills", "starts of the machine", "clock jumps", "repairs in vain", "rotations")) > 0


def test_the_record_of_today_holds_the_month() -> None:
    judged = load("today").judged
    assert not judged.invented and all(each.id for each in judged.held)
    assert all(each.begins_right and each.ends_right for each in judged.held)
    assert sum(each.cause_right for each in judged.held) >= 0.97 * len(judged.held)
    assert sum(each.ended_right for each in judged.held) >= 0.95 * len(judged.held)
    assert sum(bool(each.trace) and not each.ended_right for each in judged.held) < 0.02 * len(judged.held), "wrong claims"
    assert judged.again_counts
    assert abs(judged.percent - judged.true_percent) < 1
    assert abs(judged.again_percent - judged.percent) < 0.1
