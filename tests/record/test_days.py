"""What a day was like: seconds in each state, as far as anybody watched, whatever the wall clock does; and how gateways answered."""

from __future__ import annotations

from msgspec.structs import replace

from agent.contract.event import ToldEvent
from agent.contract.times import parse, utc
from agent.record.answers import Answers
from agent.record.baseline import Baseline
from agent.record.days import DAY_S, Days, Part, Tally, planned_by
from agent.record.moments import Moment
from agent.settings.hours import parse as parse_hours
from probes.model import Check, Facts, Outcome, Symptom, check_of
from probes.model.facts import GatewayFacts, ReachFacts
from tests.support.clocks import in_zone
from tests.support.recorded import stamped

MIDNIGHT = parse("2026-02-01T00:00:00Z") or 0.0
LONGEST_S = 300.0


def moment(running: float, ahead: float = 0.0, boot: str = "b") -> Moment:
    """`running`: seconds after midnight."""
    return Moment(at=MIDNIGHT + running + ahead, boot_id=boot, running_s=1_000_000 + running)


def maintenance(second: float, until: float | None) -> ToldEvent:
    told = {"at": utc(MIDNIGHT + second), "running_s": 1_000_000 + second}
    return ToldEvent(what="maintenance", word="w", until="" if until is None else utc(until), **stamped(told))


def gateway(number: int, *, ok: bool = True, took_ms: float = 10.0) -> Check[GatewayFacts]:
    outcome, symptom = (Outcome.PASS, None) if ok else (Outcome.FAIL, Symptom.TIMEOUT)
    made = check_of(GatewayFacts(connect_ms=took_ms if ok else None), outcome, symptom, name="a")
    return replace(made, observed_at=str(number))


def test_each_state_lasts_from_its_look_to_the_next() -> None:
    days = Days(None, LONGEST_S)
    for second, state in ((0, "ok"), (60, "outage"), (120, "outage"), (180, "degraded"), (240, "ok")):
        assert days.look(moment(second), state, can_pay=state != "outage") == []
    assert days.tally is not None
    assert days.tally.seconds == {"ok": 60.0, "outage": 120.0, "degraded": 60.0}
    assert days.tally.can_pay_s == 120.0
    assert days.tally.unwatched_s == DAY_S - 240.0


def test_a_day_is_over_at_midnight_to_the_second() -> None:
    days = Days(None, LONGEST_S)
    days.look(moment(-100), "ok", can_pay=True)
    [over] = days.look(moment(50), "outage", can_pay=False)
    assert (over.day, over.seconds, over.can_pay_s) == ("2026-01-31", {"ok": 100.0}, 100.0)
    assert days.tally == Tally(day="2026-02-01", seconds={"ok": 50.0}, can_pay_s=50.0)


def test_what_nobody_watched_counts_for_no_state() -> None:
    days = Days(None, LONGEST_S)
    days.look(moment(0), "ok", can_pay=True)
    days.look(moment(LONGEST_S + 1), "ok", can_pay=True)
    assert days.tally == Tally(day="2026-02-01")
    days.look(moment(5, boot="another"), "ok", can_pay=True)
    assert days.tally == Tally(day="2026-02-01")
    [over] = days.look(moment(3 * DAY_S), "ok", can_pay=True)
    assert (over.day, over.seconds) == ("2026-02-01", {})


def test_a_clock_that_is_set_makes_no_second_longer() -> None:
    days = Days(None, LONGEST_S)
    days.look(moment(0), "ok", can_pay=True)
    days.look(moment(60, ahead=7200), "ok", can_pay=True)
    [over] = days.look(moment(120, ahead=-90_000), "ok", can_pay=True)
    assert days.tally is not None
    assert sum(over.seconds.values()) + sum(days.tally.seconds.values()) == 120.0


def test_a_start_goes_on_with_the_day_as_it_was() -> None:
    days = Days(Tally(day="2026-02-01", seconds={"ok": 1000.0}, can_pay_s=1000.0), LONGEST_S)
    days.look(moment(5000), "ok", can_pay=True)
    days.look(moment(5060), "ok", can_pay=True)
    assert days.tally is not None
    assert days.tally.seconds == {"ok": 1060.0}


def test_a_gateway_s_looks_are_counted_once_each_and_its_times_kept_few() -> None:
    days = Days(None, LONGEST_S)
    for second in range(1000):
        for _ in range(2):  # a light examination shows what an earlier one saw
            days.look(moment(second), "ok", can_pay=True, checks=[gateway(second, ok=second % 10 != 0, took_ms=float(second % 100))])
    assert days.tally is not None
    answers = days.tally.gateways["a"]
    assert len(answers.times_ms) <= 32
    told = answers.told()
    assert (told.n, told.loss_percent) == (1000, 10.0)
    assert told.p50_ms is not None and 30 <= told.p50_ms <= 70
    assert told.p95_ms is not None and told.p95_ms >= 80
    assert Answers().told().p50_ms is None


def test_opening_hours_are_counted_beside_all_hours_to_the_second() -> None:
    days = Days(None, LONGEST_S, hours=parse_hours("00:01-00:03; Sa off"))  # it is a Sunday
    with in_zone("UTC"):
        for second in range(0, 241, 40):
            days.look(moment(second), "ok" if second < 80 else "outage", can_pay=second < 80)
    over = days.tally
    assert over is not None and over.opening is not None
    assert (over.seconds, over.can_pay_s) == ({"ok": 80.0, "outage": 160.0}, 80.0)
    assert (over.opening.seconds, over.opening.can_pay_s) == ({"ok": 20.0, "outage": 100.0}, 20.0)


def test_opening_hours_over_the_midnight_of_utc_are_of_both_days() -> None:
    days = Days(None, LONGEST_S, hours=parse_hours("08:00-20:00"))
    with in_zone("Asia/Shanghai"):  # midnight of UTC is 08:00
        days.look(moment(-100), "ok", can_pay=True)
        [over] = days.look(moment(50), "ok", can_pay=True)
    assert over.opening == Part() and over.seconds == {"ok": 100.0}
    assert days.tally is not None and days.tally.opening == Part(seconds={"ok": 50.0}, can_pay_s=50.0)


def test_planned_work_is_of_no_state_and_counts_to_the_second() -> None:
    days = Days(None, LONGEST_S, hours=parse_hours("00:00-00:05"))
    with in_zone("UTC"):
        days.look(moment(0), "ok", can_pay=True)
        days.told(maintenance(30, until=MIDNIGHT + 100))
        days.look(moment(60), "outage", can_pay=False)
        days.look(moment(120), "ok", can_pay=True)
        days.told(maintenance(130, until=MIDNIGHT + 9000))
        days.look(moment(200), "outage", can_pay=False)
        days.told(maintenance(200, until=MIDNIGHT + 200))  # it is over sooner
        days.look(moment(260), "ok", can_pay=True)
        days.look(moment(360), "ok", can_pay=True)
    tally = days.tally
    assert tally is not None and tally.opening is not None
    # 30 s and 100 to 120 and 120 to 130, then 200 to 260 in vain
    assert tally.seconds == {"ok": 30.0 + 10.0 + 100.0, "outage": 20.0 + 60.0}
    assert (tally.planned_s, tally.can_pay_s) == (70.0 + 70.0, 140.0)
    assert tally.unwatched_s == DAY_S - 360.0
    assert (tally.opening.seconds, tally.opening.planned_s) == ({"ok": 80.0, "outage": 80.0}, 140.0)


def test_what_is_no_planned_work_or_has_no_time_changes_nothing() -> None:
    for event in (maintenance(0, until=None), replace(maintenance(0, until=MIDNIGHT), what="note")):
        assert planned_by(event) is None


def test_the_day_goes_on_over_a_start_unless_it_was_told_to_be_over() -> None:
    tally = Tally(day="2026-02-01", seconds={"ok": 1000.0}, can_pay_s=1000.0)
    over = tally.told(stamped({}))
    assert Baseline(sequence=7, day=tally).today([replace(over, sequence=7)]) == tally
    assert Baseline(sequence=7, day=tally).today([replace(over, sequence=8)]) is None
    assert Days(tally, LONGEST_S, hours=parse_hours("24/7")).tally == replace(tally, opening=Part())
    assert Days(replace(tally, opening=Part()), LONGEST_S).tally == tally


def reached(name: str, number: int, *, interface: str = "eth0", took_ms: float | None = 10.0, via: str = "10.0.0.1") -> Check[Facts]:
    facts = ReachFacts(interface=interface, via=via, connect_ms=took_ms)
    made = check_of(facts, Outcome.FAIL if took_ms is None else Outcome.PASS, Symptom.TIMEOUT if took_ms is None else None, name=name)
    return replace(made, observed_at=str(number))


def test_an_uplink_answers_where_anything_behind_it_does_once_a_look() -> None:
    days = Days(None, LONGEST_S)

    def look(second: int, *checks: Check[Facts], uplink: str = "eth0") -> None:
        days.look(moment(second), "ok", can_pay=True, checks=checks, uplink=uplink)

    look(0, reached("a", 0, took_ms=30.0), reached("b", 0, took_ms=20.0), reached("c", 0, took_ms=None))
    look(60, reached("a", 0, took_ms=30.0), reached("b", 0, took_ms=20.0))  # as it was seen before
    look(120, reached("a", 1, took_ms=None), reached("n", 1, took_ms=1.0, via=""), reached("u", 1, interface="usb0"))
    look(180, reached("a", 2, took_ms=40.0), reached("u", 2, interface="usb0", took_ms=90.0), uplink="usb0")
    assert days.tally is not None
    told = {name: each.told() for name, each in days.tally.uplinks.items()}
    assert (told["eth0"].n, told["eth0"].loss_percent, told["eth0"].p50_ms) == (3, 33.3, 40.0)
    assert (told["usb0"].n, told["usb0"].loss_percent, told["usb0"].p50_ms) == (1, 0.0, 90.0)
    line = days.tally.told(stamped({}))
    assert line.uplinks == told and line.gateways == {}
