"""Where a document of a later version is written again, all that this version does not know of it is still there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from agent.contract.times import parse
from agent.settings.model import AgentSettings
from agent.storage.expire import expire
from agent.storage.places import places
from agent.storage.status_file import Flaw, read
from tests.support.documents import LATER_VERSION

PLAIN: dict[str, Any] = json.loads(LATER_VERSION)
BOOT: str = PLAIN["boot_id"]
GENERATED = parse(PLAIN["generated_at"]) or 0.0


def test_it_is_current_and_exits_as_its_state_says(tmp_path: Path) -> None:
    path = tmp_path / "status.json"
    path.write_bytes(LATER_VERSION)
    reading = read(path, now=GENERATED + 1, boot_id=BOOT)
    assert (reading.flaw, reading.exit_status, reading.content) == (None, 2, LATER_VERSION)


def test_made_stale_it_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "status.json"
    path.write_bytes(LATER_VERSION)
    expire(path, now=GENERATED + 10, boot_id=BOOT)
    assert json.loads(path.read_bytes()) == PLAIN | {"valid_until": "2026-09-21T14:13:30.000Z"}
    assert read(path, now=GENERATED + 11, boot_id=BOOT).flaw is Flaw.EXPIRED


def test_gone_on_from_with_a_later_sequence_it_loses_nothing(tmp_path: Path) -> None:
    """The copy on the disk, where the memory that it lay in is lost."""
    agent = AgentSettings(state_dir=str(tmp_path), status_dir=str(tmp_path / "memory"), interval_s=60)
    where = places(agent)
    where.copy.write_bytes(LATER_VERSION)
    past = where.past(GENERATED + 100, BOOT)
    assert past.status is not None and past.status.sequence > PLAIN["sequence"]
    assert json.loads(past.content) == PLAIN | {"sequence": past.status.sequence}
