"""The directory of people's words: what may lie in it, who may lay it there, and what somebody else may have laid there."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.storage import told_spool
from agent.storage.own_file import NotOursError
from agent.storage.told_spool import LARGEST, MOST, Spool, SpoolFullError

GROUP = 1  # daemon, which every system has
ROOT = Path(__file__).parents[2]
WORD = "w-00000001.json"
IMPORTS = "import sys; from pathlib import Path; from agent.storage.told_spool import Spool; spool = Spool(Path(sys.argv[1]))"
PUT, REMOVE = f"{IMPORTS}; spool.put({WORD!r}, b'{{}}')", f"{IMPORTS}; print(spool.remove({WORD!r}))"


@pytest.fixture
def spool(monkeypatch: pytest.MonkeyPatch) -> Iterator[Spool]:
    """In a folder that ordinary users may enter."""
    monkeypatch.setattr(told_spool, "GROUP", "daemon")
    with tempfile.TemporaryDirectory(prefix="posdiag-") as folder:
        Path(folder).chmod(0o755)
        made = Spool(Path(folder, "state"))
        made.path.parent.mkdir(mode=0o755)
        if os.geteuid() == 0:
            os.chown(made.path.parent, 65534, 65534)
        made.make()
        yield made


def done_as(spool: Spool, program: str, user: int, *groups: int) -> subprocess.CompletedProcess[str]:
    as_user = ["setpriv", f"--reuid={user}", f"--regid={user}", f"--groups={','.join(map(str, groups))}" if groups else "--clear-groups"]
    argv = [*as_user, sys.executable, "-c", program, str(spool.path.parent)]
    return subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.root
def test_made_by_root_it_is_the_service_s_and_the_group_s(spool: Spool) -> None:
    found = spool.path.stat()
    assert (found.st_uid, found.st_gid, found.st_mode & 0o7777) == (65534, GROUP, 0o3770)
    spool.put("w-00000001.json", b"{}")
    laid = (spool.path / "w-00000001.json").stat()
    assert (laid.st_uid, laid.st_gid, laid.st_mode & 0o7777) == (65534, GROUP, 0o640)


@pytest.mark.root
def test_an_ordinary_user_of_the_group_lays_a_word_there_that_the_service_reads_and_nobody_else(spool: Spool) -> None:
    done = done_as(spool, PUT, 12345, GROUP)
    assert done.returncode == 0, done.stderr
    laid = (spool.path / "w-00000001.json").stat()
    assert (laid.st_uid, laid.st_gid, laid.st_mode & 0o7777) == (12345, GROUP, 0o640)
    assert "PermissionError" in done_as(spool, PUT, 12346).stderr


@pytest.mark.root
def test_nobody_takes_away_what_another_laid_there(spool: Spool) -> None:
    assert done_as(spool, PUT, 12345, GROUP).returncode == 0
    assert done_as(spool, REMOVE, 12346, GROUP).stdout == "False\n"
    assert done_as(spool, REMOVE, 65534, GROUP).stdout == "True\n", "the service owns the directory"


def test_only_small_plain_files_with_one_name_are_read(spool: Spool, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    (spool.path / "link").symlink_to(secret)
    (spool.path / "second-name").hardlink_to(secret)
    os.mkfifo(spool.path / "pipe")
    (spool.path / "large").write_bytes(b"x" * (LARGEST + 1))
    (spool.path / "writable").write_bytes(b"x")
    (spool.path / "writable").chmod(0o662)
    (spool.path / "empty-directory").mkdir()
    (spool.path / "directory").mkdir()
    (spool.path / "directory" / "inside").mkdir()
    spool.put("word", b"x" * LARGEST)
    found, refused = spool.waiting()
    assert [each.file for each in found] == ["word"]
    assert {each.file for each in refused} == {"link", "second-name", "pipe", "large", "writable"}
    for each in refused:
        assert spool.remove(each.file)
    assert secret.read_text() == "secret"
    assert {each.name for each in spool.path.iterdir()} == {"word", "directory"}


@pytest.mark.root
def test_what_root_lays_there_follows_no_link(spool: Spool, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    spool.path.rmdir()
    spool.path.symlink_to(elsewhere)
    spool.make()
    with pytest.raises(NotOursError):
        spool.put("w-00000001.json", b"{}")
    assert not [*elsewhere.iterdir()] and elsewhere.stat().st_uid == 0


def test_a_full_one_takes_no_more(spool: Spool) -> None:
    for number in range(MOST):
        spool.put(f"w-{number:08x}.json", b"{}")
    with pytest.raises(SpoolFullError):
        spool.put("w-ffffffff.json", b"{}")
    assert len(spool.waiting()[0]) == MOST
    assert spool.remove("w-00000000.json") and not spool.holds("w-00000000.json")
    spool.put("w-ffffffff.json", b"{}")


def test_a_draft_whose_writer_is_gone_is_removed_and_one_that_is_written_stays(spool: Spool) -> None:
    child = subprocess.Popen(["true"])
    child.wait()
    gone, written = spool.path / f".{child.pid}.0123abcd.tmp", spool.path / f".{os.getpid()}.0123abcd.tmp"
    gone.touch()
    written.touch()
    assert spool.waiting() == ([], [])
    assert not gone.exists() and written.exists()


def test_without_the_directory_nothing_waits_and_nothing_can_be_laid_there(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    assert spool.waiting() == ([], []) and not spool.anything() and not spool.holds("x") and spool.remove("x")
    with pytest.raises(FileNotFoundError):
        spool.put("x", b"")
