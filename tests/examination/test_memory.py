"""What examinations leave to one another on disk is read back, however much there was of it."""

from __future__ import annotations

from pathlib import Path

from agent.examination.memory import FILE, SIZE_LIMIT, recall, remember
from agent.examination.result import Memory


def test_a_machine_of_thousands_of_interfaces_remembers_some_and_writes_once(tmp_path: Path) -> None:
    names = [f"veth{number:011x}" for number in range(20_000)]
    memory = Memory(good_uplinks=("eth0",), used_uplinks=(*names, "eth0"), link_errors=dict.fromkeys(names, 2**63))
    remember(tmp_path, memory)
    assert (tmp_path / FILE).stat().st_size < SIZE_LIMIT
    kept = recall(tmp_path)
    assert kept.good_uplinks == ("eth0",) and "eth0" in kept.used_uplinks and len(kept.link_errors) > 100
    written = (tmp_path / FILE).stat().st_ino
    remember(tmp_path, memory)
    assert (tmp_path / FILE).stat().st_ino == written


def test_a_name_that_is_no_utf_8_costs_nothing_else(tmp_path: Path) -> None:
    remember(tmp_path, Memory(good_uplinks=("eth0",), link_errors={"a\udcff": 1, "eth0": 2}))
    assert recall(tmp_path).link_errors["eth0"] == 2
