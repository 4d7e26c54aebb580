"""An adb server of our own: private, with a key of its own, ended by its own number, and told what is lacking where it cannot be."""

from __future__ import annotations

import os
import signal
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from probes import android_device
from probes.edge.adb import own_server
from probes.edge.adb.own_server import OwnServer
from probes.edge.failures import CannotTell
from probes.ground.deadline import Deadline
from probes.settings import Beside
from tests.support.own_adb import adb_program
from tests.support.patience import PATIENCE_S, until


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("PATH", f"{adb_program(tmp_path / 'bin')}:/usr/bin:/bin")
    place = tmp_path / "state"
    place.mkdir()
    yield place


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def number(state: Path) -> int:
    return int((state / "adb/server.pid").read_text())


def test_it_is_private_and_ended_by_its_own_number(state: Path) -> None:
    server = OwnServer(str(state), adopt=False)
    address = server.start(Deadline(PATIENCE_S))
    try:
        assert address == f"localfilesystem:{state}/adb/server"
        modes = [mode(state / "adb" / name) for name in ("", "key", "server")]
        assert modes == [0o700, 0o600, 0o600] and (state / "adb/.android/adbkey").resolve() == state / "adb/key"
        pid = number(state)
        assert server.start(Deadline(PATIENCE_S)) == address and number(state) == pid, "one is enough"
        beside = Beside(name="till-2", adb="usb:X1", adb_server=address)
        assert "adb knows no such device" in (android_device.device(beside, False, Deadline(PATIENCE_S)).check.because or "")
    finally:
        server.stop()
    assert not Path(f"/proc/{pid}").exists() and not (state / "adb/server").exists()


def test_a_command_uses_the_service_s_and_leaves_it(state: Path) -> None:
    service, command = OwnServer(str(state), adopt=True), OwnServer(str(state), adopt=False)
    try:
        assert service.start(Deadline(PATIENCE_S)) == command.start(Deadline(PATIENCE_S))
        command.stop()
        assert Path(f"/proc/{number(state)}").exists()
    finally:
        service.stop()


def test_one_that_a_killed_service_left_behind_is_taken_over(state: Path) -> None:
    killed, later = OwnServer(str(state), adopt=True), OwnServer(str(state), adopt=True)
    killed.start(Deadline(PATIENCE_S))
    pid = number(state)
    later.start(Deadline(PATIENCE_S))
    assert number(state) == pid
    later.stop()
    killed.stop()  # here it is our child still, and has to be waited for
    assert not Path(f"/proc/{pid}").exists()


def test_one_that_ended_is_started_anew_with_the_same_key(state: Path) -> None:
    server = OwnServer(str(state), adopt=True)
    try:
        server.start(Deadline(PATIENCE_S))
        first, key = number(state), (state / "adb/key").stat().st_ino
        os.kill(first, signal.SIGKILL)
        until(lambda: Path(f"/proc/{first}/stat").read_text().rpartition(")")[2].split()[0] == "Z" or None)  # ended, not asked how
        server.start(Deadline(PATIENCE_S))
        assert number(state) != first and (state / "adb/key").stat().st_ino == key
    finally:
        server.stop()


def test_a_key_that_others_may_read_is_none(state: Path) -> None:
    key = state / "key"
    key.write_text("a key")
    key.chmod(0o640)
    with pytest.raises(CannotTell, match=f"chmod 600 {key}"):
        OwnServer(str(state), str(key), adopt=False).start(Deadline(PATIENCE_S))
    key.chmod(0o600)
    server = OwnServer(str(state), str(key), adopt=False)
    try:
        server.start(Deadline(PATIENCE_S))
        assert (state / "adb/.android/adbkey").resolve() == key and not (state / "adb/key").exists()
    finally:
        server.stop()


def test_what_is_lacking_is_told(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CannotTell, match="/nowhere does not exist"):
        OwnServer("/nowhere", adopt=False).start(Deadline(PATIENCE_S))
    with pytest.raises(CannotTell, match="adb made no key at /nowhere/key"):
        OwnServer(str(state), "/nowhere/key", adopt=False).start(Deadline(PATIENCE_S))
    (state / "adb").rmdir() if not any((state / "adb").iterdir()) else None
    monkeypatch.setattr(own_server, "_PLACES", "/nowhere")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(CannotTell, match="apt-get install adb"):
        OwnServer(str(state), adopt=False).start(Deadline(PATIENCE_S))


def test_a_folder_that_somebody_else_laid_is_left_alone(state: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (state / "adb").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(CannotTell, match=r"move .*/adb away"):
        OwnServer(str(state), adopt=False).start(Deadline(PATIENCE_S))
    assert not list((tmp_path / "elsewhere").iterdir())


def test_one_that_ends_at_once(state: Path, tmp_path: Path) -> None:
    adb_program(tmp_path / "bin", ends=True)
    with pytest.raises(CannotTell, match="ended at once, with 7"):
        OwnServer(str(state), adopt=False).start(Deadline(PATIENCE_S))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start it as another user")
def test_it_runs_as_the_owner_of_the_state_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory(prefix="pd-adb-") as made:
        place = Path(made)
        place.chmod(0o755)
        monkeypatch.setenv("PATH", f"{adb_program(place / 'bin')}:/usr/bin:/bin")
        state = place / "state"
        state.mkdir()
        os.chown(state, 65534, 65534)
        server = OwnServer(str(state), adopt=False)
        try:
            server.start(Deadline(PATIENCE_S))
            owners = [(state / "adb" / name).lstat().st_uid for name in ("", "key", "server", "server.pid")]
            assert owners == [65534] * 4 and Path(f"/proc/{number(state)}").stat().st_uid == 65534
        finally:
            server.stop()
