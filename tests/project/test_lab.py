"""How the lab scores: against literal scenarios and verdicts, worked out by hand."""

from __future__ import annotations

import pytest

from agent.diagnosis.causes import Cause
from tests.lab import score
from tests.lab.play import Played, Said
from tests.lab.report import report
from tests.lab.scenario import Kind, Scenario, fault, healthy
from tests.lab.scenarios import SCENARIOS
from tests.lab.score import Judged, Steady

CABLE, DOWN, DOUBT = "operator.cable_unplugged", "system.gateway_down", "unknown.indeterminate"
# see "What a namespace cannot show" in docs/accuracy.md
NOT_SHOWN = {
    *(Cause.LINK_ERRORS, Cause.CPU_OVERLOADED, Cause.POWER_OFF, Cause.INDETERMINATE),
    # of a terminal beside the machine that looks: tests/examination/test_beside.py, tests/probes/test_beside_lan.py, tests/adb
    *(Cause.TERMINAL_OFF, Cause.DEBUGGING_NOT_ALLOWED, Cause.DEBUGGING_OPEN, Cause.TERMINAL_PORT_CLOSED),
}


def said(code: str, severity: str = "outage", confidence: float = 0.9, candidates: tuple[str, ...] = ()) -> Said:
    return Said(code, severity, confidence, code.split(".")[0], candidates)


def judged(scenario: Scenario, state: str, *causes: Said) -> Judged:
    return Judged(scenario, Played(name=scenario.name, state=state, causes=causes, seconds=1.0))


ONE = fault("one", CABLE)
TWO = Scenario("two", Kind.DOUBLE, (CABLE, DOWN), lambda _: None, ("outage",))


@pytest.mark.parametrize(
    ("case", "first", "three", "category", "state", "right"),
    [
        (judged(ONE, "outage", said(CABLE)), True, True, True, True, True),
        (judged(ONE, "degraded", said(CABLE)), True, True, True, False, False),
        (judged(ONE, "outage", said(DOWN), said(CABLE)), False, True, False, True, False),
        (judged(ONE, "outage", said("operator.interface_disabled")), False, False, True, True, False),
        (judged(ONE, "outage", said(DOUBT, candidates=(DOWN, CABLE))), False, True, False, True, False),
        (judged(ONE, "outage", said(CABLE), said(DOWN)), True, True, True, True, False),
        (judged(ONE, "ok"), False, False, False, False, False),
        (judged(TWO, "outage", said(DOWN), said(CABLE)), True, True, True, True, True),
        (judged(TWO, "outage", said(CABLE)), True, True, True, True, False),
    ],
)
def test_a_verdict_is_held_against_the_truth(case: Judged, first: bool, three: bool, category: bool, state: bool, right: bool) -> None:
    assert (case.first_right, case.first_three_right, case.category_right, case.state_right, case.right) == (
        first,
        three,
        category,
        state,
        right,
    )


def test_a_healthy_world_is_no_alarm_while_only_allowed_notices_stand_there() -> None:
    well = healthy("well", notices=(DOWN,))
    assert judged(well, "ok", said(DOWN, "notice")).right
    assert not judged(well, "ok", said(DOWN, "notice")).alarm
    assert not judged(well, "ok", said(CABLE, "notice")).right
    assert judged(well, "degraded", said(CABLE, "degraded")).alarm
    assert judged(well, "unknown").alarm


def test_what_is_missed_and_what_is_invented() -> None:
    half = judged(TWO, "outage", said(CABLE), said(DOUBT))
    assert (half.missed, half.invented) == ((DOWN,), (DOUBT,))


def test_the_matrix_counts_first_guesses() -> None:
    cases = [judged(ONE, "outage", said(CABLE)), judged(ONE, "outage", said(DOWN)), judged(ONE, "ok"), judged(TWO, "outage")]
    assert score.matrix(cases) == {(CABLE, CABLE): 1, (CABLE, DOWN): 1, (CABLE, "nothing"): 1}


def test_calibration() -> None:
    claimed = score.claims([judged(ONE, "outage", said(CABLE, confidence=0.9), said(DOWN, confidence=0.6))])
    assert claimed == [(0.9, True), (0.6, False)]
    assert score.brier(claimed) == pytest.approx((0.01 + 0.36) / 2)
    assert [(each.low, each.count, each.came_true) for each in score.reliability(claimed)] == [(0.5, 1, 0.0), (0.9, 1, 1.0)]
    doubt = judged(ONE, "outage", said(DOUBT, confidence=0.5, candidates=(CABLE, DOWN)))
    assert score.claims([doubt]) == [(0.5, True)]


@pytest.mark.parametrize(
    ("states", "leading", "right"),
    [
        (("ok", "ok", "outage", "outage"), ("-", CABLE, CABLE, CABLE), True),
        (("ok", "outage", "ok", "outage"), ("-", CABLE, CABLE, CABLE), False),
        (("ok", "ok", "ok", "ok"), ("-", CABLE, "-", CABLE), False),
        (("ok", "outage", "outage", "outage"), ("-", CABLE, DOWN, CABLE), False),
        (("ok", "outage", "outage", "outage"), ("-", "-", "-", "-"), False),
    ],
)
def test_a_fault_that_comes_and_goes(states: tuple[str, ...], leading: tuple[str, ...], right: bool) -> None:
    scenario = Scenario("flap", Kind.PASSING, (CABLE,), lambda _: None, ("outage",))
    assert Steady(scenario, Played(name="flap", state=states[-1], states=states, leading=leading)).right is right


def test_what_was_judged_wrong_stands_in_the_report() -> None:
    wrong = Played(name="one", state="outage", causes=(said(DOWN),), seconds=2.0)
    text = report([(ONE, wrong)], times=[2.0], beside=1, alone=True, took_s=60)
    assert f"| one | {CABLE} [outage] | {DOWN} 0.90 [outage] |" in text
    assert f"| `{CABLE}` | 1 | 0 | `{DOWN}` × 1 |" in text


def test_every_cause_that_a_namespace_can_show_is_made_in_three_ways() -> None:
    single = [scenario for scenario in SCENARIOS if scenario.kind is Kind.SINGLE and scenario.user is None]
    ways = {cause: sum(cause.value in scenario.causes for scenario in single) for cause in Cause if cause not in NOT_SHOWN}
    as_a_user = sum(Cause.PORT_PERMISSION.value in scenario.causes for scenario in SCENARIOS)  # root may open every port
    assert {cause.value for cause, count in (ways | {Cause.PORT_PERMISSION: as_a_user}).items() if count < 3} == set()
