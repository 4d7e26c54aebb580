"""What somebody laid in the place of a lock or the log is neither opened for writing, nor given away, nor even touched."""

from __future__ import annotations

import os
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agent.daemon.instance_lock import InstanceLock
from agent.messages import record
from agent.outputs import log_file
from agent.storage.atomic import StoreError, Trouble, make_directory, open_directory, write
from agent.storage.own_file import NotOursError, open_own
from probes.ground.clock import Clock

NOBODY = 65534
CONTENT = b"root:x:0:0\n"
pytestmark = pytest.mark.root


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A directory that ordinary users may enter, which pytest's own are not; root's, and nobody else may write to it."""
    folder = Path(tempfile.mkdtemp(prefix="posdiag-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def theirs(open_folder: Path) -> Path:
    """The state directory, owned by the daemon's own user as it is installed."""
    made = open_folder / "state"
    made.mkdir(mode=0o755)
    os.chown(made, NOBODY, NOBODY)
    return made


@pytest.fixture
def victim(open_folder: Path) -> Path:
    """A file that only root may write."""
    made = open_folder / "victim"
    made.write_bytes(CONTENT)
    made.chmod(0o600)
    return made


def untouched(victim: Path) -> bool:
    seen = victim.stat()
    return (victim.read_bytes(), seen.st_uid, seen.st_gid, stat.S_IMODE(seen.st_mode)) == (CONTENT, 0, 0, 0o600)


def _socket(path: Path, _victim: Path) -> None:
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(path))


def _of_a_third(path: Path, _victim: Path) -> None:
    path.write_bytes(CONTENT)
    os.chown(path, 4711, 4711)


def _device(path: Path, _victim: Path) -> None:
    os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 7))  # /dev/full, which complains of every byte


PLANTED: dict[str, Callable[[Path, Path], object]] = {
    "a hard link": lambda path, victim: path.hardlink_to(victim),
    "a symbolic link": lambda path, victim: path.symlink_to(victim),
    "a symbolic link that leads nowhere": lambda path, victim: path.symlink_to(victim.with_name("made-by-root")),
    "a pipe": lambda path, _victim: os.mkfifo(path),
    "a socket": _socket,
    "a device": _device,
    "a directory": lambda path, _victim: path.mkdir(),
    "a file of a third user": _of_a_third,
}


def replaced(folder: Path) -> None:
    write(folder / "status.json", b"")


def appended(folder: Path) -> None:
    log_file.append(folder / log_file.FILE, "one entry\n")


def sent(folder: Path) -> None:
    with record.locked(folder):
        pass


def ran(folder: Path) -> None:
    """A daemon without this lock goes on: what stands in its place is only left alone."""
    assert InstanceLock([folder], Clock()).begin(lambda _s: False)


WRITERS: dict[str, Callable[[Path], None]] = {log_file.FILE: appended, record.LOCK: sent, "run.lock": ran}


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("what", PLANTED)
def test_what_somebody_planted_is_left_as_it_is(theirs: Path, victim: Path, name: str, what: str) -> None:
    PLANTED[what](theirs / name, victim)
    before = (theirs / name).lstat()
    if name == "run.lock":
        ran(theirs)
    else:
        with pytest.raises((StoreError, record.NotKept)) as raised:
            WRITERS[name](theirs)
        assert name in str(raised.value)
    after = (theirs / name).lstat()
    assert untouched(victim) and not (victim.parent / "made-by-root").exists()
    assert (before.st_ino, before.st_uid, before.st_mode, before.st_size) == (after.st_ino, after.st_uid, after.st_mode, after.st_size)


@pytest.mark.parametrize("what", PLANTED)
def test_a_file_that_is_replaced_whole_takes_the_place_of_what_was_planted(theirs: Path, victim: Path, what: str) -> None:
    path = theirs / "status.json"
    PLANTED[what](path, victim)
    try:
        write(path, b"new")
    except StoreError:
        assert what == "a directory"
    else:
        assert path.read_bytes() == b"new" and not path.is_symlink()
    assert untouched(victim) and not (victim.parent / "made-by-root").exists()


def test_the_log_says_that_something_was_planted(theirs: Path, victim: Path) -> None:
    (theirs / log_file.FILE).hardlink_to(victim)
    with pytest.raises(StoreError) as raised:
        appended(theirs)
    assert raised.value.trouble is Trouble.NOT_OURS
    assert "move it away" in raised.value.text.en and "移走" in raised.value.text.zh and "hard link" in raised.value.text.en


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o777])
@pytest.mark.parametrize("name", WRITERS)
def test_what_root_makes_is_the_directory_owner_s_whatever_the_umask(theirs: Path, name: str, umask: int) -> None:
    before = os.umask(umask)
    try:
        WRITERS[name](theirs)
    finally:
        os.umask(before)
    made = (theirs / name).stat()
    assert (made.st_uid, made.st_gid) == (NOBODY, NOBODY)
    assert stat.S_IMODE(made.st_mode) == (0o644 if name == log_file.FILE else 0o600)


@pytest.mark.parametrize("name", WRITERS)
def test_what_was_there_keeps_its_owner(theirs: Path, name: str) -> None:
    (theirs / name).touch(0o600)
    WRITERS[name](theirs)
    assert (theirs / name).stat().st_uid == 0


SWAPS = """
import os, sys
place, victim = sys.argv[1:]
print(flush=True)
while True:
    for plant in (lambda: os.link(victim, place), lambda: os.symlink(victim, place), lambda: os.mkfifo(place), lambda: None):
        try:
            plant()
        except FileExistsError:
            pass
        try:
            os.unlink(place)
        except FileNotFoundError:
            pass
"""


@pytest.mark.parametrize("name", WRITERS)
def test_a_swap_at_any_moment_reaches_no_other_file(theirs: Path, victim: Path, name: str) -> None:
    place = theirs / name
    with subprocess.Popen([sys.executable, "-c", SWAPS, str(place), str(victim)], stdout=subprocess.PIPE) as other:
        assert other.stdout and other.stdout.readline()
        refused = done = 0
        try:
            while (refused < 200 or done < 50) and other.poll() is None:
                try:
                    directory = open_directory(theirs)
                    try:
                        os.close(open_own(directory, name, os.O_RDWR, 0o600))
                    finally:
                        os.close(directory)
                    WRITERS[name](theirs)
                    done += 1
                except (OSError, StoreError, record.NotKept):
                    refused += 1
                assert untouched(victim)
        finally:
            other.kill()


# --- directories


def planted_in_tmp(open_folder: Path) -> Path:
    """A directory where everybody may make what he likes."""
    open_folder.chmod(0o1777)
    return open_folder


def test_a_directory_that_another_user_made_where_everybody_may_is_not_used(open_folder: Path, victim: Path) -> None:
    planted = planted_in_tmp(open_folder) / "status"
    planted.mkdir()
    os.chown(planted, NOBODY, NOBODY)
    for writer in (replaced, appended, sent):
        with pytest.raises((StoreError, record.NotKept), match="another user made"):
            writer(planted)
    ran(planted)
    assert list(planted.iterdir()) == []


def test_a_symbolic_link_that_another_user_made_leads_nowhere(open_folder: Path, theirs: Path) -> None:
    private = open_folder / "private"
    private.mkdir(mode=0o700)
    link = theirs / "status"
    link.symlink_to(private)
    os.chown(link, NOBODY, NOBODY, follow_symlinks=False)
    for writer in (replaced, appended, sent):
        with pytest.raises((StoreError, record.NotKept), match="symbolic link that another user made"):
            writer(link)
    ran(link)
    assert list(private.iterdir()) == []


def test_one_that_root_s_own_hand_placed_is_used(open_folder: Path, theirs: Path) -> None:
    link = open_folder / "link"
    link.symlink_to(theirs)
    replaced(link)
    appended(link)
    assert (theirs / "status.json").exists() and (theirs / log_file.FILE).exists()


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o027, 0o077, 0o777])
def test_directories_are_made_for_all_to_read_and_for_none_to_write_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        write(tmp_path / "a/b/c/status.json", b"")
    finally:
        os.umask(before)
    assert [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("a", "a/b", "a/b/c")] == [0o755] * 3


def test_a_directory_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir(mode=0o700)
    make_directory(tmp_path / "a")
    make_directory(tmp_path / "a/b")
    assert [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("a", "a/b")] == [0o700, 0o755]


def test_a_file_that_is_replaced_all_the_time_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = open_directory(tmp_path)
    (tmp_path / "lock").touch()
    monkeypatch.setattr("agent.storage.own_file._found", lambda *_: None)
    with pytest.raises(NotOursError, match="all the time"):
        open_own(directory, "lock", os.O_RDWR, 0o600)
    os.close(directory)
