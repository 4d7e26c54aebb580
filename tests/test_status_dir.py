"""The status file in memory: renewed there alone, with a copy of each change where it outlives a restart of the machine."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.staged import Stage, staged


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path, status_dir=str(tmp_path / "memory")) as made:
        yield made


def document(folder: Path) -> dict[str, Any]:
    path = folder / "status.json"
    return json.loads(path.read_bytes()) if path.exists() else {}


def test_renewals_go_to_memory_and_changes_to_both(stage: Stage, tmp_path: Path) -> None:
    memory = tmp_path / "memory"
    stage.start()
    stage.until(lambda: document(memory).get("sequence", 0) >= 4)
    assert stage.status()["sequence"] == 1
    stage.say("outage operator.cable_unplugged")
    stage.until(lambda: stage.status()["state"] == "outage")
    changed = stage.status()["sequence"]
    stage.until(lambda: document(memory)["sequence"] > changed)
    assert stage.end() == ""


def test_what_was_known_outlives_a_restart_of_the_machine(stage: Stage, tmp_path: Path) -> None:
    memory = tmp_path / "memory"
    stage.say("outage operator.cable_unplugged")
    stage.start()
    stage.until(lambda: document(memory).get("sequence", 0) >= 3)
    stage.end()
    last = document(memory)
    shutil.rmtree(memory)
    stage.start()
    stage.until(lambda: document(memory))
    again = document(memory)
    assert again["incident"] == last["incident"]
    assert again["sequence"] >= last["sequence"]
    assert len(stage.entries()) == 1
    stage.end()
