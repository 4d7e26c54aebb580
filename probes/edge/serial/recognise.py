"""Bytes that are not the answer: another protocol, or noise. They may be a cardholder's, so they are counted and never kept."""

from __future__ import annotations

import re

from probes.edge.serial.device_answer import DeviceAnswer, failed
from probes.model import Symptom
from probes.model.facts import ExchangeFacts

_MODEM = re.compile(rb"(?:^|[\r\n])(?:OK|ERROR|NO CARRIER|\+C[A-Z]{2,6}:[^\r\n]*)\r?\n")
_TEXT = re.compile(rb"[\x20-\x7e\r\n\t]{4,}")
_FEWEST = 7  # bytes of a state of the Star line
_FRAME = re.compile(rb"\x02.*\x03.", re.DOTALL)


def unlike(question: bytes, came: bytes) -> DeviceAnswer:
    """The reading of an answer that does not fit its question."""
    spoken = spoken_by(question, came)
    if spoken is None:
        return failed(Symptom.GARBLED, ExchangeFacts(received_bytes=len(came)))
    return failed(Symptom.WRONG_PROTOCOL, ExchangeFacts(received_bytes=len(came), spoken=spoken))


def spoken_by(question: bytes, came: bytes) -> str | None:
    """`echo`: nothing but our own bytes (a loopback plug, a console). `text`: a login prompt, a banner. None: noise."""
    if question and came == question:
        return "echo"
    if _MODEM.search(came):
        return "at"
    if came in (b"\x06", b"\x15"):
        return "enq"
    if _FRAME.fullmatch(came):
        return "stx"
    if len(came) == 1 and came[0] & 0x93 == 0x12:
        return "escpos"
    if _is_star(came):
        return "star"
    return "text" if _TEXT.fullmatch(came) else None


def _is_star(came: bytes) -> bool:
    """The state that a printer of the Star line tells by itself, to whoever connects too (Star Line Mode, "automatic status"): a first byte
    that holds the length, then one with the version."""
    if len(came) < _FEWEST or came[0] & 0x91 != 0x01 or came[1] & 0x91 != 0x80:
        return False
    length = came[0] >> 1 & 0x07 | (came[0] >> 5 & 0x03) << 3
    return _FEWEST <= length <= len(came) and all(came[at] == came[0] for at in range(0, len(came), length))


def instead(reading: DeviceAnswer, heard: bytes) -> DeviceAnswer:
    """Of a device that gave no answer, and said something by itself: in another protocol, where it is one that is known."""
    if reading.symptom is Symptom.NO_REPLY and _is_star(heard):
        return failed(Symptom.WRONG_PROTOCOL, ExchangeFacts(received_bytes=len(heard), spoken="star"))
    return reading
