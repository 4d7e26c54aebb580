"""One alert a fault: it stands as long as the fault does, under one name, and is over when the fault is."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from agent.contract.times import parse
from agent.fleet.watching.alerts import LOOKS_GONE, MOST, Standing, ended, follow, posted, said_of
from tests.support.fleet_answers import ONSET, answer, fault

NOW = parse("2026-11-27T08:00:00Z") or 0.0


def test_a_fault_raises_one_alert_that_stands_while_it_grows() -> None:
    first = follow((), answer(fault(failing=50)), NOW)
    grown = follow(first.standing, answer(fault(failing=5000, of=6000, owner="isp", where=({"isp": "isp-c"},))), NOW + 60)
    assert [each.labels for each in grown.standing] == [each.labels for each in first.standing]
    assert (len(first.begun), grown.begun, grown.ended, grown.over) == (1, (), (), ())
    assert first.standing[0].said["failing"] == "50"
    assert grown.standing[0].said["failing"] == "5000"
    assert "isp-c" in grown.standing[0].said["place_en"]
    assert grown.standing[0].starts == parse(ONSET.median)


def test_a_fault_is_over_once_it_was_gone_for_some_looks_in_a_row() -> None:
    known = follow((), answer(fault()), NOW)
    for look in range(1, LOOKS_GONE):
        known = follow(known.standing, answer(), NOW + look)
        assert (len(known.standing), known.ended) == (1, ())
    back = follow(known.standing, answer(fault()), NOW + 10)
    assert back.standing[0].gone == 0
    for _ in range(LOOKS_GONE):
        back = follow(back.standing, answer(), NOW + 20)
    assert (back.standing, [each.fault for each in back.over]) == ((), ["f-1"])
    assert back.ended == back.over


def test_what_fell_silent_is_not_over() -> None:
    known = follow((), answer(fault()), NOW, victims=lambda name: (f"{name}-1", f"{name}-2"))
    for look in range(5):
        known = follow(known.standing, answer(), NOW + look, heard=lambda victims: victims != ("f-1-1", "f-1-2"))
    assert [each.fault for each in known.standing] == ["f-1"]


def test_a_fault_that_comes_to_stop_payments_is_raised_again_as_a_graver_one_and_stays_that() -> None:
    mild = follow((), answer(fault(cannot_pay=0)), NOW)
    grave = follow(mild.standing, answer(fault(cannot_pay=3)), NOW + 60)
    assert [each.severity for each in grave.ended] == ["warning"]
    assert [(each.severity, each.fault) for each in grave.standing] == [("critical", "f-1")]
    assert (grave.begun, grave.over) == ((), ())  # for people it is the same one
    better = follow(grave.standing, answer(fault(cannot_pay=0)), NOW + 120)
    assert better.ended == ()
    assert better.standing[0].severity == "critical"


def test_a_remnant_raises_none_and_one_that_becomes_one_keeps_its_own() -> None:
    assert follow((), answer(fault(remnant_of="f-0")), NOW).standing == ()
    known = follow((), answer(fault()), NOW)
    assert len(follow(known.standing, answer(fault(remnant_of="f-0")), NOW).standing) == 1


def test_single_terminals_raise_none() -> None:
    assert follow((), answer(single={"operator.paper_out": 900}, notices={"operator.paper_low": 50}), NOW).standing == ()


def test_both_languages_are_told_and_nothing_moves_a_cursor() -> None:
    said = said_of(fault(where=({"host": "gw\x1b[2J‮"},), acknowledged="张三\n去了"), answer())
    assert said["summary_en"].startswith("host out of service: 100 of 120 on host gw")
    assert said["summary_en"].endswith("elsewhere 0.8 %; 90 cannot take payments")
    assert "120 台中有 100 台" in said["summary_zh"]
    assert said["step_zh"] == "打电话给收单机构"
    assert said["step_en"] == "Call the acquirer"
    assert "acquirer" in said["description_en"]
    assert "\x1b" not in "".join(said.values())
    assert "\n" not in "".join(said.values())
    assert all(said.values())


def test_bodies_end_after_their_lease_and_begin_before_they_end() -> None:
    standing = follow((), answer(fault()), NOW).standing
    (body,) = posted(standing, 900, NOW)
    assert (body["startsAt"], body["endsAt"]) == (ONSET.median, "2026-11-27T08:15:00.000Z")
    (behind,) = posted(standing, 900, NOW - 7200)  # by a receiver's clock that is behind
    assert behind["startsAt"] < behind["endsAt"]
    (over,) = ended(standing, NOW - 7200)
    assert over["startsAt"] < over["endsAt"] == "2026-11-27T06:00:00.000Z"


@pytest.mark.parametrize("onset", ["2036-01-01T00:00:00Z", "1969-01-01T00:00:00Z", "nonsense"])
def test_an_onset_that_cannot_be_is_not_believed(onset: str) -> None:
    begun = follow((), answer(fault(since=replace(ONSET, median=onset))), NOW).standing
    assert begun[0].starts == NOW


def test_an_avalanche_stops_somewhere() -> None:
    many = answer(*(fault(f"f-{number}", cannot_pay=number) for number in range(MOST + 100)))
    standing = follow((), many, NOW).standing
    assert len(standing) == MOST
    assert min(int(each.said["cannot_pay"]) for each in standing) == 100  # the graver ones
    assert isinstance(standing[0], Standing)
