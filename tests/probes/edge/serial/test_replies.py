"""Whatever comes over a line, a reading comes of it: `python -m tests.probes.edge.serial.test_replies 500000` tries that many replies."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable

import msgspec
import pytest

from probes.edge.serial import at, enq, escpos, modem_manager
from probes.edge.serial.device_answer import DeviceAnswer
from probes.edge.serial.recognise import spoken_by, unlike
from probes.model import Outcome
from probes.serial_port import meaning_of
from tests.support.servers.modem import Modem
from tests.support.servers.printer import Printer

Bytes = Callable[[], bytes]
COMMANDS = [f"AT{command}\r".encode() for command in at.COMMANDS]
WORDS = (
    b"\r\nOK\r\n", b"\r\nERROR\r\n", b"+CME ERROR: 10", b"+CPIN: ", b"+CREG: 0,", b"+CSQ: ", b"+COPS: ", b'"', b",", b"99999999999",
    b"\x12", b"\x1a\x32\x7e", b"\x10\x00\x00\x00", b"\x06", b"\x15", b"\x02", b"\x03", b"\x11", b"\x13", b"\r", b"\xb2", b"-1", b"\xff",
)  # fmt: skip
TREE = {
    "modem": {
        "3gpp": {"registration-state": "home", "operator-name": "X", "packet-service-state": "attached"},
        "generic": {"state": "registered", "state-failed-reason": "--", "power-state": "on", "signal-quality": {"value": "67"}},
    }
}


def hostile(chance: random.Random) -> bytes:
    """Noise, words of the protocols in any order, or a true reply that was damaged."""
    kind = chance.randrange(4)
    if kind == 0:
        return chance.randbytes(chance.randrange(40))
    if kind == 1:
        return b"".join(chance.choices(WORDS, k=chance.randrange(8)))
    true = bytearray(Modem(echo=chance.random() < 0.5)(chance.choice(COMMANDS)) if kind == 2 else Printer()(b"\x10\x04\x01"))
    for _ in range(chance.randrange(4)):
        where = chance.randrange(len(true) + 1)
        true[where : where + chance.randrange(3)] = chance.randbytes(chance.randrange(3))
    return bytes(true)


def damaged_tree(chance: random.Random) -> bytes:
    text = json.dumps(TREE)
    for _ in range(chance.randrange(3)):
        values = ('"--"', "[]", "{}", "null", "-1", '"9e9"', '"\\u0000"', "1e400", '"failed"', '"locked"')
        text = text.replace(chance.choice(('"home"', '"67"', '"registered"', '{"value": "67"}', '"on"')), chance.choice(values))
    return text.encode() if chance.random() < 0.7 else text.encode()[: chance.randrange(len(text))] + hostile(chance)


def one(chance: random.Random) -> DeviceAnswer | None:
    """One reply through one parser. None where ModemManager said nothing that can be read."""
    kind = chance.randrange(5)
    if kind == 0:
        return escpos.read_status({number: hostile(chance) for number in escpos.QUESTIONS if chance.random() < 0.8})
    if kind == 1:
        answers = {command: hostile(chance) for command in at.COMMANDS if chance.random() < 0.9}
        if chance.random() < 0.8:
            answers[""] = b"\r\nOK\r\n"
        return at.read_answers(answers)
    if kind == 2:
        return enq.read_enq(hostile(chance))
    if kind == 3:
        return enq.read_expected(hostile(chance), hostile(chance) or b"\x06", hostile(chance))
    try:
        return modem_manager.read_modem(modem_manager.read_json(damaged_tree(chance)))
    except modem_manager.NotAsked:
        return None


def fuzz(times: int, seed: int) -> dict[str, int]:
    """How often each outcome came. A reading must be fit for the status document, with nothing unescaped in it."""
    chance = random.Random(seed)
    counts: dict[str, int] = {}
    for number in range(times):
        answer = one(chance)
        key = "not asked"
        if answer is not None:
            meant = meaning_of(answer)
            text = msgspec.json.encode((answer, meant)).decode()
            assert text.isprintable(), (seed, number, text)
            assert (meant.because is None) == (meant.outcome not in (Outcome.SKIP, Outcome.UNKNOWN)), (seed, number)
            key = meant.outcome.value
        counts[key] = counts.get(key, 0) + 1
    return counts


def test_hostile_replies() -> None:
    counts = fuzz(20_000, seed=1)
    assert set(counts) == {*(outcome.value for outcome in Outcome), "not asked"} - {"skip"} | ({"skip"} & set(counts))


@pytest.mark.parametrize(
    ("came", "spoken"),
    [(b"", None), (b"\x00", None), (b"\x06\x06", None), (b"OK", None), (b"OK\r\n", "at"), (b"\x05", "echo"), (b"\x16", "escpos")],
)
def test_what_bytes_are_taken_for(came: bytes, spoken: str | None) -> None:
    assert spoken_by(b"\x05", came) == spoken
    assert unlike(b"\x05", came).facts.spoken == spoken


if __name__ == "__main__":
    print(f"{sys.argv[1]} replies: {fuzz(int(sys.argv[1]), seed=20260131)}")
