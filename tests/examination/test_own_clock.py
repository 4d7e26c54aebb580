"""Whether this machine's own clock is known to be right, before a terminal's is held against it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from agent.contract.times import parse
from agent.examination import own_clock
from probes.ground.deadline import Deadline
from tests.support.android.examined import look
from tests.support.android.terminal import AndroidTerminal

CLOCK = {"id": "system:clock", "outcome": "pass", "facts": {"sources": {"internet:check-1": 0.2}}}
DOCUMENT = {"generated_at": "2026-01-31T08:00:00.000Z", "checks": [{"id": "x", "facts": []}, CLOCK]}
NOW = parse("2026-01-31T08:30:00Z") or 0.0


def is_right(state: Path, now: float = NOW, *, synchronised: Path = Path("/nowhere/synchronized"), kept: bool = False) -> bool:
    return own_clock.is_right(str(state), now, Deadline(5), synchronised, lambda _: kept)


def test_it_is_right_where_something_says_so(tmp_path: Path) -> None:
    assert not is_right(tmp_path) and is_right(tmp_path, kept=True)
    for changed, right in (({}, True), ({"outcome": "unknown"}, False), ({"facts": {"sources": {}}}, False)):
        (tmp_path / "status.json").write_bytes(json.dumps(DOCUMENT | {"checks": [CLOCK | changed]}).encode())
        assert is_right(tmp_path) is right
    (tmp_path / "status.json").write_bytes(json.dumps(DOCUMENT).encode())
    assert is_right(tmp_path) and not is_right(tmp_path, NOW + 7200)
    (tmp_path / "synchronized").touch()
    assert is_right(tmp_path / "x", synchronised=tmp_path / "synchronized")


def test_what_stands_in_its_place_and_is_no_document_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "status.json")
    assert not is_right(tmp_path)
    (tmp_path / "status.json").unlink()
    (tmp_path / "status.json").symlink_to("status.json")
    assert not is_right(tmp_path)


def test_the_terminals_own_document_vouches_for_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is this machine's that counts: the terminal's says only that the two agreed."""
    asked: list[str] = []

    def noted(state_dir: str, *_: object) -> bool:
        asked.append(state_dir)
        return False

    monkeypatch.setattr(own_clock, "is_right", noted)
    look(tmp_path, AndroidTerminal())
    assert asked and not [each for each in asked if "beside" in each or "till-2" in each]
