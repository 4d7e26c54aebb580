"""Bytes that are not the answer: another protocol, or noise. They may be a cardholder's, so they are counted and never kept."""

from __future__ import annotations

import re

from probes.edge.serial.device_answer import DeviceAnswer, failed
from probes.model import Symptom
from probes.model.facts import ExchangeFacts

_MODEM = re.compile(rb"(?:^|[\r\n])(?:OK|ERROR|NO CARRIER|\+C[A-Z]{2,6}:[^\r\n]*)\r?\n")
_TEXT = re.compile(rb"[\x20-\x7e\r\n\t]{4,}")
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
    return "text" if _TEXT.fullmatch(came) else None
