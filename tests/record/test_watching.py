"""What is watched after it ended, by the lines of the record alone."""

from __future__ import annotations

from typing import Any

import pytest

from agent.contract.event import AgentEvent, AnyEvent, CarriedEvent, CauseEvent, ClosedEvent, OpenedEvent, WatchedEvent
from agent.contract.times import utc
from agent.record.moments import Moment
from agent.record.watching import MOST, Watching
from tests.support.recorded import opened as opening

HOUR = 3600.0
START = 1_780_000_000.0
CABLE, DNS = "operator.cable_unplugged", "network.dns_unreachable"


def at(hours: float, *, boot: str = "b-1", ran: float | None = None, clock: str = "ok", ahead_s: float = 0.0) -> dict[str, Any]:
    """`ran`: hours since that boot; `ahead_s`: by so much the wall clock is wrong."""
    running_s = (hours if ran is None else ran) * HOUR
    return {"at": utc(START + hours * HOUR + ahead_s), "boot_id": boot, "running_s": running_s, "clock": clock}


def moment(hours: float, *, boot: str = "b-1", ran: float | None = None, ahead_s: float = 0.0) -> Moment:
    running_s = (hours if ran is None else ran) * HOUR
    return Moment(at=START + hours * HOUR + ahead_s, boot_id=boot, running_s=running_s)


def opened(name: str, hours: float, *, cause: str = CABLE, chain: str = "", **more: Any) -> OpenedEvent:
    stamp = at(hours, **more)
    return opening(name, cause, chain=chain or name, began_at=stamp["at"], subject="eth0", **stamp)


def closed(name: str, hours: float, **more: Any) -> ClosedEvent:
    stamp = at(hours, **more)
    return ClosedEvent(incident=name, ended_at=stamp["at"], duration_s=60.0, **stamp)


def cause(name: str, code: str, hours: float) -> CauseEvent:
    told: dict[str, Any] = {"state": "outage", "can_pay": "no", "subject": "eth0", "category": None, "confidence": 0.9}
    return CauseEvent(incident=name, cause=code, **told, **at(hours))


def watching(*events: AnyEvent, hours: float = 24, live: bool = True) -> Watching:
    made = Watching(hours, HOUR)
    if live:
        made.resumed()
    for event in events:
        made.take(event)
    if not live:
        made.resumed()
    return made


def over(made: Watching, now: Moment) -> list[tuple[str, float, int]]:
    """What is told, and taken as told."""
    found = []
    for told in made.over(now):
        hours = round(told.earlier_s / HOUR, 2)
        found.append((told.incident, hours, told.recurred))
        stamp: dict[str, Any] = {"at": utc(now.at), "boot_id": now.boot_id, "running_s": now.running_s}
        made.take(WatchedEvent(incident=told.incident, hours=hours, recurred=told.recurred, **stamp))
    return found


def test_it_is_over_once_after_its_time() -> None:
    made = watching(opened("A", 0), closed("A", 1))
    assert over(made, moment(24.9)) == []
    assert made.latest(moment(24)) is not None
    assert over(made, moment(25)) == [("A", 24.0, 0)]
    assert over(made, moment(26)) == []
    assert made.latest(moment(26)) is None


def test_the_same_again_is_counted_and_begins_the_time_anew() -> None:
    made = watching(opened("A", 0), closed("A", 1))
    assert made.chain_of(CABLE, "eth0") == "A"
    assert made.chain_of(CABLE, "eth1") is made.chain_of(DNS, "eth0") is None
    made.take(opened("B", 21, chain="A"))
    latest = made.latest(moment(30))
    assert latest is not None
    assert (latest[0].recurred, latest[0].there) == (1, True)
    assert over(made, moment(40)) == [], "it rests while it is there"
    made.take(closed("B", 41))
    assert made.chain_of(CABLE, "eth0") == "A"
    assert over(made, moment(64.9)) == []
    assert over(made, moment(65)) == [("A", 44.0, 1)], "20 hours before it came back and 24 after"


def test_50_times_again_are_one_watch() -> None:
    made = watching(opened("A", 0), closed("A", 0.1))
    for number in range(50):
        chain = made.chain_of(CABLE, "eth0")
        assert chain == "A"
        made.take(opened(f"B-{number}", 1 + number, chain=chain))
        made.take(closed(f"B-{number}", 1.5 + number))
    assert [told[2] for told in over(made, moment(80))] == [50]


def test_what_led_the_longest_is_the_same_too() -> None:
    made = watching(opened("A", 0), cause("A", DNS, 0.1), closed("A", 5))
    assert made.chain_of(CABLE, "eth0") == made.chain_of(DNS, "eth0") == "A"


@pytest.mark.parametrize("by_s", [86_400.0, -86_400.0, -400 * 86_400.0])
def test_a_clock_that_is_set_ends_nothing_and_prolongs_nothing(by_s: float) -> None:
    made = watching(opened("A", 0), closed("A", 1))
    assert over(made, moment(24.5, ahead_s=by_s)) == []
    assert over(made, moment(25, ahead_s=by_s)) == [("A", 24.0, 0)]


def test_over_a_boot_it_is_what_the_clock_proves() -> None:
    past = (opened("A", 0), closed("A", 1))
    made = watching(*past, live=False)
    assert over(made, moment(24, boot="b-2", ran=0.1)) == []
    assert over(made, moment(25, boot="b-2", ran=1.1)) == [("A", 24.0, 0)]


def test_starts_every_night_of_a_machine_without_a_clock_of_its_own_prolong_nothing() -> None:
    """Its clock says the same after each start."""
    events: list[AnyEvent] = [opened("A", 0), closed("A", 1)]
    for boot in range(2, 4):
        for ran in (0.0, 11.9):
            behind = -12 * HOUR * (boot - 1)
            stamp = at(12 * (boot - 1) + ran, boot=f"b-{boot}", ran=ran, ahead_s=behind)
            events.append(AgentEvent(what="started", version="1", config_hash="", **stamp))
    made = watching(*events, live=False)
    assert over(made, moment(0.1, boot="b-4", ran=0.1)) == [], "twice 11.9 hours, and 0.1"
    assert over(made, moment(0.3, boot="b-4", ran=0.3)) == [("A", 24.0, 0)]


def test_more_at_once_than_are_remembered_are_told_before_their_time() -> None:
    made = watching()
    for number in range(MOST + 2):
        made.take(opened(f"I-{number}", number, cause=f"a.c{number}"))
        made.take(closed(f"I-{number}", number + 0.5))
    assert [name for name, _, _ in over(made, moment(MOST + 2))] == ["I-0", "I-1"]
    assert made.chain_of("a.c1", "eth0") is None
    latest = made.latest(moment(MOST + 2))
    assert latest is not None
    assert latest[0].incident == f"I-{MOST + 1}"


def test_a_start_goes_on_and_what_was_told_is_not_told_again() -> None:
    past: list[AnyEvent] = [opened("A", 0), closed("A", 1), opened("B", 20, chain="A"), closed("B", 21)]
    again = watching(*past, live=False)
    assert over(again, moment(45)) == [("A", 43.0, 1)]
    told = WatchedEvent(incident="A", hours=43.0, recurred=1, **at(45))
    assert over(watching(*past, told, live=False), moment(46)) == []


def test_what_nobody_watched_is_not_told() -> None:
    """A record of a version that watched nothing, or of a time in which nothing was to be watched."""
    past: list[AnyEvent] = [opened("A", 0), closed("A", 1), opened("B", 60, cause=DNS), closed("B", 61)]
    assert [name for name, _, _ in over(watching(*past, live=False), moment(85))] == ["B"]
    off = watching(*past, hours=0)
    assert off.chain_of(DNS, "eth0") is None
    assert off.latest(moment(61)) is None
    assert off.over(moment(500)) == off.lately(moment(61)) == []


def test_what_is_carried_over_a_rotation_goes_on_and_is_counted_once() -> None:
    live = watching(opened("A", 0), closed("A", 1), opened("B", 11, chain="A"), closed("B", 12))
    carried = CarriedEvent(watched=live.to_carry(moment(14)), **at(14))
    told_before: tuple[tuple[AnyEvent, ...], ...] = ((), (closed("B", 12),), (opened("B", 11, chain="A"), closed("B", 12)))
    for behind in told_before:  # and written after it
        made = watching(carried, *behind, live=False)
        latest = made.latest(moment(14))
        assert latest is not None
        assert (latest[0].recurred, latest[1]) == (1, 22 * HOUR)
        assert over(made, moment(36)) == [("A", 34.0, 1)]
    of_an_earlier_version = CarriedEvent(**at(14))
    assert over(watching(opened("A", 0), closed("A", 1), of_an_earlier_version, live=False), moment(25)) == [("A", 24.0, 0)]


def test_one_whose_end_was_never_written_rests_no_longer_than_until_another_is_there() -> None:
    made = watching(opened("A", 0), closed("A", 1), opened("B", 2, chain="A"), opened("C", 5, cause=DNS))
    assert over(made, moment(5)) == []
    assert over(made, moment(29)) == [("A", 25.0, 1)]


def test_of_a_chain_whose_beginning_is_gone_the_rest_counts() -> None:
    made = watching(opened("C", 0, chain="A"), closed("C", 1), live=False)
    assert over(made, moment(25)) == [("A", 24.0, 1)]


def test_only_what_ended_within_the_first_hour_is_looked_after_closely() -> None:
    made = watching(opened("A", 0), closed("A", 1))
    assert [told.incident for told in made.lately(moment(1.9))] == ["A"]
    assert made.lately(moment(2)) == []
    assert watching(opened("A", 0), closed("A", 1), hours=0.5).lately(moment(1.6)) == []
