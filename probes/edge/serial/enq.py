"""Two short handshakes: ENQ answered by ACK or NAK, and the one that the configuration describes."""

from __future__ import annotations

from probes.edge.serial.device_answer import DeviceAnswer, answered, failed
from probes.edge.serial.recognise import unlike
from probes.edge.serial.talk import Asks
from probes.model import Symptom
from probes.model.facts import ExchangeFacts
from probes.settings import SerialExpect

_ENQ, _ACK, _NAK = b"\x05", b"\x06", b"\x15"
_TRIES = 2  # a device that sleeps loses the first byte, and a line that is opened may give a byte of noise
_PATIENCE_S = 1.0


def enquire(line: Asks) -> DeviceAnswer:
    noise = failed(Symptom.NO_REPLY)
    for _ in range(_TRIES):
        came = line.ask(_ENQ, lambda so_far: so_far in (_ACK, _NAK), _PATIENCE_S)
        if came and (reading := read_enq(came)).symptom is not Symptom.GARBLED:
            return reading
        noise = reading if came else noise
    return noise


def read_enq(came: bytes) -> DeviceAnswer:
    """A NAK is an answer too: the device is there, speaks the protocol, and is busy."""
    if came in (_ACK, _NAK):
        return answered(ExchangeFacts(answer="ack" if came == _ACK else "nak"))
    return unlike(_ENQ, came) if came else failed(Symptom.NO_REPLY)


def expect(line: Asks, wanted: SerialExpect) -> DeviceAnswer:
    question, reply = bytes.fromhex(wanted.send), bytes.fromhex(wanted.reply)
    noise = failed(Symptom.NO_REPLY)
    for _ in range(_TRIES):
        came = line.ask(question, lambda so_far: so_far.startswith(reply), _PATIENCE_S)
        if came and (reading := read_expected(question, reply, came)).symptom is not Symptom.GARBLED:
            return reading
        noise = reading if came else noise
    return noise


def read_expected(question: bytes, reply: bytes, came: bytes) -> DeviceAnswer:
    if came.startswith(reply):
        return answered(ExchangeFacts(answer="expected"))
    return unlike(question, came) if came else failed(Symptom.NO_REPLY)
