"""An application that owns a serial port, and sees everything that anybody else does to it.

`python -m tests.support.servers.bystander 10000` examines a port so held that many times, with every protocol in turn, and prints
what the owner saw of it: opens and other accesses of the node (inotify), bytes at either end, changed settings.
A pseudo terminal has no modem lines; on a real line they cannot move without an opening, and openings are counted.
"""

from __future__ import annotations

import ctypes
import os
import select
import struct
import subprocess
import sys
import termios
import time
from typing import Any

import msgspec

from probes.ground.deadline import Deadline
from probes.serial_port import serial_port
from probes.settings import PortOwner, SerialDevice, SerialProtocol
from tests.support.parts import holder_of

_IN_ACCESS, _IN_MODIFY, _IN_ATTRIB, _IN_OPEN, _IN_CLOSE = 0x1, 0x2, 0x4, 0x20, 0x18
_ANY = _IN_ACCESS | _IN_MODIFY | _IN_ATTRIB | _IN_OPEN | _IN_CLOSE


class Seen(msgspec.Struct, frozen=True):
    accesses: int
    bytes_at_device: int
    bytes_at_owner: int
    settings_changed: int


def own(lock: str) -> None:
    """Owns a port until its input ends: prints the node first, and at the end what it saw as JSON."""
    import fcntl

    far, near = os.openpty()
    node = os.ttyname(near)
    if lock == "flock":
        fcntl.flock(near, fcntl.LOCK_EX)
    elif lock == "exclusive":
        fcntl.ioctl(near, termios.TIOCEXCL)
    libc = ctypes.CDLL(None, use_errno=True)
    watch = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
    if libc.inotify_add_watch(watch, node.encode(), _ANY) < 0:
        raise OSError(ctypes.get_errno(), "inotify")
    before: list[Any] = termios.tcgetattr(near)
    accesses = at_device = at_owner = changed = 0
    print(node, flush=True)
    while True:
        ready, _, _ = select.select([far, near, watch, sys.stdin], [], [], 0.001)
        now = termios.tcgetattr(near)
        changed, before = changed + (now != before), now
        if watch in ready:
            accesses += _events(os.read(watch, 65536))
        at_device += len(os.read(far, 4096)) if far in ready else 0
        at_owner += len(os.read(near, 4096)) if near in ready else 0
        if ready == [sys.stdin]:
            print(msgspec.json.encode(Seen(accesses, at_device, at_owner, changed)).decode(), flush=True)
            return


def _events(records: bytes) -> int:
    count = 0
    while records:
        length = struct.unpack_from("=iIII", records)[3]
        records = records[16 + length :]
        count += 1
    return count


def examined(times: int, lock: str, owner: PortOwner = PortOwner.AGENT) -> Seen:
    """What the owner saw of so many examinations."""
    argv = [sys.executable, "-m", "tests.support.servers.bystander", "own", lock]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        node = process.stdout.readline().strip()
        protocols = list(SerialProtocol)
        for number in range(times):
            device = SerialDevice(name="pad", port=node, protocol=protocols[number % len(protocols)], owner=owner)
            check = serial_port(device, Deadline(5), apps=("bystander",))
            assert check.facts.opened is None and holder_of(check).pid in (process.pid, None), check
        rest, _ = process.communicate()
    return msgspec.json.decode(rest, type=Seen)


def main(times: int) -> None:
    for lock in ("none", "flock", "exclusive"):
        started = time.monotonic()
        seen = examined(times, lock)
        print(f"{times} examinations, lock {lock}, {time.monotonic() - started:.0f} s: {seen}", flush=True)


if __name__ == "__main__":
    own(sys.argv[2]) if sys.argv[1] == "own" else main(int(sys.argv[1]))
