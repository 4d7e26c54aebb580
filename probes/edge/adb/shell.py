"""A command on a device, over the server's `shell,v2`: stdout, stderr and exit status apart.

A link that is lost during a command shows nowhere: the server says nothing, and keeps the device as `device`. So a command has a deadline
of its own, and what came until then is what is known. A device can send without end: each stream has a limit, and past it the connection is
closed, which ends the command there.
"""

from __future__ import annotations

import struct

from msgspec import Struct

from probes.edge.adb.server import NotReady, Server
from probes.edge.adb.states import DeviceState
from probes.edge.failures import PeerFailed
from probes.ground.deadline import Deadline
from probes.model import Symptom

MOST_OUTPUT = 1024 * 1024  # bytes of one stream; `dumpsys connectivity` has 50 to 700 kB
_STDOUT, _STDERR, _EXIT = 1, 2, 3
_PACKET = struct.Struct("<BI")
_LONGEST_PACKET = 16 * 1024 * 1024  # what the length of a packet may say at all


class Done(Struct, frozen=True, kw_only=True):
    """`status`: its exit status; None where it did not end in time, or was cut off. `cut`: it said more than is read."""

    stdout: str
    stderr: str
    status: int | None
    cut: bool = False


def whole(done: Done) -> str:
    """What it said, where it came to its end: half a dump would be read as one in which the rest is missing."""
    return done.stdout if done.status is not None and not done.cut else ""


class Phone(Struct, frozen=True):
    """A device that can be asked: its server, its name there, and how it is asked for where it is not by that."""

    server: str
    serial: str
    asked_by: str = ""

    def ask(self, command: str, deadline: Deadline, seconds: float = 3.0) -> Done:
        """Waits at most `seconds`, or to the deadline. A command that came to no end has no status. Raises as `run` where the device cannot
        be asked at all; silence alone is an answer without status."""
        try:
            return run(self.server, self.serial, command, deadline.within(seconds), asked_by=self.asked_by)
        except PeerFailed as failure:
            if failure.symptom is Symptom.TIMEOUT:
                return Done(stdout="", stderr="", status=None)
            raise


def run(address: str, serial: str, command: str, deadline: Deadline, most: int = MOST_OUTPUT, asked_by: str = "") -> Done:
    """Raises NotReady where the device cannot be looked into, PeerFailed where nothing at all came of it, and CannotTell."""
    with Server(address, deadline) as server:
        server.ask(asked_by or (f"host:transport:{serial}" if serial else "host:transport-any"))
        try:
            server.ask(f"shell,v2,raw:{command}")
        except NotReady as refused:  # a device of Android 6 and older, or one that is on its way out
            raise NotReady(DeviceState.OTHER if refused.state is DeviceState.GONE else refused.state, refused.text) from refused
        return _heard(server, most)


def _heard(server: Server, most: int) -> Done:
    heard = {_STDOUT: bytearray(), _STDERR: bytearray()}
    status: int | None = None
    cut = False
    try:
        while status is None and not cut:
            kind, length = _PACKET.unpack(server.read(_PACKET.size))
            if length > _LONGEST_PACKET or kind > _EXIT + 2:
                raise PeerFailed(Symptom.WRONG_PROTOCOL)
            cut = _take(server, heard.get(kind), length, most) if kind != _EXIT else cut
            if kind == _EXIT:
                status = server.read(length)[0] if length else None
    except PeerFailed:
        if not any(heard.values()):
            raise
    out, errors = (bytes(heard[stream]).decode("utf-8", "replace") for stream in (_STDOUT, _STDERR))
    return Done(stdout=out, stderr=errors, status=status, cut=cut)


def _take(server: Server, stream: bytearray | None, length: int, most: int) -> bool:
    """The bytes of one packet; whether there were more than are kept. A stream of another kind is read and left."""
    left = length
    while left:
        came = server.some(left)
        if not came:
            raise PeerFailed(Symptom.CLOSED)
        left -= len(came)
        if stream is not None:
            stream += came[: most - len(stream)]
            if len(stream) >= most:
                return True
    return False
