"""The record on real file systems: killed writers, torn tails, a full disk, a read-only one, rotation, and what others lay there."""

from __future__ import annotations

import os
import random
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from agent.storage.atomic import StoreError, Trouble
from agent.storage.history_file import FILE, PREDECESSOR, SIZE_LIMIT, HistoryFile, last_lines, lines_in
from tests.support.mounts import mounted
from tests.support.recorded import change, in_order, lines, started
from tests.support.staged import ROOT

# for each line that it reads, a process that appends until it is killed, and notes each append that has come back
WRITERS = """
import os, sys
from pathlib import Path
from agent.storage.history_file import HistoryFile
from tests.support.recorded import change
folder, limit = Path(sys.argv[1]), int(sys.argv[2])
for line in sys.stdin:
    pid = os.fork()
    if pid:
        print(pid, flush=True)
        os.waitpid(pid, 0)
        print("killed", flush=True)
        continue
    number, file = int(line), HistoryFile(folder, limit=limit)
    done = os.open(folder / "done", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    while True:
        file.append([change(after=f"{number + each}", before="x" * (number * 977 % 3000)) for each in range(1, number % 3 + 2)])
        number += number % 3 + 1
        os.write(done, b"%d\\n" % number)
"""


def numbers(folder: Path) -> list[int]:
    return [int(line["after"]) for line in lines(folder) if line["kind"] == "change"]


def last_done(folder: Path) -> int:
    path = folder / "done"
    return int(path.read_bytes().split(b"\n")[-2]) if path.exists() and path.stat().st_size > 1 else 0


@pytest.mark.parametrize("limit", [SIZE_LIMIT, 20_000], ids=["one file", "rotated again and again"])
def test_killed_100_times_while_appending(tmp_path: Path, limit: int) -> None:
    """Each time every line that was there before is there and whole, none is there twice, and all that came back is there."""
    chance, number = random.Random(7), 0
    argv = [sys.executable, "-c", WRITERS, str(tmp_path), str(limit)]
    with subprocess.Popen(argv, cwd=ROOT, text=True, bufsize=1, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writers:
        assert writers.stdin is not None
        assert writers.stdout is not None
        for _ in range(100):
            print(number, file=writers.stdin)
            pid = int(writers.stdout.readline())
            goal = last_done(tmp_path) + 1
            while last_done(tmp_path) < goal:
                time.sleep(0.001)
            time.sleep(chance.uniform(0, 0.002))
            os.kill(pid, signal.SIGKILL)
            assert writers.stdout.readline() == "killed\n"
            found, seen = lines(tmp_path), numbers(tmp_path)
            assert in_order(found)
            assert seen == list(range(seen[0], seen[-1] + 1)), "a line is missing, or there twice"
            assert seen[-1] >= last_done(tmp_path)
            number = seen[-1]
        writers.stdin.close()
    assert number > 100
    if limit == SIZE_LIMIT:
        assert numbers(tmp_path) == list(range(1, number + 1))


def test_a_power_cut_at_every_byte_of_the_last_line(tmp_path: Path) -> None:
    file = HistoryFile(tmp_path)
    file.append([change(after="first"), change(after="second")])
    whole = file.path.read_bytes()
    begins = whole.index(b"\n") + 1
    for cut in range(begins, len(whole)):
        file.path.write_bytes(whole[:cut])
        assert len(list(lines_in(file.path))) == 1, "a torn line is passed over by whoever reads"
        HistoryFile(tmp_path).append([change(after="third")])
        found = lines(tmp_path)
        assert [(line["after"], line["sequence"]) for line in found] == [("first", 1), ("third", 2)]


@pytest.mark.parametrize("tail", [b"\0" * 4096, b"\xff\xfe" * 20_000, b'{"schema":"posdiag.event/1"'], ids=["zeros", "garbage", "half"])
def test_what_a_power_cut_left_behind_the_last_line_is_cut_off(tmp_path: Path, tail: bytes) -> None:
    HistoryFile(tmp_path).append([started(), change()])
    with (tmp_path / FILE).open("ab") as file:
        file.write(tail)
    assert len(last_lines(tmp_path / FILE, 200_000)) == 2
    HistoryFile(tmp_path).append([change(after="c")])
    assert [line["sequence"] for line in lines(tmp_path)] == [1, 2, 3]
    assert tail not in (tmp_path / FILE).read_bytes()


def test_a_line_that_is_damaged_stays_where_it_is_and_the_sequence_goes_on(tmp_path: Path) -> None:
    HistoryFile(tmp_path).append([started(), change()])
    with (tmp_path / FILE).open("ab") as file:
        file.write(b"no event\n")
    HistoryFile(tmp_path).append([change()])
    content = list(lines_in(tmp_path / FILE))
    assert content[2] == b"no event"
    assert b'"sequence":3' in content[3]


def test_it_goes_on_where_the_file_was_removed(tmp_path: Path) -> None:
    file = HistoryFile(tmp_path)
    file.append([started(), change()])
    file.path.unlink()
    file.append([change()])
    assert [line["sequence"] for line in lines(tmp_path)] == [3]
    HistoryFile(tmp_path, sequence=40).append([change()])
    assert [line["sequence"] for line in lines(tmp_path)] == [3, 41]


def test_rotation_keeps_both_files_within_their_limit(tmp_path: Path) -> None:
    file = HistoryFile(tmp_path, carry=lambda _: [started()], limit=10_000)
    for number in range(500):
        file.append([change(after=str(number))])
        assert all(path.stat().st_size <= 10_000 for path in tmp_path.iterdir())
    found = lines(tmp_path)
    assert in_order(found)
    assert found[-1]["after"] == "499"
    assert sorted(path.name for path in tmp_path.iterdir()) == [PREDECESSOR, FILE]
    assert (tmp_path / FILE).read_bytes().startswith(b'{"kind":"agent"'), "what was carried over stands first"


@pytest.mark.root
def test_a_full_disk_takes_nothing_by_half_and_all_of_it_later(tmp_path: Path) -> None:
    with mounted(tmp_path / "small", "-t", "tmpfs", "-o", "size=32k", "tmpfs") as small:
        file, number = HistoryFile(small), 0
        (small / "filler").write_bytes(b"x" * 20_000)
        with pytest.raises(StoreError) as caught:
            while True:
                file.append([change(after=str(number)), change(after=str(number + 1), before="x" * 3000)])
                number += 2
        assert caught.value.trouble is Trouble.DISK_FULL
        assert numbers(small) == list(range(number)), "all that was written stands, and nothing of the rest"
        assert file.path.read_bytes().endswith(b"\n")
        (small / "filler").unlink()
        file.append([change(after=str(number)), change(after=str(number + 1))])
        assert numbers(small) == list(range(number + 2))
        assert in_order(lines(small))


@pytest.mark.root
def test_a_disk_that_becomes_read_only_and_writable_again(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", "-t", "tmpfs", "tmpfs") as disk:
        file = HistoryFile(disk)
        file.append([started()])
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        with pytest.raises(StoreError) as caught:
            file.append([change()])
        assert caught.value.trouble is Trouble.READ_ONLY
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        file.append([change()])
        assert [line["sequence"] for line in lines(disk)] == [1, 2]


def test_it_is_for_the_owner_and_the_group_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        HistoryFile(tmp_path).append([started()])
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o640


@pytest.mark.root
def test_what_root_appends_keeps_the_owner_of_the_directory(tmp_path: Path) -> None:
    os.chown(tmp_path, 1234, 2345)
    file = HistoryFile(tmp_path, limit=3000)
    for _ in range(30):
        file.append([change()])
    assert {(path.stat().st_uid, path.stat().st_gid, stat.S_IMODE(path.stat().st_mode)) for path in tmp_path.iterdir()} == {
        (1234, 2345, 0o640)
    }


@pytest.mark.parametrize("name", [FILE, "history.next.ndjson"])
def test_a_planted_link_is_not_followed(tmp_path: Path, name: str) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    state = tmp_path / "state"
    state.mkdir()
    file = HistoryFile(state, limit=3000)
    if name != FILE:
        for _ in range(12):
            file.append([change()])
    (state / name).symlink_to(victim)
    if name == FILE:
        with pytest.raises(StoreError) as caught:
            file.append([change()])
        assert caught.value.trouble is Trouble.NOT_OURS
    else:
        for _ in range(12):
            file.append([change()])
    assert victim.read_text() == "precious"


@pytest.mark.parametrize("name", [FILE, PREDECESSOR])
@pytest.mark.parametrize("made", ["pipe", "link", "directory"])
def test_what_is_no_file_is_not_waited_for_nor_followed(tmp_path: Path, name: str, made: str) -> None:
    (tmp_path / "victim").write_text('{"sequence":1}\n')
    path = tmp_path / name
    if made == "pipe":
        os.mkfifo(path)
    elif made == "link":
        path.symlink_to(tmp_path / "victim")
    else:
        path.mkdir()
    assert last_lines(path) == []
    with pytest.raises(OSError, match=r"\[Errno"):
        list(lines_in(path))


def test_a_rotation_that_was_cut_off_between_its_two_steps_is_ended(tmp_path: Path) -> None:
    file = HistoryFile(tmp_path)
    file.append([started(), change(after="1")])
    file.path.rename(tmp_path / PREDECESSOR)
    (tmp_path / "history.next.ndjson").write_bytes((tmp_path / PREDECESSOR).read_bytes().replace(b'"sequence":', b'"sequence":1'))
    HistoryFile(tmp_path).append([change(after="2")])
    assert [line["sequence"] for line in lines(tmp_path)] == [1, 2, 11, 12, 13]
