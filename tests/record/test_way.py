"""A cable pulled and pushed, a router restarted, and what may be either, from what one look after another saw."""

from __future__ import annotations

import pytest

from agent.contract.trace import Trace
from agent.record.way import PLUGGED_OR_RESTARTED, SILENT_AND_BACK, Left, Seen, Way
from probes.model import Symptom

REPLUGGED, RESTARTED = (Trace.LINK_REPLUGGED,), (Trace.ROUTER_RESTARTED,)
WELL, OUT = Seen(link=True, router=True), Seen(link=False, symptom=Symptom.NO_CARRIER)
MUTE = Seen(link=True, router=False)
NO_ADDRESS = Seen(link=True, address=False)
Look = tuple[float, Seen, bool | None]
GOOD: Look = (0, WELL, True)


def played(*looks: Look) -> list[Left]:
    way = Way()
    return [left for at, seen, line in looks for left in way.look(seen, line, at)]


def told(*looks: Look) -> list[tuple[Trace, ...]]:
    return [left.traces for left in played(*looks)]


def of_link(symptom: Symptom) -> Seen:
    return Seen(link=False, symptom=symptom)


@pytest.mark.parametrize("seconds", [4, 40, 4000])
def test_a_cable_pushed_in_has_its_router_and_its_line_at_once(seconds: float) -> None:
    end = 10 + seconds
    assert told(GOOD, (10, OUT, None), (end - 1, OUT, None), (end, WELL, True)) == [REPLUGGED]
    assert told(GOOD, (10, OUT, None), (end - 1, OUT, None), (end, NO_ADDRESS, None), (end + 4, WELL, True)) == [REPLUGGED]


def test_a_cable_pushed_in_between_two_looks_of_a_minute_is_known_by_the_kernel_telling_of_it() -> None:
    way = Way()
    for at, seen in ((0.0, WELL), (10.0, OUT), (70.0, OUT)):
        assert way.look(seen, True if seen is WELL else None, at, told=at == 10) == ()
    [left] = way.look(WELL, True, 120.0, told=True)
    assert left.traces == REPLUGGED
    assert told(GOOD, (10, OUT, None), (70, OUT, None), (120, WELL, True)) == [PLUGGED_OR_RESTARTED]


def test_a_router_whose_ports_come_first_is_told_by_its_answer_also_where_the_kernel_tells_of_the_ports() -> None:
    way = Way()
    looks = ((0.0, WELL, True), (10.0, OUT, None), (70.0, OUT, None), (100.0, MUTE, None), (112.0, MUTE, None), (130.0, WELL, True))
    assert [left.traces for at, seen, line in looks for left in way.look(seen, line, at, told=at in (10.0, 100.0))] == [RESTARTED]


def test_a_trace_has_its_beginning_and_its_end() -> None:
    [left] = played(GOOD, (10, OUT, None), (25, OUT, None), (30, WELL, True))
    assert (left.began, left.at) == (10, 30)


def test_a_router_restarted_answers_after_its_ports_or_before_its_line() -> None:
    assert told(GOOD, (10, OUT, None), (20, OUT, None), (30, MUTE, False), (50, MUTE, False), (60, WELL, True)) == [RESTARTED]
    assert told(GOOD, (10, OUT, None), (40, OUT, None), (41, WELL, False), (50, WELL, False), (90, WELL, True)) == [RESTARTED]
    assert told(GOOD, (10, MUTE, False), (40, MUTE, False), (50, WELL, False), (60, WELL, False), (70, WELL, True)) == [RESTARTED]


def test_its_ports_may_come_and_go_while_it_boots() -> None:
    looks = ((10, OUT, None), (20, MUTE, False), (25, OUT, None), (40, MUTE, False), (55, MUTE, False), (60, WELL, True))
    assert told(GOOD, *looks) == [RESTARTED]


def test_what_comes_back_between_two_looks_that_lie_far_apart_may_be_either() -> None:
    assert told(GOOD, (10, OUT, None), (70, WELL, True)) == [PLUGGED_OR_RESTARTED]


def test_a_router_that_was_silent_and_answers_with_its_line_may_be_either() -> None:
    assert told(GOOD, (10, MUTE, False), (60, MUTE, False), (70, WELL, True)) == [SILENT_AND_BACK]


def test_where_the_line_was_dead_before_it_tells_nothing() -> None:
    dead = (5, WELL, False)
    assert told(GOOD, dead, (10, OUT, None), (14, OUT, None), (15, WELL, False)) == [REPLUGGED]
    assert told(GOOD, dead, (10, OUT, None), (40, OUT, None), (41, WELL, False)) == [PLUGGED_OR_RESTARTED]
    assert told(GOOD, dead, (10, OUT, None), (30, OUT, None), (31, MUTE, False), (50, MUTE, False), (55, WELL, False)) == [RESTARTED]
    assert told(GOOD, dead, (10, MUTE, False), (40, MUTE, False), (45, WELL, False)) == [RESTARTED], "its answer was gone for long"
    assert told(GOOD, dead, (10, MUTE, False), (12, MUTE, False), (15, WELL, False)) == [SILENT_AND_BACK]


HUNG = ((10, MUTE, False), (20, MUTE, False), (30, OUT, None), (34, OUT, None), (35, MUTE, False))


def test_a_cable_in_vain_while_the_router_hangs() -> None:
    again = ((200, OUT, None), (230, OUT, None), (231, MUTE, False), (260, MUTE, False), (270, WELL, True))
    assert told(GOOD, *HUNG, *again) == [REPLUGGED, PLUGGED_OR_RESTARTED[1:]], "and then it was restarted"
    assert [(left.began, left.at) for left in played(GOOD, *HUNG, *again)] == [(30, 35), (200, 270)]
    assert told(GOOD, *HUNG, (300, MUTE, False), (310, WELL, False), (330, WELL, True)) == [REPLUGGED, RESTARTED]


def test_a_router_that_drops_its_ports_for_a_moment_and_answers_soon_was_restarted() -> None:
    assert told(GOOD, *HUNG, (60, MUTE, False), (75, WELL, True)) == [RESTARTED]
    assert told(GOOD, *HUNG, (36, OUT, None), (38, MUTE, False), (60, MUTE, False), (75, WELL, True)) == [RESTARTED]


def test_a_lease_that_comes_is_no_router_that_does() -> None:
    lost = ((10, NO_ADDRESS, None), (20, NO_ADDRESS, None))
    assert told(GOOD, *lost, (60, WELL, True)) == []
    pulled = ((30, OUT, None), (34, OUT, None), (35, NO_ADDRESS, None))
    assert told(GOOD, *lost, *pulled, (100, NO_ADDRESS, None), (120, WELL, True)) == [REPLUGGED], "in vain"
    assert told(GOOD, *lost, *pulled, (38, WELL, True)) == [REPLUGGED]
    off = ((30, OUT, None), (60, OUT, None), (61, NO_ADDRESS, None), (75, MUTE, False), (90, WELL, False), (100, WELL, True))
    assert told(GOOD, *lost, *off) == [RESTARTED]
    assert told(GOOD, (30, OUT, None), (60, OUT, None), (61, NO_ADDRESS, None), (75, NO_ADDRESS, None), (80, WELL, True)) == [RESTARTED]


def test_a_line_that_only_takes_a_moment_is_there_at_once() -> None:
    assert told(GOOD, (10, OUT, None), (14, OUT, None), (15, WELL, False), (17, WELL, True)) == [REPLUGGED]


def test_a_carrier_gone_and_back_between_two_looks() -> None:
    flick = Seen(link=True, router=True, flickered=True)
    assert told(GOOD, (5, flick, True)) == [REPLUGGED]
    assert told(GOOD, (5, Seen(link=True, router=False, flickered=True), False), (30, MUTE, False), (31, WELL, True)) == [RESTARTED]


def test_a_radio_and_a_network_that_was_joined() -> None:
    assert told(GOOD, (10, of_link(Symptom.RADIO_OFF), None), (12, WELL, True)) == [(Trace.RADIO_ON,)]
    assert told(GOOD, (10, of_link(Symptom.WRONG_PASSWORD), None), (12, WELL, True)) == [(Trace.WIFI_JOINED,)]
    assert told(GOOD, (10, of_link(Symptom.NOT_ASSOCIATED), None), (12, WELL, True)) == [(Trace.WIFI_JOINED,)]


def test_a_cable_that_was_out_at_the_start() -> None:
    assert told((0, OUT, None), (10, WELL, True)) == [REPLUGGED]
    assert told((0, OUT, None), (60, OUT, None), (61, MUTE, False), (80, MUTE, False), (90, WELL, True)) == [RESTARTED]


def test_what_leaves_no_trace_of_these() -> None:
    assert told(GOOD, (10, of_link(Symptom.ADMIN_DOWN), None), (12, WELL, True)) == []
    assert told(GOOD, (10, Seen(link=False, symptom=Symptom.NO_CARRIER, cellular=True), None), (12, WELL, True)) == []
    assert told((0, MUTE, False), (10, WELL, True)) == [], "it was found so"
    assert told(GOOD, (10, WELL, False), (20, WELL, True)) == [], "the line alone"
    assert told(GOOD, (10, Seen(), None), (20, WELL, True)) == [], "nobody looked"
