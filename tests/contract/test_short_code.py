"""Short codes: back to what they were made of, and what was heard wrongly is found out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.contract import short_code
from agent.contract.short_code import ALPHABET, CAUSES, KINDS, MOST_PLACES, NotACode, Told
from agent.diagnosis.causes import Cause
from probes.model import Kind

CODES = st.builds(short_code.written, st.sampled_from(CAUSES), st.sampled_from(KINDS), st.integers(0, MOST_PLACES))


def test_each_cause_and_each_kind_has_one_number() -> None:
    assert {cause.value for cause in Cause} <= set(CAUSES) and len(set(CAUSES)) == len(CAUSES)
    assert set(Kind) == set(KINDS) and len(set(KINDS)) == len(KINDS)


@pytest.mark.parametrize(
    ("text", "cause", "kind", "place"),
    [
        ("1P60-GQ", "network.dns_unreachable", Kind.RESOLVER, 1),
        (short_code.written("operator.cable_unplugged", Kind.LINK, 1), "operator.cable_unplugged", Kind.LINK, 1),
    ],
)
def test_numbers_are_given_for_ever(text: str, cause: str, kind: Kind, place: int) -> None:
    assert short_code.read(text) == Told(cause, kind, place)


@given(st.sampled_from(CAUSES), st.sampled_from(KINDS), st.integers(0, MOST_PLACES))
def test_there_and_back(cause: str, kind: Kind, place: int) -> None:
    text = short_code.written(cause, kind, place)
    assert len(text) <= 8 and short_code.read(text) == Told(cause, kind, place)
    assert short_code.read(text.lower().replace("-", "").replace("0", "o").replace("1", "l")) == Told(cause, kind, place)


@given(CODES, st.integers(0, 5), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_found(text: str, at: int, letter: str) -> None:
    plain = text.replace("-", "")
    if plain[at] != letter:
        with pytest.raises(NotACode):
            short_code.read(plain[:at] + letter + plain[at + 1 :])


@given(CODES, st.integers(0, 4))
def test_two_that_changed_places_are_found(text: str, at: int) -> None:
    plain = text.replace("-", "")
    if plain[at] != plain[at + 1]:
        with pytest.raises(NotACode):
            short_code.read(plain[:at] + plain[at + 1] + plain[at] + plain[at + 2 :])


@pytest.mark.parametrize("text", ["", "1P60", "1P60-GQQ", "网线", "1P6!-GQ", "000000", "\x1b[2J00"])
def test_what_is_no_code(text: str) -> None:
    with pytest.raises(NotACode):
        short_code.read(text)


def test_a_later_versions_cause_is_told_as_such() -> None:
    number, digits = len(CAUSES) + 1, []
    value = ((number << 6 | 1) << 6 | 0) << 4
    digits = [value >> shift & 31 for shift in (20, 15, 10, 5, 0)]
    text = "".join(ALPHABET[digit] for digit in (*digits, short_code._check(digits)))
    assert short_code.read(text).cause is None


def test_a_cause_without_a_number_has_no_code() -> None:
    assert short_code.written("network.cell_barred", Kind.LINK, 1) == ""
