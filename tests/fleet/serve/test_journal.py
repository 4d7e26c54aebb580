"""The journal: what is acknowledged is written, what could not be written leaves nothing, and a torn end costs itself alone."""

from __future__ import annotations

import asyncio
import json
import os
import resource
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agent.fleet.serve.follow import Follower, Position, drop
from agent.fleet.serve.journal import FOLDER, Journal, segments
from probes.ground.clock import Clock
from tests.support.patience import until


def line(number: int, size: int = 0) -> bytes:
    document = {"id": f"T-{number}", "rest": "x" * size}
    return json.dumps({"received": number, "token": "all", "from": "127.0.0.1", "document": document}).encode() + b"\n"


def numbers(follower: Follower) -> list[int]:
    return [each.received for each in follower.lines()]


def with_journal(store: Path, work: Callable[[Journal], Awaitable[None]], *, sync_s: float = 1, clock: Clock | None = None) -> None:
    async def run() -> None:
        journal = Journal(store, asyncio.get_running_loop(), sync_s=sync_s, clock=clock or Clock())
        try:
            await work(journal)
        finally:
            await asyncio.to_thread(journal.end)

    asyncio.run(run())


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """No file of this process may grow past it: the kernel refuses as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("sync_s", [0, 1])
def test_what_is_done_is_in_the_file(tmp_path: Path, sync_s: float) -> None:
    async def work(journal: Journal) -> None:
        for number in range(20):
            await journal.append([line(number)])
            assert segments(tmp_path / FOLDER)[-1].read_bytes().endswith(line(number))
        await asyncio.gather(*(journal.append([line(number), line(number + 1)]) for number in range(20, 220, 2)))

    with_journal(tmp_path, work, sync_s=sync_s)
    assert sorted(numbers(Follower(tmp_path / FOLDER, Position()))) == list(range(220))


def test_with_a_sync_of_its_own_each_answer_waits_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    whole = os.fdatasync

    def sync(handle: int) -> None:
        whole(handle)
        synced.append(os.fstat(handle).st_size)

    monkeypatch.setattr(os, "fdatasync", sync)

    async def work(journal: Journal) -> None:
        await journal.append([line(1)])
        assert synced == [len(line(1))]
        await journal.append([line(2)])
        assert synced[-1] == len(line(1) + line(2))

    with_journal(tmp_path, work, sync_s=0)


def test_what_could_not_be_written_fails_whole_and_leaves_nothing(tmp_path: Path) -> None:
    async def work(journal: Journal) -> None:
        await journal.append([line(1)])
        with largest_file(len(line(1)) + 50):
            with pytest.raises(OSError, match="too large"):
                await journal.append([line(2), line(3)])
            assert journal.trouble is not None

    with_journal(tmp_path, work)
    assert numbers(Follower(tmp_path / FOLDER, Position())) == [1]


class Hurried(Clock):
    """Time passes only where it is set."""

    now = 1000.0

    def monotonic(self) -> float:
        return self.now


def test_a_full_disk_makes_no_files_and_ends_with_it(tmp_path: Path) -> None:
    clock = Hurried()

    async def work(journal: Journal) -> None:
        await journal.append([line(1)])
        with largest_file(len(line(1)) + 10):
            for _ in range(20):
                clock.now += 0.4
                with pytest.raises(OSError):
                    await journal.append([line(2, 200)])
        assert len(segments(tmp_path / FOLDER)) <= 2
        clock.now += 2
        await journal.append([line(3)])
        assert journal.trouble is None

    with_journal(tmp_path, work, clock=clock)
    assert numbers(Follower(tmp_path / FOLDER, Position())) == [1, 3]


def test_a_torn_end_costs_itself_alone(tmp_path: Path) -> None:
    async def work(journal: Journal) -> None:
        await journal.append([line(1), line(2)])

    with_journal(tmp_path, work)
    with segments(tmp_path / FOLDER)[0].open("ab") as file:
        file.write(line(3)[:-20])

    async def more(journal: Journal) -> None:
        await journal.append([line(4)])

    with_journal(tmp_path, more)
    follower = Follower(tmp_path / FOLDER, Position())
    assert numbers(follower) == [1, 2, 4]
    assert follower.damaged == 1


@pytest.mark.parametrize("torn", [b"\0" * 4096, b"\xff" * 100 + b"\n", b"{}\n", b'{"received":' + b"[" * 5000 + b"\n", b"\n\n"])
def test_what_a_power_cut_leaves_in_the_middle_is_counted_and_passed_over(tmp_path: Path, torn: bytes) -> None:
    folder = tmp_path / FOLDER
    folder.mkdir()
    (folder / "000000000000001.ndjson").write_bytes(line(1) + torn)
    (folder / "000000000000002.ndjson").write_bytes(line(2))
    follower = Follower(folder, Position())
    assert numbers(follower) == [1, 2]
    assert follower.damaged >= 1


def test_a_line_is_read_once_it_is_whole(tmp_path: Path) -> None:
    folder = tmp_path / FOLDER
    folder.mkdir()
    path = folder / "000000000000001.ndjson"
    path.write_bytes(line(1) + line(2)[:10])
    follower = Follower(folder, Position())
    assert numbers(follower) == [1]
    with path.open("ab") as file:
        file.write(line(2)[10:])
    assert numbers(follower) == [2]
    assert follower.damaged == 0


def test_what_was_read_is_not_read_again_and_can_be_dropped(tmp_path: Path) -> None:
    folder = tmp_path / FOLDER
    folder.mkdir()
    for number in range(1, 4):
        (folder / f"{number:015d}.ndjson").write_bytes(line(number))
    follower = Follower(folder, Position())
    assert numbers(follower) == [1, 2, 3]
    again = Follower(folder, follower.position)
    assert numbers(again) == []
    assert drop(folder, again.position) == 2
    assert [path.name for path in segments(folder)] == ["000000000000003.ndjson"]


def test_a_clock_that_was_set_back_puts_nothing_before_what_is_there(tmp_path: Path) -> None:
    class Back(Clock):
        def wall(self) -> float:
            return 1.0

    async def first(journal: Journal) -> None:
        await journal.append([line(1)])

    async def second(journal: Journal) -> None:
        await journal.append([line(2)])

    with_journal(tmp_path, first)
    follower = Follower(tmp_path / FOLDER, Position())
    assert numbers(follower) == [1]
    with_journal(tmp_path, second, clock=Back())
    assert numbers(follower) == [2]


def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    async def work(journal: Journal) -> None:
        await journal.append([line(1)])

    with_journal(tmp_path, work)
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / FOLDER, *segments(tmp_path / FOLDER))} == {0}


def test_what_waits_to_be_synced_is_synced_when_nothing_more_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    whole = os.fdatasync

    def sync(handle: int) -> None:
        whole(handle)
        synced.append(os.fstat(handle).st_size)

    monkeypatch.setattr(os, "fdatasync", sync)

    async def work(journal: Journal) -> None:
        await journal.append([line(1)])
        await asyncio.to_thread(until, lambda: synced == [len(line(1))])

    with_journal(tmp_path, work, sync_s=0.2)
