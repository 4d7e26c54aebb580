"""Starts of the service: each is told or counted, so that one that fails again and again is seen to, over power cuts between them too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.clocks import SetClock
from tests.support.played_record import Played
from tests.support.recorded import told


def starts(played: Played) -> list[int]:
    return [each.get("count", 1) for each in told(played.state_dir, "agent") if each["what"] != "stopped"]


@pytest.mark.parametrize("orderly", [True, False])
def test_starts_in_a_row_are_counted_and_few_are_told(tmp_path: Path, *, orderly: bool) -> None:
    clock = SetClock()
    played: Any = None
    for _ in range(100):
        clock.now += 30
        played = Played(tmp_path, clock)
        played.see()
        if orderly:
            played.close()
    assert len(told(played.state_dir, "agent")) <= 30
    for _ in range(12):  # it goes on running
        clock.now += 60
        played.see()
    assert sum(starts(played)) == 100 and len(starts(played)) <= 15
    assert not (played.state_dir / "starts.json").exists(), "nothing is left to be told"


def test_starts_that_are_far_from_each_other_are_told_one_by_one(tmp_path: Path) -> None:
    clock = SetClock()
    played: Any = None
    for _ in range(5):
        clock.now += 4000
        played = Played(tmp_path, clock)
        played.see()
        played.close()
    assert starts(played) == [1] * 5 and not (played.state_dir / "starts.json").exists()
    for _ in range(5):
        clock.now += 4000
        Played(tmp_path, clock, once=True).see()
    assert starts(played) == [1] * 5, "an examination by itself is no start"


@pytest.mark.parametrize("content", [b"", b"\0" * 9, b'{"count": -5}', b'{"count": "x"}', b"[]"])
def test_a_count_that_is_damaged_is_none(tmp_path: Path, content: bytes) -> None:
    clock = SetClock()
    played = Played(tmp_path, clock)
    played.see()
    (played.state_dir / "starts.json").write_bytes(content)
    clock.now += 4000
    played = Played(tmp_path, clock)
    played.see()
    assert starts(played) == [1, 1]
