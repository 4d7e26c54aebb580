"""The published table of what ended an incident: of the results that were kept, of every trace, and as right as it says."""

from __future__ import annotations

from collections import Counter

from agent.contract.trace import Trace
from tests.lab.traces.cases import CASES
from tests.lab.traces.report import load, report
from tests.support.documented import text


def test_the_published_table_is_of_the_results() -> None:
    assert report(load("first"), load("today")) == text("docs/traces.md")


def test_every_trace_is_made_at_least_twice_and_some_in_vain() -> None:
    counts = Counter(case.ended for case in CASES)
    assert {trace.value for trace in Trace if counts[trace.value] < 2} == set()
    assert len(CASES) >= 60
    assert {trace for case in CASES for trace in case.tried} >= {"link_replugged", "router_restarted", "terminal_restarted"}


def test_today_is_of_the_scenarios_that_there_are() -> None:
    assert sorted((each.name, each.truth, each.truly_tried) for each in load("today")) == sorted((c.name, c.ended, c.tried) for c in CASES)


def test_a_wrong_claim_is_rare() -> None:
    today = load("today")
    assert sum(each.wrong for each in today) < 0.02 * len(today)
    assert sum(each.right for each in today) >= 0.9 * len(today)
