"""Receipt printers: the real-time status of ESC/POS, `DLE EOT n` with n from 1 to 4, one byte each.

    bit    n=1 printer            n=2 why offline   n=3 error             n=4 paper
    0x04   drawer                 cover open        (by model)            near its end
    0x08   offline                feed key          cutter                near its end
    0x20   waits for recovery     paper end         unrecoverable         end
    0x40   feed key               error             recoverable (hot)     end

A valid byte has `b & 0x93 == 0x12`. Some printers that are out of paper answer `1A 32 7E` to 1, 2 and 4.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from probes.edge.serial.device_answer import DeviceAnswer, failed, told
from probes.edge.serial.recognise import spoken_by, unlike
from probes.edge.serial.talk import Asks
from probes.model import Symptom
from probes.model.devices import Paper, PrinterError, PrinterStatus

QUESTIONS = (1, 2, 3, 4)
_OUT_OF_PAPER = b"\x1a\x32\x7e"
_XON_XOFF = b"\x11\x13"
_UNASKED_LENGTH = 4  # bytes of an automatic status: the first has `b & 0x93 == 0x10`, the others `b & 0x90 == 0`
_ERRORS = ((0x08, PrinterError.CUTTER), (0x20, PrinterError.UNRECOVERABLE), (0x40, PrinterError.RECOVERABLE))
_PATIENCE_S = (1.0, 0.6)  # for the first answer, for one after it
_SLOW_S = 1.5  # for one of a printer whose answers come late, or do not come
_TRIES = 2


def status(line: Asks) -> DeviceAnswer:
    """An answer does not say to which question. A printer that is busy may give it late, so behind a question without one as many are
    waited for as were asked, and the oldest question has the first."""
    answers: dict[int, bytes] = {}
    owed: list[int] = []  # questions without an answer yet, in their order
    slow = False
    for number in QUESTIONS:
        question = b"\x10\x04" + bytes([number])
        for _ in range(_TRIES if number == QUESTIONS[0] or not answers else 1):
            owed.append(number)
            enough = partial(_has, len(owed))
            came = line.ask(question, enough, _SLOW_S if slow or len(owed) > 1 else _PATIENCE_S[bool(answers)])
            parts = _split(came)
            if len(owed) > 1 and len(parts) == len(owed):
                slow = True
                answers |= dict(zip(owed, parts, strict=True))
                owed = []
            elif came:
                answers[number] = parts[-1] if parts else came
                owed = owed[1:] if len(set(owed)) == 1 else []  # of one question asked twice, the other may still come
            if came and (parts or number != QUESTIONS[0] or spoken_by(question, came)):
                break  # else noise, as a line may give it that is opened: asked once more
        if not answers:
            return failed(Symptom.NO_REPLY)
        if not any(map(_complete, answers.values())):
            break  # no printer: nothing more is sent to it
    return read_status(answers)


def _complete(came: bytes) -> bool:
    rest = _without_unasked(came)
    return rest == _OUT_OF_PAPER or _is_status(rest)


def _has(number: int, came: bytes) -> bool:
    return len(_split(came)) >= number


def _split(came: bytes) -> list[bytes]:
    """The answers that it is made of, where it is made of answers alone."""
    rest, found = _without_unasked(came), list[bytes]()
    while rest:
        size = len(_OUT_OF_PAPER) if rest.startswith(_OUT_OF_PAPER) else 1
        if size == 1 and not _is_status(rest[:1]):
            return []
        found.append(rest[:size])
        rest = _without_unasked(rest[size:])
    return found


def _is_status(rest: bytes) -> bool:
    return len(rest) == 1 and rest[0] & 0x93 == 0x12


def _without_unasked(came: bytes) -> bytes:
    """Without flow control and automatic status, which a printer may put before its answer."""
    rest = came.translate(None, _XON_XOFF)
    while len(rest) >= _UNASKED_LENGTH and rest[0] & 0x93 == 0x10 and all(b & 0x90 == 0 for b in rest[1:_UNASKED_LENGTH]):
        rest = rest[_UNASKED_LENGTH:]
    return rest


def read_status(answers: Mapping[int, bytes]) -> DeviceAnswer:
    """`answers`: what came for each question that was answered."""
    parsed = {number: _without_unasked(came) for number, came in answers.items()}
    bits = {number: came[0] for number, came in parsed.items() if _is_status(came)}
    ended = any(came == _OUT_OF_PAPER for came in parsed.values())
    strange = [number for number, came in parsed.items() if number not in bits and came != _OUT_OF_PAPER and came]
    if not bits and not ended:
        if not strange:
            return failed(Symptom.NO_REPLY)
        number = strange[0]
        return unlike(b"\x10\x04" + bytes([number]), answers[number])
    return told(_status(bits, ended))


def _status(bits: Mapping[int, int], ended: bool) -> PrinterStatus:
    """`ended`: it said that the paper is out in place of a status byte."""
    printer, why, error, paper = (bits.get(number, 0) for number in QUESTIONS)
    out = ended or bool(why & 0x20 or paper & 0x60)
    return PrinterStatus(
        online=not printer & 0x08 if 1 in bits else None,
        cover_open=bool(why & 0x04),
        feed_key=bool(printer & 0x40 or why & 0x08),
        stopped=bool(printer & 0x20 or why & 0x40),
        paper=Paper.OUT if out else Paper.LOW if paper & 0x0C else Paper.ADEQUATE if 4 in bits else Paper.UNKNOWN,
        errors=tuple(name for bit, name in _ERRORS if error & bit),
        status={str(number): f"{byte:02x}" for number, byte in bits.items()},
    )
