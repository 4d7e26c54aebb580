"""What changes again and again: told once, then counted, in windows that grow."""

from __future__ import annotations

from agent.record.allowance import A_DAY, AT_ONCE, Allowance
from agent.record.differences import Difference
from agent.record.flapping import LONGEST_S, WINDOW_S, Flapping


def link(before: str, after: str) -> Difference:
    return Difference(what="link", subject="eth0", before=before, after=after)


def test_the_first_change_is_told_at_once_and_the_others_are_counted() -> None:
    flaps = Flapping()
    assert flaps.take(link("up", "no_carrier"), 0.0)
    assert not flaps.take(link("no_carrier", "up"), 5.0)
    assert not flaps.take(link("up", "no_carrier"), 6.0)
    assert not flaps.take(link("no_carrier", "up"), 7.0)
    assert flaps.due(WINDOW_S - 1) == []
    assert flaps.due(WINDOW_S) == [Difference(what="link", subject="eth0", before="no_carrier", after="up", count=3)]
    assert flaps.due(WINDOW_S) == []


def test_a_change_of_another_thing_waits_for_nothing() -> None:
    flaps = Flapping()
    assert flaps.take(link("up", "no_carrier"), 0.0)
    assert flaps.take(Difference(what="link", subject="eth1", before="up", after="no_carrier"), 0.0)


def test_after_a_calm_window_the_next_change_is_told_at_once() -> None:
    flaps = Flapping()
    assert flaps.take(link("up", "no_carrier"), 0.0)
    assert flaps.due(WINDOW_S) == []
    assert flaps.take(link("no_carrier", "up"), WINDOW_S + 1)


def test_what_flaps_all_day_is_a_handful_of_lines() -> None:
    flaps, told, count = Flapping(), 0, 0
    for second in range(0, 86_400, 10):
        taken = flaps.take(link("up", "no_carrier") if second % 20 else link("no_carrier", "up"), second)
        due = flaps.due(second)
        told, count = told + taken + len(due), count + taken + sum(each.count for each in due)
    assert told <= 12
    assert count + sum(each.count for each in flaps.held.values()) == 8640, "each is counted"


def test_a_start_goes_on_with_the_windows_of_the_time_before() -> None:
    flaps = Flapping()
    flaps.remember(("link", "eth0"), 100.0, 1000.0)
    assert not flaps.take(link("up", "no_carrier"), 1000.0)
    assert [each.count for each in flaps.due(1000.0 + WINDOW_S - 100.0)] == [1]
    old = Flapping()
    old.remember(("link", "eth0"), LONGEST_S, 1000.0)
    assert old.take(link("up", "no_carrier"), 1000.0)


def test_the_allowance_grows_with_time_alone() -> None:
    allowance = Allowance(0.0)
    assert not allowance.sparing(0.0)
    allowance.spend(AT_ONCE // 2 + 1000, 0.0)
    assert allowance.sparing(0.0)
    assert not allowance.sparing(86_400.0 * 2000 / A_DAY)
    assert Allowance(0.0, spent=10 * AT_ONCE).sparing(0.0)
