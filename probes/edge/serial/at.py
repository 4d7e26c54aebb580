"""Modems asked by AT commands (3GPP TS 27.007): a short set, each with its own patience, none that changes anything.

Numbers that identify the subscriber (IMSI, ICCID, the own number) are never asked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from probes.edge.serial.device_answer import DeviceAnswer, failed, told
from probes.edge.serial.recognise import unlike
from probes.edge.serial.talk import Asks
from probes.ground.text import escape
from probes.model import Symptom
from probes.model.devices import UNREADABLE, Asked, ModemState

# in the order of asking: what the command is, how many seconds its answer may take
COMMANDS = {
    "": 1.0,
    "+CPIN?": 1.5,
    "+CFUN?": 1.0,
    "+CSQ": 0.6,
    "+CEREG?": 0.6,
    "+CREG?": 0.6,
    "+CGREG?": 0.6,
    "+CGATT?": 0.6,
    "+COPS?": 1.0,
}
# of a modem that a network has taken: what data it may carry; each only reads (3GPP TS 27.007 sections 10.1.10, 10.1.1, 10.1.14, 6.10)
DATA_COMMANDS = {"+CGACT?": 0.6, "+CGDCONT?": 0.6, "+CGPADDR": 0.6, "+CEER": 0.6}
# of a modem that refuses to speak of its SIM, and that no network has taken: whether it gives reasons at all (3GPP TS 27.007 section 9.1),
# and what the makers' own questions say of a card (SIMCom, Quectel, Telit). Each only reads; a modem that does not know one says ERROR
SIM_COMMANDS = {"+CMEE?": 0.6, "+CSMINS?": 0.6, "+QSIMSTAT?": 0.6, "#QSS?": 0.6}
_NECESSARY = 2  # tries for the first: a modem asleep loses what wakes it
_FINAL = re.compile(rb"(?:^|[\r\n])(OK|ERROR|\+CM[ES] ERROR: *[^\r\n]*)\r?\n")
# of one that was told once to say its results in numbers (ATV0): a digit and a carriage return, and nothing behind it (ITU-T V.250)
_NUMBERED = re.compile(rb"(?:^|(?<=[\r\n]))([04])\r$")
_WORDS = {b"0": b"\r\nOK\r\n", b"4": b"\r\nERROR\r\n"}
_MEANING = {"10": "no SIM", "11": "SIM PIN", "12": "SIM PUK", "13": "SIM failure", "15": "SIM wrong"}
_IN_WORDS = {"SIM NOT INSERTED": "no SIM", "SIM PIN REQUIRED": "SIM PIN", "SIM PUK REQUIRED": "SIM PUK"}
_IN_WORDS |= {"SIM FAILURE": "SIM failure", "SIM WRONG": "SIM wrong"}
_REGISTRATION = {0: "idle", 1: "home", 2: "searching", 3: "denied", 4: "unknown", 5: "roaming"}
# in one domain only, for messages or beside calls: data goes over the other; and emergency calls only, which is no service
_REGISTRATION |= {6: "home", 7: "roaming", 8: "emergency", 9: "home", 10: "roaming"}
_STATES = {"READY": "ready", "NOT INSERTED": "no SIM", "NOT READY": UNREADABLE}  # the last two by makers' own firmware
_NOT_OF_THE_SIM = ("4", "operation not supported")  # it does not know the question
_LOCKS_OF_OTHERS = {"SIM PIN2", "SIM PUK2"}  # of services that payment does not use


def ask(line: Asks) -> DeviceAnswer:
    answers: dict[str, bytes] = {}
    for command, patience_s in (COMMANDS | DATA_COMMANDS).items():
        if command in DATA_COMMANDS and _registration(answers) not in ("home", "roaming"):
            break
        for _ in range(1 if answers else _NECESSARY):
            came = line.ask(f"AT{command}\r".encode(), is_final, patience_s)
            if came:
                break
        if came:
            answers[command] = _in_words(came) if command else came
        if not command and not is_final(came):
            break  # no modem: nothing more is sent to it
        if command == "+CFUN?" and _only_a_digit(answers):
            break
        if command == "+CPIN?" and _sim(answers.get(command, b"")) not in ("ready", UNREADABLE, None):
            break
    if _sim(answers.get("+CPIN?", b"")) == UNREADABLE and _registration(answers) not in ("home", "roaming"):
        _ask_of_the_card(line, answers)
    return read_answers(answers)


def _ask_of_the_card(line: Asks, answers: dict[str, bytes]) -> None:
    for command, patience_s in SIM_COMMANDS.items():
        answers[command] = _in_words(line.ask(f"AT{command}\r".encode(), is_final, patience_s))
        if _does_not_know(answers) or _absent(answers):
            return


def is_final(came: bytes) -> bool:
    return _FINAL.search(came) is not None or _NUMBERED.search(came) is not None


def _in_words(came: bytes) -> bytes:
    """As a modem says it that has its results in words."""
    return _NUMBERED.sub(lambda found: _WORDS[found[1]], came)


def read_answers(answers: Mapping[str, bytes]) -> DeviceAnswer:
    """`answers`: what came for each command that was answered; `""` is the bare AT."""
    alive = answers.get("", b"")
    if not is_final(alive) or _only_a_digit(answers):
        return unlike(b"AT\r", alive) if alive else failed(Symptom.NO_REPLY)
    sim = _sim(answers.get("+CPIN?", b""))
    if sim == UNREADABLE and _registration(answers) in ("home", "roaming"):
        sim = None  # a network took its card
    elif sim == UNREADABLE:
        sim = "no SIM" if _absent(answers) else None if _does_not_know(answers) else UNREADABLE
    return told(
        ModemState(
            asked=Asked.AT,
            sim=sim,
            radio=_radio(answers.get("+CFUN?", b"")),
            signal_dbm=_dbm(answers.get("+CSQ", b"")),
            registration=_registration(answers),
            attached=_attached(answers.get("+CGATT?", b"")),
            operator=_operator(answers.get("+COPS?", b"")),
            data_context=_context(answers.get("+CGACT?", b"")),
            data_address=_data_address(answers.get("+CGPADDR", b"")),
            apn=_apn(answers.get("+CGDCONT?", b"")),
            refusal=_refusal(answers.get("+CEER", b"")),
        )
    )


def _only_a_digit(answers: Mapping[str, bytes]) -> bool:
    """Nothing that only modems say."""
    return bool(_NUMBERED.search(answers.get("", b""))) and not any(b"+" in _unasked(command, came) for command, came in answers.items())


def _unasked(command: str, came: bytes) -> bytes:
    """Without the question, where the device gives it back."""
    return came.replace(f"AT{command}".encode(), b"")


def _registration(answers: Mapping[str, bytes]) -> str | None:
    return _best([stat for name in ("+CEREG?", "+CREG?", "+CGREG?") if (stat := _stat(answers.get(name, b""), name)) is not None])


def _lines(came: bytes) -> list[str]:
    return [line.strip() for line in came.decode("ascii", "replace").replace("\r", "\n").split("\n") if line.strip()]


def _values(came: bytes, name: str) -> str | None:
    """What stands behind `+NAME:` in the last line that has it: an unasked report may come before."""
    found = [line.partition(":")[2].strip() for line in _lines(came) if line.startswith(f"{name.rstrip('?')}:")]
    return found[-1] if found else None


def _number(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else None


def _sim(came: bytes) -> str | None:
    """`ready`, what is wrong, or None where the modem does not say. A refusal without a reason that is known may be about the card."""
    refusal = next((line.partition(":")[2].strip() for line in _lines(came) if line.startswith("+CME ERROR:")), None)
    if refusal is not None:
        named = _MEANING.get(refusal) or _IN_WORDS.get(refusal.upper())
        return named or (None if refusal.lower() in _NOT_OF_THE_SIM else UNREADABLE)
    value = _values(came, "+CPIN?")
    if value is None:
        return UNREADABLE if any("ERROR" in line for line in _lines(came)) else None
    if value in _STATES:
        return _STATES[value]
    return "ready" if value in _LOCKS_OF_OTHERS else escape(value, 32) or None


def _does_not_know(answers: Mapping[str, bytes]) -> bool:
    """It gives its reasons, and refused the question about the SIM without one: it does not know that question."""
    bare = any(line == "ERROR" for line in _lines(answers.get("+CPIN?", b"")))
    return bare and _number(_values(answers.get("+CMEE?", b""), "+CMEE?") or "") in (1, 2)


def _absent(answers: Mapping[str, bytes]) -> bool:
    """`+CSMINS: n,inserted`, `+QSIMSTAT: enable,inserted`, `#QSS: mode,status`: 0 is a card that is not there."""
    told = (_values(answers.get(name, b""), name) for name in SIM_COMMANDS if name != "+CMEE?")
    return any(value is not None and [_number(word) for word in value.split(",")][1:] == [0] for value in told)


def _radio(came: bytes) -> str | None:
    value = _number((_values(came, "+CFUN?") or "").partition(",")[0])
    return None if value is None else "off" if value in (0, 4) else "on"


def _dbm(came: bytes) -> int | None:
    """`+CSQ: rssi,ber`: rssi 0 to 31, 99 unknown; 100 to 191 on TD-SCDMA, 199 unknown."""
    value = _number((_values(came, "+CSQ") or "").partition(",")[0])
    if value is None or not (value <= 31 or 100 <= value <= 191):
        return None
    return 2 * value - 113 if value <= 31 else value - 216


def _stat(came: bytes, name: str) -> int | None:
    """`+CREG: n,stat[,…]` when asked, `+CREG: stat[,"lac",…]` unasked."""
    words = (_values(came, name) or "").split(",")
    first, second = _number(words[0]), _number(words[1]) if len(words) > 1 else None
    return second if second is not None else first


def _best(stats: list[int]) -> str | None:
    """One network that took us is enough; where none did, a denial says more than a search."""
    known = [_REGISTRATION[stat] for stat in stats if stat in _REGISTRATION]
    return next((word for word in ("home", "roaming", "denied", "searching", "emergency", "idle", "unknown") if word in known), None)


def _attached(came: bytes) -> bool | None:
    value = _number(_values(came, "+CGATT?") or "")
    return {0: False, 1: True}.get(value) if value is not None else None


def _operator(came: bytes) -> str | None:
    quoted = re.search(r'"([^"]*)"', _values(came, "+COPS?") or "")
    return escape(quoted[1], 40) or None if quoted else None


def _rows(came: bytes, name: str) -> list[list[str]] | None:
    """The values of each line that has this name; None where the modem does not know the command."""
    if not came or b"ERROR" in came:
        return None
    lines = [line.partition(":")[2] for line in _lines(came) if line.startswith(f"{name}:")]
    return [[word.strip().strip('"') for word in line.split(",")] for line in lines]


def _context(came: bytes) -> bool | None:
    rows = _rows(came, "+CGACT")
    return None if rows is None else any(row[-1] == "1" for row in rows)


def _apn(came: bytes) -> str | None:
    """`+CGDCONT: cid,type,apn,…`: the first that has one."""
    rows = _rows(came, "+CGDCONT")
    return None if rows is None else escape(next((row[2] for row in rows if len(row) > 2 and row[2]), ""), 64)


def _data_address(came: bytes) -> str | None:
    """`+CGPADDR: cid,address`; 0.0.0.0 stands for none."""
    given = [row[1] for row in _rows(came, "+CGPADDR") or [] if len(row) > 1]
    return next((escape(address, 48) for address in given if address.strip("0.: ")), None)


def _refusal(came: bytes) -> str | None:
    """What the network said when it last refused: a text or a number of the maker's own making."""
    words = ", ".join(",".join(row) for row in _rows(came, "+CEER") or [])
    nothing = words.strip().lower() in ("", "0", "no cause", "no report available", "no cause information available", "normal, unspecified")
    return None if nothing else escape(words, 80)
