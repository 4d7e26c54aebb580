"""Serial devices on pseudo terminals, and the payment application beside them."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import termios
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.servers.far_end import Answer, FarEnd, leaving_after_a_byte
from tests.support.servers.modem_manager import WITHOUT_MODEMS
from tests.support.world import faults
from tests.support.world.world import World

MMCLI = "/usr/bin/mmcli"
_HOLD = "import os, sys; p = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY); print(flush=True); sys.stdin.read()"
_TALKS = """
import socket, sys
line = socket.create_connection((sys.argv[1], int(sys.argv[2])))
print(line.getsockname()[1], flush=True)
for _ in sys.stdin: line.sendall(b"\\x16\\x03\\x01")
"""
_LEADER = """
import os, subprocess, sys
child = subprocess.Popen([sys.stdin.readline().strip(), "-c", "pass"])
os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT); print(flush=True); sys.stdin.read()
"""


def configured(w: World, node: str, protocol: str, *, name: str = "device", **settings: Any) -> None:
    """One more `[[serial]]` table."""
    w.config.setdefault("serial", []).append({"name": name, "port": node, "protocol": protocol, "owner": "agent"} | settings)


def device(w: World, answer: Answer, protocol: str, **settings: Any) -> FarEnd:
    """A device on a line of its own that answers so."""
    if protocol == "at":
        w.machine.append(f"[ ! -e {MMCLI} ] || mount --bind {WITHOUT_MODEMS} {MMCLI}")
    end = FarEnd(answer)
    w.cleanup.callback(end.close)
    os.chmod(end.node, 0o666)
    configured(w, end.node, protocol, **settings)
    return end


def unplugged_in_the_middle(w: World, protocol: str, **settings: Any) -> None:
    configured(w, w.cleanup.enter_context(leaving_after_a_byte()), protocol, **settings)


def held(w: World, how: str, protocol: str = "open", **settings: Any) -> None:
    """Somebody else has the port open: without a lock, with flock, or exclusively."""
    far, near = os.openpty()
    w.cleanup.callback(os.close, far)
    node = os.ttyname(near)
    os.chmod(node, 0o666)
    _beside(w, [sys.executable, "-c", _HOLD, node])
    if how == "flock":
        fcntl.flock(near, fcntl.LOCK_EX)
        w.cleanup.callback(os.close, near)
    else:
        if how == "exclusive":
            fcntl.ioctl(near, termios.TIOCEXCL)
        os.close(near)
    configured(w, node, protocol, **settings)


def forbidden(w: World, mode: int, protocol: str = "enq") -> None:
    os.chmod(device(w, lambda _: b"", protocol).node, mode)


def dangling(w: World, protocol: str = "presence") -> None:
    """The name that udev gave still points to a node that is gone."""
    link = Path("/dev/shm/pd-printer")
    w.machine += ["mount -t tmpfs -o mode=755 tmpfs /dev/shm", f"ln -s /dev/ttyUSB97 {link}"]
    configured(w, str(link), protocol)


def _beside(w: World, argv: list[str], told: str = "") -> subprocess.Popen[bytes]:
    """A process that lives as long as the world, once it says that it stands. `told` is what it reads first."""
    process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
    assert process.stdin is not None and process.stdout is not None

    def end() -> None:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        process.communicate()

    w.cleanup.callback(end)
    process.stdin.write(told.encode())
    process.stdout.readline()
    return process


def _program(w: World, name: str) -> str:
    """This interpreter under another program's name."""
    path = w.folder / name
    path.unlink(missing_ok=True)
    path.symlink_to(Path(sys.executable).resolve())
    return str(path)


def beside(w: World, program: str, *arguments: str) -> None:
    """A Python program that prints a line once it stands."""
    _beside(w, [sys.executable, "-c", program, *arguments])


def application_of(w: World) -> str:
    """What its application is called: like none of the worlds beside it, whose processes this one sees as well, and no longer than what
    the kernel keeps of a name."""
    return f"pay{w.terminal[2:-1]}z"


def application(w: World, does: Callable[[subprocess.Popen[bytes]], object] = lambda _: None) -> None:
    """The payment application, and what is then done to its process."""
    application_absent(w)
    does(_beside(w, [_program(w, application_of(w)), "-c", "import sys; print(flush=True); sys.stdin.read()"]))


class Talking:
    """The payment application with a connection to the gateway, which sends a few bytes over it when it is told to."""

    def __init__(self, w: World, host: str, port: int) -> None:
        application_absent(w)
        argv = ["ip", "netns", "exec", w.terminal, _program(w, application_of(w)), "-c", _TALKS, host, str(port)]
        self._world = w
        self._process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        assert self._process.stdin is not None and self._process.stdout is not None
        w.cleanup.callback(self._end)
        self.pid, self.port = self._process.pid, int(self._process.stdout.readline())

    def forgotten(self) -> None:
        """What its connection sends, or gets, no longer passes the router; a new one would."""
        for end in ("sport", "dport"):
            faults.rule(self._world.router, "passing", f"tcp {end} {self.port} drop")

    def send(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")

    def _end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        self._process.communicate()


def application_absent(w: World) -> None:
    w.config["app"] = [{"name": "payapp", "process": application_of(w)}]


def application_a_zombie(w: World) -> None:
    """It has ended, and whoever started it has not noticed."""
    application_absent(w)
    _beside(w, [sys.executable, "-c", _LEADER], told=f"{_program(w, application_of(w))}\n")


def held_by_application(w: World, protocol: str = "open") -> None:
    """The payment application has the port open, as it should."""
    far, near = os.openpty()
    w.cleanup.callback(os.close, far)
    node = os.ttyname(near)
    _beside(w, [_program(w, application_of(w)), "-c", _HOLD, node])
    os.close(near)
    configured(w, node, protocol, owner="app")
