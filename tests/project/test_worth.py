"""What a verdict may be worth is what verdicts on such ground came true at, in worlds that no rule had been written for."""

from __future__ import annotations

import pytest

from agent.diagnosis.causes import Cause
from agent.diagnosis.worth import MOST, Ground
from tests.lab.grounds import BATCHES, measured


def test_a_conclusion_is_worth_what_first_contact_left_of_it() -> None:
    found = measured()[Ground.CONCLUSION]
    assert found.said >= 20, "too few to say"
    assert MOST[Ground.CONCLUSION][-1] == pytest.approx(found.worth, abs=0.05), f"the last {BATCHES} batches: {found}"


def test_less_is_told_apart_the_less_it_is_worth() -> None:
    for none, one, more in MOST.values():
        assert none < one < more
    assert MOST[Ground.CONCLUSION] < MOST[Ground.WORD]


def test_every_word_is_that_of_a_host_or_of_the_system_itself() -> None:
    assert {cause for cause in Cause if cause.category.value == "network" and Ground.of(cause) is Ground.WORD} == {Cause.WEAK_SIGNAL}
