"""A day by which something has to be done: near, over, done with, and come again."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from probes.assess.dates import Said, meant, standing
from probes.due_date import due_date, here_and_now
from probes.model import Outcome, Symptom
from probes.settings import DateKind, DateOwner, DueDate

DUE, PASSED = Symptom.DATE_DUE, Symptom.DATE_PASSED
CONTRACT = DueDate(name="Contract", kind=DateKind.CONTRACT, due=date(2027, 1, 31))
FEE = DueDate(name="Fee debit", kind=DateKind.FEE, due=date(2026, 8, 31), every="1 month")
WEEKLY = DueDate(name="Backup of the journal", due=date(2027, 1, 4), every="1 week")


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("today", "left", "symptom"),
    [
        ("2027-01-16", 15, None),
        ("2027-01-17", 14, DUE),
        ("2027-01-31", 0, DUE),
        ("2027-02-01", -1, PASSED),
        ("2031-01-31", -1461, PASSED),
    ],
)
def test_what_is_once(today: str, left: int, symptom: Symptom | None) -> None:
    found = standing(CONTRACT, [], day(today))
    assert (found.due, found.days_left, found.symptom) == (CONTRACT.due, left, symptom)


@pytest.mark.parametrize(
    ("today", "due", "symptom"),
    [
        ("2026-08-01", "2026-08-31", None),
        ("2026-09-01", "2026-09-30", None),
        ("2027-02-14", "2027-02-28", DUE),
        ("2027-02-28", "2027-02-28", DUE),
        ("2027-03-01", "2027-03-31", None),
    ],
)
def test_what_comes_again_moves_on_and_is_never_told_as_passed(today: str, due: str, symptom: Symptom | None) -> None:
    found = standing(FEE, [], day(today))
    assert (found.due, found.symptom) == (day(due), symptom)


def test_a_single_one_is_ended_for_good_by_a_word() -> None:
    for said in (Said(day("2027-01-20")), Said(day("2027-02-05")), Said(day("2026-06-01"), of=CONTRACT.due)):
        found = standing(CONTRACT, [said], day("2027-03-01"))
        assert (found.symptom, found.done) == (None, CONTRACT.due)


def test_a_word_about_the_old_day_does_not_end_the_new_one() -> None:
    renewed = DueDate(name="Contract", due=day("2029-01-31"))
    for said in (Said(day("2027-01-20")), Said(day("2027-01-20"), of=day("2027-01-31"))):
        assert standing(renewed, [said], day("2029-02-01")).symptom is PASSED


def test_of_what_comes_again_the_present_time_is_done_and_the_next_is_told_of_when_it_comes_near() -> None:
    said = [Said(day("2027-02-20"))]
    assert standing(FEE, said, day("2027-02-20")).symptom is None
    assert standing(FEE, said, day("2027-02-20")).due == day("2027-03-31")
    assert standing(FEE, said, day("2027-02-28")).symptom is None
    assert standing(FEE, said, day("2027-03-16")).symptom is None
    assert standing(FEE, said, day("2027-03-17")).symptom is DUE


def test_said_a_day_late_it_is_the_time_that_has_just_passed() -> None:
    assert meant(FEE, day("2027-03-01")) == day("2027-02-28")
    assert standing(FEE, [Said(day("2027-03-01"))], day("2027-03-20")).symptom is DUE


def test_what_comes_sooner_than_it_is_told_of_is_silent_between_its_times_once_it_is_done() -> None:
    assert standing(WEEKLY, [], day("2027-01-05")).symptom is DUE
    done = [Said(day("2027-01-06"), of=day("2027-01-11"))]
    assert standing(WEEKLY, done, day("2027-01-11")).symptom is None
    assert standing(WEEKLY, done, day("2027-01-12")).symptom is DUE


def test_the_check_and_its_facts() -> None:
    noon = datetime(2027, 2, 1, 12).timestamp()
    found = due_date(DueDate(name="Keys", kind=DateKind.KEYS, due=CONTRACT.due, owner=DateOwner.TECHNICIAN), [], noon)
    assert (found.id, found.outcome, found.symptom) == ("system:date:Keys", Outcome.WARN, PASSED)
    assert (found.facts.sort, found.facts.due, found.facts.days_left, found.facts.owner) == ("keys", "2027-01-31", -1, "technician")


def test_the_day_is_that_of_this_place_and_a_mad_clock_has_one_too() -> None:
    assert here_and_now(datetime(2027, 1, 31, 0, 0, 1).timestamp()) == here_and_now(datetime(2027, 1, 31, 23, 59, 59).timestamp())
    assert (here_and_now(1e20), here_and_now(-1e20)) == (date.max, date.min)
    assert standing(CONTRACT, [], date.min).symptom is None
    assert standing(CONTRACT, [], date.max).symptom is PASSED
    assert standing(FEE, [], date.max).symptom in (None, DUE)
    assert standing(FEE, [], date.min).symptom is None
