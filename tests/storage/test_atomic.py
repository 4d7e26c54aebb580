"""The status file on real file systems: killed writers, a full disk, a read-only one, planted links."""

from __future__ import annotations

import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from agent.storage.atomic import StoreError, Trouble, link, sweep, write
from tests.support.staged import ROOT

# for each line it reads, a process that writes until it is killed; the line that it prints is the process id
WRITERS = """
import os, sys
from pathlib import Path
from agent.storage.atomic import sweep, write
path = Path(sys.argv[1])
for line in sys.stdin:
    number, pid = int(line), os.fork()
    if pid:
        print(pid, flush=True)
        os.waitpid(pid, 0)
        print("killed", flush=True)
        continue
    sweep(path)
    while True:
        number += 1
        write(path, b'{"number":%d,"filler":"%s"}' % (number, b"x" * (number * 977 % 60000)))
"""


@contextmanager
def tmpfs(place: Path, options: str) -> Iterator[Path]:
    place.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", place], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=True)


@pytest.fixture
def odd_umask() -> Iterator[None]:
    before = os.umask(0o777)
    yield
    os.umask(before)


def newest(path: Path) -> int:
    return int(msgspec.json.decode(path.read_bytes())["number"]) if path.exists() else 0


def test_killed_200_times_while_writing(tmp_path: Path) -> None:
    path, number = tmp_path / "status.json", 0
    chance = random.Random(1)
    argv = [sys.executable, "-c", WRITERS, path]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    cut_short = 0
    with subprocess.Popen(argv, cwd=ROOT, text=True, bufsize=1, **pipes) as writers:  # type: ignore[call-overload]
        for _ in range(200):
            print(number, file=writers.stdin)
            pid = int(writers.stdout.readline())
            goal = number + chance.randrange(1, 4)
            while newest(path) < goal:
                time.sleep(0.001)
            time.sleep(chance.uniform(0, 0.002))  # how far it gets with the next one is the chance that is tried
            os.kill(pid, signal.SIGKILL)
            assert writers.stdout.readline() == "killed\n"
            if path.exists():
                document = msgspec.json.decode(path.read_bytes())
                assert document["number"] >= number
                assert len(document["filler"]) == document["number"] * 977 % 60000
                number = document["number"]
            leftovers = [each for each in tmp_path.iterdir() if each != path]
            assert len(leftovers) <= 1, "leftovers of killed writers pile up"
            cut_short += len(leftovers)
        writers.stdin.close()
    assert number > 200, "hardly a write came to its end"
    assert cut_short > 20, "hardly a write was cut short"


def test_readable_for_all_whatever_the_umask(tmp_path: Path, odd_umask: None) -> None:
    path = tmp_path / "status.json"
    write(path, b"{}")
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_a_planted_link_is_replaced_not_followed(tmp_path: Path) -> None:
    victim, path = tmp_path / "victim", tmp_path / "status.json"
    victim.write_text("precious")
    path.symlink_to(victim)
    write(path, b"new")
    assert victim.read_text() == "precious"
    assert path.read_bytes() == b"new"
    assert not path.is_symlink()


def test_a_missing_directory_is_made(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "status.json"
    write(path, b"{}")
    assert path.read_bytes() == b"{}"


def test_a_directory_that_is_removed_while_writing_is_made_again(tmp_path: Path) -> None:
    """Once during one write, at any moment of it."""
    path, written = tmp_path / "state" / "status.json", 0

    def remove() -> None:
        for number in range(30):
            before = written
            while written == before:
                time.sleep(0.001)
            path.parent.rename(tmp_path / f"gone{number}")
            shutil.rmtree(tmp_path / f"gone{number}", ignore_errors=True)

    remover = threading.Thread(target=remove, daemon=True)
    remover.start()
    while remover.is_alive():
        write(path, b"{}")
        written += 1
    write(path, b"{}")
    assert path.read_bytes() == b"{}"


@pytest.mark.root
def test_a_full_disk_keeps_the_old_content(tmp_path: Path) -> None:
    with tmpfs(tmp_path / "small", "size=64k") as small:
        path = small / "status.json"
        write(path, b"old")
        with pytest.raises(StoreError) as caught:
            write(path, b"x" * 100_000)
        assert caught.value.trouble is Trouble.DISK_FULL
        assert str(path) in caught.value.text.zh
        assert "disk is full" in str(caught.value)
        assert path.read_bytes() == b"old"
        assert [each.name for each in small.iterdir()] == ["status.json"]


@pytest.mark.root
def test_a_read_only_file_system_is_named(tmp_path: Path) -> None:
    with tmpfs(tmp_path / "ro", "ro,size=64k") as place, pytest.raises(StoreError) as caught:
        write(place / "status.json", b"{}")
    assert caught.value.trouble is Trouble.READ_ONLY


def test_a_file_where_the_directory_should_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError) as caught:
        write(tmp_path / "file" / "status.json", b"{}")
    assert caught.value.trouble is Trouble.NO_DIRECTORY


@pytest.mark.root
def test_a_directory_of_others_is_named(tmp_path: Path) -> None:
    script = "import os, sys; os.setuid(65534)\nfrom pathlib import Path\nfrom agent.storage.atomic import write, StoreError\n"
    script += "try: write(Path(sys.argv[1]), b'')\nexcept StoreError as error: print(error.trouble)"
    with tmpfs(tmp_path / "closed", "mode=755") as place:
        link = Path("/proc/self/cwd") / "status.json"  # the way to tmp_path is closed for others too
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run([sys.executable, "-c", script, link], cwd=place, env=env, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == Trouble.NO_PERMISSION, done.stderr


def test_a_writer_that_runs_keeps_its_draft(tmp_path: Path) -> None:
    path = tmp_path / "status.json"
    mine, other = tmp_path / f".status.json.{os.getppid()}.00000000.tmp", tmp_path / ".status.json.notes.tmp"
    gone = subprocess.Popen(["true"])
    gone.wait()
    dead = tmp_path / f".status.json.{gone.pid}.00000000.tmp"
    for each in (mine, other, dead):
        each.touch()
    sweep(path)
    assert sorted(tmp_path.iterdir()) == sorted([mine, other])


@pytest.mark.root
def test_a_program_of_another_user_that_has_the_writers_number_since_keeps_no_draft(tmp_path: Path) -> None:
    """As after a power cut, when the numbers begin anew."""
    draft = tmp_path / f".status.json.{os.getppid()}.00000000.tmp"
    draft.touch()
    os.chown(draft, 65534, 65534)
    sweep(tmp_path / "status.json")
    assert not draft.exists()


def test_a_link_takes_the_place_of_what_stood_there_and_is_made_once(tmp_path: Path) -> None:
    path = tmp_path / "state" / "status.json"
    for before in ("nothing", "a file", "another link"):
        if before == "a file":
            write(path, b"old")
        elif before == "another link":
            path.unlink()
            path.symlink_to("elsewhere")
        link(path, tmp_path / "run" / "status.json")
        assert (path.readlink(), os.listdir(path.parent)) == (tmp_path / "run" / "status.json", ["status.json"]), before
    made = path.lstat().st_ino
    link(path, tmp_path / "run" / "status.json")
    assert path.lstat().st_ino == made


def test_a_link_that_cannot_take_a_place_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "status.json" / "in the way").mkdir(parents=True)
    with pytest.raises(StoreError):
        link(tmp_path / "status.json", tmp_path / "run")
    assert os.listdir(tmp_path) == ["status.json"]


@pytest.mark.root
def test_a_file_system_without_links_is_named(tmp_path: Path) -> None:
    place = tmp_path / "queues"
    place.mkdir()
    subprocess.run(["mount", "-t", "mqueue", "mqueue", place], check=True)  # of those that every kernel has, one without links
    try:
        with pytest.raises(StoreError) as caught:
            link(place / "status.json", tmp_path)
    finally:
        subprocess.run(["umount", "-l", place], check=True)
    assert caught.value.trouble is Trouble.NO_LINKS
