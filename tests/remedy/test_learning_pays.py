"""Learning from cases costs next to nothing where there is nothing to learn, and comes near the best order where there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agent.diagnosis.causes import Cause
from agent.remedy.catalogue import entry
from tests.learning import truths
from tests.learning.report import BEST_AT, FROM_BEST, MOST_COST, TEXT
from tests.learning.simulate import HORIZONS, KINDS, Kind, World, best, catalogued, free, minutes, simulate
from tests.learning.truths import Fault, Truth

DOCUMENT = Path(__file__).parents[2] / "docs" / "learning.md"
# not what the model takes for granted: one step ends each fault, the minutes are the catalogue's, and it is known which step it was
OUTSIDE = {truths.several_steps, truths.other_minutes}
NAMES = [kind.name for kind in KINDS]


@pytest.mark.parametrize("kind", KINDS, ids=NAMES)
def test_steps_that_nothing_holds_back(kind: Kind) -> None:
    result = simulate(kind, free, rounds=1)
    assert all(result.cost(count) <= MOST_COST for count in HORIZONS)
    if kind.make not in OUTSIDE and not kind.by_trace:
        assert result.beyond_best(BEST_AT) <= FROM_BEST
    else:
        assert result.after[BEST_AT] < result.fixed[BEST_AT]


@pytest.mark.parametrize("kind", KINDS, ids=NAMES)
def test_the_steps_of_the_catalogue_with_every_rule(kind: Kind) -> None:
    result = simulate(kind, catalogued, rounds=1, every=5)
    assert all(result.cost(count) <= MOST_COST for count in HORIZONS)
    assert result.beyond_best(BEST_AT) <= FROM_BEST


def test_minutes_to_repair_and_the_best_of_an_order_are_counted_right() -> None:
    plug, _, other_end, *_ = steps = entry(Cause.CABLE_UNPLUGGED).steps
    takes = {step.id: step.minutes for step in steps}
    truth = Truth((Fault(0.5, frozenset({plug.id})), Fault(0.5, frozenset({other_end.id}))), takes)
    before = sum(step.minutes for step in steps[: steps.index(other_end) + 1])
    assert minutes(steps, truth) == pytest.approx((plug.minutes + before) / 2)
    assert best(World(steps, paying=False), truth) == pytest.approx((plug.minutes + plug.minutes + other_end.minutes) / 2)
    last = steps[-1]
    assert best(World(steps, paying=False), Truth((Fault(1.0, frozenset({last.id})),), takes)) == sum(takes.values()), "a call comes last"


def test_the_page_is_what_the_command_writes() -> None:
    page = DOCUMENT.read_text("utf-8")
    assert [line for line in TEXT.splitlines() if not re.fullmatch(r"\{\w+\}", line) and line not in page] == []
    assert [name for name in NAMES if page.count(f"| {name} |") != 2] == []
    assert (DOCUMENT.with_suffix(".svg")).read_text("utf-8").count("<polyline") == 2 * len(KINDS)
