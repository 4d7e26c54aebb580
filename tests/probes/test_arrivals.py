"""From counters to a word: answers were dropped here, or none came, or nobody can tell."""

from __future__ import annotations

import pytest

from probes.arrivals import compare
from probes.edge.kernel.arrivals import Arrivals, Family
from probes.model import Outcome, Symptom

NONE = Family(unaccounted=1000, to_many=50, datagrams_out=70, datagrams_in=60)


def grown(
    *, unaccounted: int = 0, off_way: int = 0, to_many: int = 0, unanswered: int = 0, solicited: int = 0, advertised: int = 0
) -> Family:
    return Family(
        unaccounted=1000 + unaccounted,
        to_many=50 + to_many,
        off_way=off_way,
        datagrams_out=70 + unanswered + 3,
        datagrams_in=63,
        solicited=solicited,
        advertised=advertised,
    )


def told(now: Family, asked: int = 8) -> tuple[Outcome, Symptom | None]:
    check = compare(Arrivals(ipv4=NONE, ipv6=None), Arrivals(ipv4=now, ipv6=None), {"ipv4": asked}, neighbours=False)
    return check.outcome, check.symptom


def test_as_many_were_dropped_as_were_asked_in_vain() -> None:
    assert told(grown(unaccounted=34, unanswered=24)) == (Outcome.FAIL, Symptom.DROPPED_HERE)


@pytest.mark.parametrize(("off_way", "symptom"), [(34, Symptom.OTHER_WAY_BACK), (26, Symptom.OTHER_WAY_BACK), (9, Symptom.DROPPED_HERE)])
def test_what_came_by_another_way_than_it_went_is_no_rule_of_ours(off_way: int, symptom: Symptom) -> None:
    assert told(grown(unaccounted=34, off_way=off_way, unanswered=24)) == (Outcome.FAIL, symptom)


@pytest.mark.parametrize("unaccounted", [0, 1, 5])
def test_a_few_are_no_answers(unaccounted: int) -> None:
    assert told(grown(unaccounted=unaccounted)) == (Outcome.PASS, None)


def test_what_may_have_been_for_many_proves_nothing() -> None:
    assert told(grown(unaccounted=12, to_many=9)) == (Outcome.UNKNOWN, None)
    assert told(grown(unaccounted=12, to_many=2)) == (Outcome.FAIL, Symptom.DROPPED_HERE)


def test_nothing_asked_nothing_missing() -> None:
    assert told(grown(unaccounted=30), asked=0) == (Outcome.PASS, None)


@pytest.mark.parametrize(("dropped", "expected"), [(4, Outcome.FAIL), (1, Outcome.PASS)])
def test_a_router_that_was_not_found_answers_as_a_neighbour_or_not_at_all(dropped: int, expected: Outcome) -> None:
    """What was meant for beyond it never left, however much that was."""
    now = grown(unaccounted=dropped, unanswered=40, solicited=4)
    check = compare(Arrivals(ipv4=None, ipv6=NONE), Arrivals(ipv4=None, ipv6=now), {"ipv6": 0}, neighbours=True)
    assert check.outcome is expected


def test_without_counters_nothing_is_known() -> None:
    nothing = Arrivals(ipv4=None, ipv6=None)
    assert compare(nothing, nothing, {"ipv4": 8}, neighbours=False).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(("kept", "symptom"), [(6, Symptom.KEPT_BACK), (5, None)])
def test_what_our_own_policies_keep_never_left(kept: int, symptom: Symptom | None) -> None:
    before, now = Arrivals(ipv4=NONE, ipv6=None, kept_back=40), Arrivals(ipv4=grown(), ipv6=None, kept_back=40 + kept)
    check = compare(before, now, {"ipv4": 8}, neighbours=False)
    assert (check.symptom, check.facts.kept_back) == (symptom, kept if symptom else None)
