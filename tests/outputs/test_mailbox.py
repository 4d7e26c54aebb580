"""What could not be sent waits on the disk: over restarts, power cuts, full disks and damage."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from agent.contract.summary import SIZE_LIMIT
from agent.diagnosis.model import State
from agent.outputs.change import Change
from agent.outputs.mailbox import MOST_CHANGES
from agent.outputs.push_times import CHANGE_SPREAD_S
from tests.support.pushed import OUT, Pushed


@pytest.fixture
def pushed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Pushed:
    return Pushed(tmp_path, capsys)


def outbox(pushed: Pushed) -> list[int]:
    """Sequences of what lies on the disk."""
    path = pushed.mailbox.path
    return [each["sequence"] for each in msgspec.json.decode(path.read_bytes())["letters"]] if path.exists() else []


def test_at_most_fifty_changes_wait_and_the_others_are_counted(pushed: Pushed) -> None:
    pushed.collector.raises(OUT)
    for _ in range(MOST_CHANGES + 7):
        pushed.change()
        pushed.passes(60)
    assert pushed.mailbox.path.stat().st_size < (MOST_CHANGES + 2) * SIZE_LIMIT
    pushed.collector.raises(None)
    pushed.passes(7200, 60)
    assert pushed.collector.numbers[:MOST_CHANGES] == list(range(8, 8 + MOST_CHANGES))
    assert any("7 changes were lost" in line for line in pushed.said())


def test_a_restart_loses_nothing(pushed: Pushed) -> None:
    pushed.collector.raises(OUT)
    for _ in range(3):
        pushed.change()
        pushed.passes(60)
    pushed.document()
    pushed.stop()
    assert pushed.collector.closed == 1
    pushed.collector.raises(None)
    pushed.start()
    pushed.document(boot_id="another")
    pushed.passes(400)
    assert pushed.collector.numbers == [1, 2, 3, 4, 5]


def test_a_power_cut_loses_no_change_that_could_not_be_sent(pushed: Pushed) -> None:
    """Nothing is told that it ends."""
    pushed.collector.raises(OUT)
    pushed.change()
    pushed.passes(CHANGE_SPREAD_S)
    pushed.collector.raises(None)
    pushed.start()
    pushed.document()
    pushed.passes(400)
    assert pushed.collector.numbers == [1, 2]


def test_a_single_cycle_leaves_what_it_could_not_send(pushed: Pushed) -> None:
    pushed.collector.raises(OUT)
    pushed.start(once=True)
    made = pushed.document(State.OUTAGE)
    pushed.asked()
    pushed.push.change(Change(status=made, before=None))
    pushed.asked()
    assert outbox(pushed) == [1]


def test_the_flash_is_written_only_for_what_cannot_be_sent(pushed: Pushed) -> None:
    for _ in range(20):
        pushed.change()
        pushed.passes(60)
        assert not pushed.mailbox.path.exists()
    pushed.collector.raises(OUT)
    pushed.change()
    pushed.passes(60)
    written = pushed.mailbox.path.stat().st_ino
    for _ in range(60):
        pushed.document()
        pushed.passes(60)
    assert outbox(pushed)[0] == 21
    assert written, "a file"


@pytest.mark.parametrize(
    "content", [b"", b"{", b'{"schema":"posdiag.outbox/1","letters":[3]}', b"\xff" * 500, b'{"schema":"x","letters":[]}']
)
def test_a_damaged_mailbox_costs_what_was_in_it_and_no_more(tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "outbox-fleet.json").write_bytes(content)
    pushed = Pushed(tmp_path, capsys)
    assert [line.endswith("is damaged, and given up") for line in pushed.said()] == [True]
    pushed.document()
    pushed.passes(400)
    assert pushed.collector.numbers == [1] and not pushed.mailbox.path.exists()


def test_where_the_disk_takes_nothing_it_waits_in_memory(pushed: Pushed) -> None:
    (pushed.folder / "state").write_text("a file where the directory should be")
    pushed.collector.raises(OUT)
    for _ in range(3):
        pushed.change()
        pushed.passes(60)
    pushed.collector.raises(None)
    pushed.passes(600)
    assert pushed.collector.numbers[:3] == [1, 2, 3]
