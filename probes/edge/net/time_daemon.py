"""Whether a program on this machine keeps its clock by NTP, as it tells over the loopback interface: chronyd, ntpd and their like.

chronyd answers a question of its control protocol at port 323, one of reading that every local user may ask (candm.h of chrony 4,
version 6): leap and stratum stand behind 28 bytes of head. ntpd, ntpsec and whoever else serves the time answer SNTP at port 123. One that
follows nothing but the clock of the machine itself (`local` of chrony, 127.127.1.0 of ntpd) keeps nothing.
"""

from __future__ import annotations

import secrets
import socket
import struct

from probes.edge.failures import CannotTell, raise_if_ours
from probes.edge.net import sntp
from probes.ground.deadline import Deadline

CHRONY_PORT, NTP_PORT = 323, 123
_HERE = "127.0.0.1"
_PATIENCE_S = 0.5
_VERSION, _REQUEST, _REPLY, _TRACKING, _TRACKED = 6, 1, 2, 33, 5
_HEAD, _SIZE = struct.Struct("!BBxxHHHxxxxxx4s8x"), 104  # a question is as long as its answer
_UNSYNCHRONISED, _LAST_STRATUM = 3, 15
_OWN_CLOCK = (b"LOCL", b"\x7f\x7f")  # what a reference begins with that is this machine's own clock


def keeps_the_clock(deadline: Deadline, *, chrony_port: int = CHRONY_PORT, ntp_port: int = NTP_PORT) -> bool:
    """False: none does, or none says so."""
    try:
        return _chrony(chrony_port, deadline) or _ntp(ntp_port, deadline)
    except CannotTell:
        return False


def _chrony(port: int, deadline: Deadline) -> bool:
    nonce = secrets.token_bytes(4)
    said = _answer(port, struct.pack("!BBxxHH4s8x", _VERSION, _REQUEST, _TRACKING, 0, nonce).ljust(_SIZE, b"\0"), deadline)
    if len(said) < _SIZE:
        return False
    version, kind, command, reply, status, echoed = _HEAD.unpack_from(said)
    if (version, kind, command, reply, status, echoed) != (_VERSION, _REPLY, _TRACKING, _TRACKED, 0, nonce):
        return False
    reference, stratum, leap = struct.unpack_from("!4s20xHH", said, _HEAD.size)
    return leap != _UNSYNCHRONISED and 0 < stratum <= _LAST_STRATUM and not reference.startswith(_OWN_CLOCK)


def _ntp(port: int, deadline: Deadline) -> bool:
    nonce = secrets.token_bytes(8)
    said = _answer(port, sntp.question(nonce), deadline)
    return isinstance(sntp.answer(said, nonce), sntp.Times) and not said[12:16].startswith(_OWN_CLOCK)


def _answer(port: int, question: bytes, deadline: Deadline) -> bytes:
    """Empty where nobody is there. Raises CannotTell."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sock:
            sock.settimeout(max(0.01, deadline.within(_PATIENCE_S).remaining()))
            sock.connect((_HERE, port))  # so that a refusal is heard
            sock.send(question)
            return sock.recv(512)
    except OSError as error:
        raise_if_ours(error)
        return b""
