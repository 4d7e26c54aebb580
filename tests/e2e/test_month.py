"""A few faults of the month that `python -m tests.lab.month` plays, by the real service on a clock that is set on."""

from __future__ import annotations

import pytest

from tests.lab.month.judge import judged
from tests.lab.month.kinds import KINDS
from tests.lab.month.play import Truth, play
from tests.lab.month.schedule import FAULTS, schedule, short

LOOK_S = 40.0  # from one look to the next while something is unconfirmed: the interval, and what the look itself takes


@pytest.mark.root
def test_the_record_holds_what_was_done_and_nothing_else() -> None:
    told: list[Truth] = []
    month = play(short(), 1, told.append)
    found = judged(month)
    assert not [each.trouble for each in told if each.trouble]
    assert not found.invented
    assert [(each.kinds, each.trace) for each in found.held if not each.right] == []
    # a kill may strike between a look and the line that counts it: it costs the record that look at most
    lost_s = month.counts["kills"] * LOOK_S
    assert -lost_s < found.watched_s - found.true_watched_s + 0.01 * found.true_watched_s
    assert found.watched_s < 1.01 * found.true_watched_s
    # a look every two and a half minutes knows beginning and end of five short faults no better; a month's errors even out
    assert abs(found.percent - found.true_percent) < 10
    assert found.again_counts and abs(found.again_percent - found.percent) < 3


def test_a_month_has_enough_of_everything() -> None:
    month = schedule(1, FAULTS)
    assert len(month) >= 60
    assert len({each.kind.name for each in month}) == len({each.name for each in KINDS}) >= 12
    assert len({each.mend.trace for each in month if each.mend.trace}) >= 8
    assert {each.strike.split()[0] for each in month if each.strike} == {"killed", "restarted", "clock"}
    assert any(each.beside for each in month) and any(each.vain for each in month)
