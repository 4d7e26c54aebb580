"""What a day was like: seconds in each state, as far as anybody watched, whatever the wall clock does; and how gateways answered."""

from __future__ import annotations

from msgspec.structs import replace

from agent.contract.times import parse
from agent.record.days import DAY_S, Answers, Days, Tally
from agent.record.moments import Moment
from probes.model import Check, Outcome, Symptom, check_of
from probes.model.facts import GatewayFacts

MIDNIGHT = parse("2026-02-01T00:00:00Z") or 0.0
LONGEST_S = 300.0


def moment(running: float, ahead: float = 0.0, boot: str = "b") -> Moment:
    """`running`: seconds after midnight."""
    return Moment(at=MIDNIGHT + running + ahead, boot_id=boot, running_s=1_000_000 + running)


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
