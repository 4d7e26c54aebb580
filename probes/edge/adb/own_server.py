"""An adb server of our own, where none runs: on a socket in a private directory, never on a port, with a key of its own. It is another
process, of Debian's package `adb`, which is ended by its own number.

It runs as the owner of the state directory, whoever starts it: what root made there would shut the service's own user out, and a file that
another user laid there would be written by root. It looks for no emulators and for nothing by mDNS.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from probes.edge.failures import CannotTell, cannot_tell
from probes.ground.deadline import Deadline
from probes.ground.files import is_there, read_small
from probes.ground.text import escape

FOLDER = "adb"  # in the state directory
_PROGRAM = "adb"
_PLACES = "/usr/local/bin:/usr/bin:/bin"
_MISSING = "install adb on this machine, which is not there: apt-get install adb"
_LONGEST_PATH = 107  # bytes of a socket's path (unix(7))
_STEP_S, _END_S, _KEYGEN_S = 0.05, 2.0, 10.0
_PRIVATE = 0o700
_KEY_MASK, _SOCKET_MASK = 0o077, 0o177
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class OwnServer:
    """`key`: empty for one in the folder. `adopt`: one that a killed service left behind is taken over, and ended with this one; else it is
    used and left, as the service's by a command. Not to be used by two threads at once."""

    def __init__(self, state_dir: str, key: str = "", *, adopt: bool) -> None:
        self._state_dir, self._folder, self._adopt = Path(state_dir), Path(state_dir) / FOLDER, adopt
        self._key = Path(key) if key else self._folder / "key"
        self._socket = self._folder / "server"
        self._number = self._folder / "server.pid"
        self._child: subprocess.Popen[bytes] | None = None
        self._left_behind = 0

    @property
    def address(self) -> str:
        return f"localfilesystem:{self._socket}"

    def start(self, deadline: Deadline) -> str:
        """Its address, once it listens. Raises CannotTell with what is lacking."""
        if self._listens():
            self._left_behind = self._number_of_another() if self._adopt and self._child is None else 0
            return self.address
        self.stop()
        program = shutil.which(_PROGRAM, path=f"{os.environ.get('PATH', '')}:{_PLACES}")
        if program is None:
            raise CannotTell(_MISSING)
        if len(os.fsencode(self._socket)) > _LONGEST_PATH:
            raise CannotTell(f"choose a shorter state_dir: {escape(str(self._socket))} is too long for a socket")
        try:
            owner = self._prepared()
            self._with_key(program, owner, deadline)
            self._begun(program, owner, deadline)
        except OSError as error:
            raise cannot_tell(error) from error
        return self.address

    def stop(self) -> None:
        """Ends it where it is ours to be ended. Returns soon, and never raises."""
        child, self._child = self._child, None
        left, self._left_behind = self._left_behind, 0
        with suppress(OSError):
            if child is not None:
                child.terminate()
                try:
                    child.wait(_END_S)
                except subprocess.TimeoutExpired:
                    child.kill()
                    child.wait(_END_S)
            elif left and self._number_of_another() == left:
                os.kill(left, signal.SIGTERM)
            else:
                return
            self._socket.unlink(missing_ok=True)
            self._number.unlink(missing_ok=True)

    def _listens(self) -> bool:
        with suppress(OSError), socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(1.0)
            sock.connect(os.fsencode(self._socket))
            return True
        return False

    def _number_of_another(self) -> int:
        """Of the process that listens there and that we did not start; 0 where nobody can tell: a number may be another's by now."""
        with suppress(OSError, ValueError):
            number = int(read_small(self._number, 32, follow=False))
            if number > 0 and self.address.encode() in Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0"):
                return number
        return 0

    def _prepared(self) -> os.stat_result:
        """The private folder, made where it is missing. Raises OSError and CannotTell."""
        try:
            above = os.open(self._state_dir, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except FileNotFoundError:
            raise CannotTell(f"{escape(str(self._state_dir))} does not exist. Run it as root, or as the user of the service") from None
        try:
            owner = os.fstat(above)
            if os.geteuid() not in (0, owner.st_uid):
                name = escape(str(self._state_dir))
                raise CannotTell(f"{name} may not be written by this user. Run it as root, or as the user of the service")
            with suppress(FileExistsError):
                os.mkdir(FOLDER, _PRIVATE, dir_fd=above)
                if os.geteuid() == 0:
                    os.chown(FOLDER, owner.st_uid, owner.st_gid, dir_fd=above, follow_symlinks=False)
            found = os.stat(FOLDER, dir_fd=above, follow_symlinks=False)
        finally:
            os.close(above)
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner.st_uid or found.st_mode & 0o077:
            raise CannotTell(f"move {escape(str(self._folder))} away: it is no directory that its owner alone may read")
        return owner

    def _with_key(self, program: str, owner: os.stat_result, deadline: Deadline) -> None:
        """Raises OSError and CannotTell."""
        name = escape(str(self._key))
        if not is_there(self._key):
            with suppress(subprocess.TimeoutExpired):
                subprocess.run(  # noqa: S603 - a program of the system's, and a path of the configuration's
                    [program, "keygen", str(self._key)],
                    env=self._environment(),
                    umask=_KEY_MASK,
                    timeout=max(0.1, min(_KEYGEN_S, deadline.remaining())),
                    check=False,
                    **_quietly(owner),
                )
            if not is_there(self._key):
                raise CannotTell(f"adb made no key at {name}: see whether its directory is there and may be written")
        if self._key.stat().st_mode & 0o077:
            raise CannotTell(f"take the key away from others, who may read it: chmod 600 {name}")

    def _begun(self, program: str, owner: os.stat_result, deadline: Deadline) -> None:
        """Raises OSError and CannotTell."""
        folder = os.open(self._folder, _DIRECTORY)
        try:
            self._place_key(folder, owner)
            for name in (self._socket.name, self._number.name):
                with suppress(FileNotFoundError):
                    os.unlink(name, dir_fd=folder)
            self._run(program, owner)
            assert self._child is not None
            number = os.open(self._number.name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600, dir_fd=folder)
            try:
                os.write(number, str(self._child.pid).encode())
                os.fchown(number, owner.st_uid, owner.st_gid)
            finally:
                os.close(number)
        finally:
            os.close(folder)
        self._await(deadline)

    def _place_key(self, folder: int, owner: os.stat_result) -> None:
        """Where adb looks for it: `.android/adbkey` in its home. Raises OSError."""
        with suppress(FileExistsError):
            os.mkdir(".android", _PRIVATE, dir_fd=folder)
            os.chown(".android", owner.st_uid, owner.st_gid, dir_fd=folder, follow_symlinks=False)
        within = os.open(".android", _DIRECTORY, dir_fd=folder)
        try:
            with suppress(FileNotFoundError):
                os.unlink("adbkey", dir_fd=within)
            os.symlink(self._key.absolute(), "adbkey", dir_fd=within)
        finally:
            os.close(within)

    def _run(self, program: str, owner: os.stat_result) -> None:
        self._child = subprocess.Popen(  # noqa: S603 - likewise
            [program, "-L", self.address, "server", "nodaemon"],
            env=self._environment(),
            umask=_SOCKET_MASK,
            start_new_session=True,
            **_quietly(owner),
        )

    def _await(self, deadline: Deadline) -> None:
        """Raises CannotTell."""
        while self._child is not None and not self._listens():
            status = self._child.poll()
            if status is not None:
                self._child = None
                raise CannotTell(f"the adb server that was started ended at once, with {status}")
            if deadline.passed():
                self.stop()
                raise CannotTell("the adb server that was started listens not yet")
            time.sleep(_STEP_S)

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": _PLACES,
            "HOME": str(self._folder),  # its key is that in .android there
            "TMPDIR": str(self._folder),
            "ADB_MDNS": "0",
            "ADB_MDNS_AUTO_CONNECT": "0",
            "ADB_LOCAL_TRANSPORT_MAX_PORT": "1",
        }


def _quietly(owner: os.stat_result) -> dict[str, Any]:
    """Nothing of it on our screen; as the owner, with his groups (who may use USB nodes)."""
    quiet: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    if os.geteuid() != 0 or owner.st_uid == 0:
        return quiet
    try:
        groups = os.getgrouplist(pwd.getpwuid(owner.st_uid).pw_name, owner.st_gid)
    except KeyError:
        groups = [owner.st_gid]
    return {**quiet, "user": owner.st_uid, "group": owner.st_gid, "extra_groups": groups}
