"""What changed before something began, and how long before: by the clock that nobody sets, and over boots by what can be proved."""

from __future__ import annotations

from agent.contract.times import utc
from agent.record.before import MOST, WITHIN_S, changes_before
from agent.record.moments import Moment, back, elapsed_s
from tests.support.recorded import change

WALL = 1_780_000_000.0
NOW = Moment(at=WALL, boot_id="now", running_s=100_000.0)


def ago(seconds: float, after: str, *, wall: float | None = None, boot: str = "now") -> object:
    running = NOW.running_s - seconds if boot == "now" else 77.0
    return change(after=after, at=utc(WALL - seconds if wall is None else wall), boot_id=boot, running_s=running)


def test_the_nearest_first_and_how_long_before() -> None:
    changes = [ago(120, "c"), ago(3600, "b"), ago(7200, "a")]
    found = changes_before(changes, back(NOW, 60), NOW)  # type: ignore[arg-type]
    assert [(each["after"], each["seconds"]) for each in found] == [("c", 60), ("b", 3540), ("a", 7140)]


def test_what_came_after_it_began_is_no_part_of_it_and_what_was_seen_with_it_is() -> None:
    changes = [ago(30, "later"), ago(60, "together"), ago(61, "just before")]
    found = changes_before(changes, back(NOW, 60), NOW)  # type: ignore[arg-type]
    assert [(each["after"], each["seconds"]) for each in found] == [("together", 0), ("just before", 1)]


def test_a_day_and_ten() -> None:
    changes = [ago(60 + each, str(each)) for each in range(30)]
    assert len(changes_before(changes, NOW, NOW)) == MOST  # type: ignore[arg-type]
    assert changes_before([ago(WITHIN_S + 100, "old")], NOW, NOW) == ()  # type: ignore[list-item]


def test_a_wall_clock_that_was_set_moves_nothing_within_a_boot() -> None:
    changes = [ago(600, "a", wall=WALL - 90_000_000), ago(1200, "b", wall=WALL + 90_000_000)]
    assert [each["seconds"] for each in changes_before(changes, NOW, NOW)] == [600, 1200]  # type: ignore[arg-type]


def test_over_a_boot_it_is_at_least_as_long_ago_as_the_boot() -> None:
    future = Moment(at=WALL + 5000, boot_id="before", running_s=50.0)
    assert elapsed_s(future, NOW) == NOW.running_s
    earlier = Moment(at=WALL - 2 * NOW.running_s, boot_id="before", running_s=50.0)
    assert elapsed_s(earlier, NOW) == 2 * NOW.running_s
    doubtful = Moment(at=0.0, boot_id="before", running_s=50.0, doubtful=True)
    assert elapsed_s(doubtful, NOW) == NOW.running_s, "a clock that was wrong proves nothing"


def test_what_flapped_says_how_often() -> None:
    [found] = changes_before([change(count=7, boot_id="now", running_s=NOW.running_s - 5)], NOW, NOW)
    assert found["count"] == 7
