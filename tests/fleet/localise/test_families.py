"""Every cause has its kind of shared fault, or is one that only ever happens to one terminal."""

from __future__ import annotations

import pytest

from agent.diagnosis.causes import Cause
from agent.fleet.localise.families import FAMILY_OF, SINGLE, family_of
from agent.fleet.model.attributes import ATTRIBUTES, CELLS, Family


def test_each_cause_has_one_family_or_is_single_by_nature() -> None:
    assert {*FAMILY_OF} | {*SINGLE} == {*Cause}
    assert {*FAMILY_OF} & {*SINGLE} == set()
    assert {family_of(cause.value) for cause in SINGLE} == {None}


def test_no_family_is_without_a_cause_but_silence() -> None:
    assert {*FAMILY_OF.values()} == {*Family} - {Family.SILENCE}


@pytest.mark.parametrize(
    ("code", "family"),
    [
        ("network.of_a_later_version", Family.INTERNET),
        ("system.of_a_later_version", Family.DEVICE),
        ("operator.of_a_later_version", Family.CONFIGURATION),
        ("weather.rain", None),
        ("", None),
        ("\x1b[31m", None),
    ],
)
def test_a_cause_that_this_version_does_not_know(code: str, family: Family | None) -> None:
    assert family_of(code) is family


def test_cells_are_of_known_attributes_and_a_pair_stands_after_a_part_of_it() -> None:
    for cells in CELLS.values():
        assert len({*cells}) == len(cells)
        assert {name for cell in cells for name in cell} <= {*ATTRIBUTES}
        for place, cell in enumerate(cells):
            if len(cell) > 1:
                assert any((name,) in cells[:place] for name in cell), cell
