"""How often guide and watch call on a host: once in 10 s over all processes, also where the file is damaged, planted, locked or missing."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from agent.messages.visits import ALONE_S, APART_S, FILE, MOST, Visits
from tests.support.clocks import SetClock


@pytest.fixture(autouse=True)
def refuges(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("agent.messages.record.REFUGES", tmp_path / "run")
    return tmp_path / "run"


def visits(folder: Path, clock: SetClock, boot: str = "b1", memory: str = "") -> Visits:
    return Visits(str(folder), boot, clock, memory_dir=memory)


def test_two_processes_share_one_turn_in_ten_seconds(tmp_path: Path) -> None:
    clock = SetClock()
    one, other = visits(tmp_path, clock), visits(tmp_path, clock)
    made = []
    for _ in range(60):
        made.append(one.take(served=True) + other.take(served=False))
        clock.now += 1.0
    assert sum(made) == 6
    assert made[0] == 1 and set(made) == {0, 1}


def test_one_that_was_killed_has_used_its_turn(tmp_path: Path) -> None:
    clock = SetClock()
    assert visits(tmp_path, clock).take(served=False)
    assert not visits(tmp_path, clock).take(served=False)
    clock.now += APART_S
    assert visits(tmp_path, clock).take(served=False)


@pytest.mark.parametrize("content", [b"garbage", b"\xff" * 90, b"b1 nan", b"b1 1e99", b"b1", b"x" * 5000, b"b1 inf"])
def test_what_cannot_be_believed_counts_as_a_visit_just_now_and_no_longer(tmp_path: Path, content: bytes) -> None:
    clock = SetClock()
    (tmp_path / FILE).write_bytes(content)
    one = visits(tmp_path, clock)
    assert not one.take(served=False)
    clock.now += APART_S / 2
    assert not one.take(served=False)
    clock.now += APART_S / 2
    assert one.take(served=False)


def test_another_boot_is_long_ago_once_this_one_has_run_for_as_long(tmp_path: Path) -> None:
    clock = SetClock()
    assert visits(tmp_path, clock, boot="earlier").take(served=False)
    assert visits(tmp_path, clock).take(served=False)
    clock.now = APART_S / 2  # and started just now
    assert not visits(tmp_path, clock, boot="b3").take(served=False)


def test_a_planted_link_is_not_followed_and_a_file_of_others_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, aim = SetClock(), tmp_path / "aim"
    monkeypatch.setattr("agent.messages.visits.homes", lambda state_dir: [Path(state_dir)])
    aim.write_text("")
    (tmp_path / FILE).symlink_to(aim)
    assert not visits(tmp_path, clock).take(served=True)
    assert aim.read_text() == ""
    (tmp_path / FILE).unlink()
    (tmp_path / FILE).write_text("")
    (tmp_path / FILE).chmod(0o666)
    assert not visits(tmp_path, clock).take(served=True)


def test_nobody_else_may_lock_it_and_one_that_is_locked_is_taken(tmp_path: Path) -> None:
    clock = SetClock()
    one = visits(tmp_path, clock)
    assert one.take(served=False)
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    clock.now += APART_S
    with (tmp_path / FILE).open("r+b") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert not one.take(served=False)
    assert one.take(served=False)


def test_where_it_cannot_be_kept_the_service_looks_alone_or_visits_are_rare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SetClock()
    monkeypatch.setattr(os, "geteuid", lambda: 12345)  # one who may not write there
    one = visits(tmp_path / "missing", clock)
    made = {True: 0, False: 0}
    for served in made:
        for _ in range(int(10 * ALONE_S)):
            made[served] += one.take(served=served)
            clock.now += 1.0
    assert made == {True: 0, False: 10}


def test_root_keeps_it_elsewhere_where_the_state_directory_takes_nothing(tmp_path: Path, refuges: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root: nobody else may make the refuge")
    clock, state = SetClock(), tmp_path / "state"
    state.mkdir()
    (state / FILE).mkdir()
    refuges.mkdir()
    assert visits(state, clock).take(served=False)
    assert not visits(state, clock).take(served=False)
    assert list(refuges.glob(f"*/{FILE}"))


def test_in_memory_where_there_is_such_a_place(tmp_path: Path) -> None:
    clock, memory, flash = SetClock(), tmp_path / "memory", tmp_path / "flash"
    memory.mkdir()
    flash.mkdir()
    assert visits(flash, clock, memory=str(memory)).take(served=False)
    assert (memory / FILE).exists() and not (flash / FILE).exists()


def test_what_came_of_a_visit_is_for_the_others_too(tmp_path: Path) -> None:
    clock = SetClock()
    one, other = visits(tmp_path, clock), visits(tmp_path, clock)
    assert other.told() == b""
    assert one.take(served=False)
    one.tell(b"[1, 2, 3]")
    assert other.told() == b"[1, 2, 3]"
    one.tell(b"[]")
    assert other.told() == b"[]" and not other.take(served=False)
    one.tell(b"x" * (MOST + 1))
    assert other.told() == b"[]", "too much is not kept"
    assert visits(tmp_path, clock, boot="b2").told() == b"", "of another boot"
    clock.now += APART_S
    assert other.take(served=False) and one.told() == b"[]"
