"""Devices that answer over real pseudo terminals, simulated from their manuals."""

from __future__ import annotations

import termios
from typing import Any

import pytest
from msgspec.structs import astuple

from probes.ground.deadline import Deadline
from probes.model import Check, Outcome, Symptom
from probes.model.facts import SerialFacts
from probes.serial_port import Places, serial_port
from probes.settings import Flow, Parity, PortOwner, SerialDevice, SerialExpect, SerialProtocol
from tests.support.parts import parts
from tests.support.patience import PATIENCE_S
from tests.support.servers.far_end import Answer, FarEnd, far_end, leaving_after_a_byte, taking_no_bytes
from tests.support.servers.modem import FORBIDDEN, Modem
from tests.support.servers.modem_manager import WITHOUT_MODEMS
from tests.support.servers.pinpad import PinPad
from tests.support.servers.printer import Printer

ESCPOS, ENQ, AT, EXPECT = SerialProtocol.ESCPOS, SerialProtocol.ENQ, SerialProtocol.AT, SerialProtocol.EXPECT
READING = ("AT+CSQ", "AT+CGPADDR", "AT+CEER")  # without a question mark, and they change nothing all the same


def examine(node: str, protocol: SerialProtocol, seconds: float = PATIENCE_S, **settings: Any) -> Check[SerialFacts]:
    device = SerialDevice(name="device", port=node, protocol=protocol, owner=PortOwner.AGENT, **settings)
    return serial_port(device, Deadline(seconds), places=Places(mmcli=WITHOUT_MODEMS))


def said(answer: Answer, protocol: SerialProtocol, **settings: Any) -> tuple[Check[SerialFacts], FarEnd]:
    with far_end(answer) as device:
        return examine(device.node, protocol, **settings), device


# --- printers


@pytest.mark.parametrize(
    ("printer", "outcome", "symptom", "facts"),
    [
        (Printer(), Outcome.PASS, None, {"paper": "adequate", "online": True, "errors": ()}),
        (Printer(automatic_status=True), Outcome.PASS, None, {"paper": "adequate"}),
        (Printer(silent_on=(4,)), Outcome.PASS, None, {"paper": "unknown"}),
        (Printer(paper_end=True), Outcome.FAIL, Symptom.PAPER_OUT, {"paper": "out", "online": False}),
        (Printer(paper_end=True, answers_1a_when_empty=True), Outcome.FAIL, Symptom.PAPER_OUT, {"paper": "out"}),
        (Printer(near_end=True), Outcome.WARN, Symptom.PAPER_LOW, {"paper": "low", "online": True}),
        (Printer(cover_open=True), Outcome.FAIL, Symptom.COVER_OPEN, {"online": False}),
        (Printer(cover_open=True, paper_end=True), Outcome.FAIL, Symptom.COVER_OPEN, {"online": False}),
        (Printer(cutter_jam=True), Outcome.FAIL, Symptom.PRINTER_FAULT, {"errors": ("cutter",)}),
        (Printer(unrecoverable=True), Outcome.FAIL, Symptom.PRINTER_FAULT, {"errors": ("unrecoverable",)}),
        (Printer(head_hot=True), Outcome.WARN, Symptom.PRINTER_OFFLINE, {"errors": ("recoverable",)}),
        (Printer(feed_pressed=True), Outcome.WARN, Symptom.PRINTER_OFFLINE, {"online": False}),
        (Printer(switched_offline=True), Outcome.FAIL, Symptom.PRINTER_OFFLINE, {"online": False, "errors": ()}),
    ],
)
def test_what_a_printer_says(printer: Printer, outcome: Outcome, symptom: Symptom | None, facts: dict[str, Any]) -> None:
    seen, _ = said(printer, ESCPOS)
    assert (seen.outcome, seen.symptom) == (outcome, symptom)
    assert parts(seen.facts, facts) == facts


def test_nothing_but_status_is_asked_of_a_printer() -> None:
    _, device = said(Printer(), ESCPOS)
    assert device.heard == b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04"


# --- PIN pads


@pytest.mark.parametrize(("pad", "answer"), [(PinPad(), "ack"), (PinPad(busy=True), "nak"), (PinPad(asleep=1), "ack")])
def test_a_pin_pad_answers(pad: PinPad, answer: str) -> None:
    seen, _ = said(pad, ENQ)
    assert (seen.outcome, seen.facts.answer) == (Outcome.PASS, answer)


def behind_noise(device: Answer) -> Answer:
    """What a line may give when it is opened, before the first answer."""
    left = [b"\xff\x00"]
    return lambda came: (left.pop() if left else b"") + device(came)


def test_a_burst_of_noise_is_asked_away() -> None:
    for device, protocol in ((PinPad(), ENQ), (Printer(), ESCPOS)):
        seen, _ = said(behind_noise(device), protocol)
        assert (seen.outcome, seen.symptom) == (Outcome.PASS, None)


def test_another_protocol_is_asked_once() -> None:
    """Only noise is asked away: what is sent to somebody else's device is kept to the least."""
    for protocol, sent in ((ENQ, b"\x05"), (ESCPOS, b"\x10\x04\x01")):
        assert said(lambda _: b"login: ", protocol)[1].heard == sent


def test_the_configured_question_and_answer() -> None:
    wanted = SerialExpect(send="0200", reply="0206")
    seen, device = said(lambda came: b"\x02" + bytes([came[1] + 6]) + b"more", EXPECT, expect=wanted)
    assert (seen.outcome, device.heard) == (Outcome.PASS, b"\x02\x00")


def test_an_answer_in_pieces() -> None:
    pieces = iter([b"\x02", b"\x06"])
    with far_end(lambda _: next(pieces)) as device:
        wanted = SerialExpect(send="05", reply="02")
        assert examine(device.node, EXPECT, expect=wanted).outcome is Outcome.PASS


# --- modems


@pytest.mark.parametrize(
    ("modem", "symptom", "facts"),
    [
        (Modem(), None, {"sim": "ready", "signal_dbm": -73, "registration": "home", "attached": True, "operator": "CHINA MOBILE"}),
        (Modem(echo=False), None, {"registration": "home"}),
        (Modem(in_words=False), None, {"sim": "ready", "signal_dbm": -73, "registration": "home", "operator": "CHINA MOBILE"}),
        (Modem(in_words=False, echo=False, cpin="ERROR"), None, {"registration": "home", "sim": None}),
        (Modem(in_words=False, cpin="ERROR", stats={"CREG": 2}), Symptom.NOT_REGISTERED, {"sim": "unreadable"}),
        (Modem(unasked="+CREG: 2"), None, {"registration": "home"}),
        (Modem(unasked="RING"), None, {"registration": "home"}),
        (Modem(stats={"CREG": 0, "CGREG": 0, "CEREG": 5}), None, {"registration": "roaming"}),
        (
            Modem(cgact="+CGACT: 1,0|+CGACT: 2,1", cgdcont='+CGDCONT: 1,"IP","cmnet","0.0.0.0",0,0', cgpaddr='+CGPADDR: 1,"10.64.2.3"'),
            None,
            {"data_context": True, "apn": "cmnet", "data_address": "10.64.2.3"},
        ),
        (
            Modem(cgact="+CGACT: 1,0", cgdcont="", cgpaddr="+CGPADDR: 1,0.0.0.0", ceer="+CEER: Missing or unknown APN"),
            None,
            {"data_context": False, "apn": "", "data_address": None, "refusal": "Missing or unknown APN", "refused": "apn"},
        ),
        (Modem(cgact="+CGACT: 1,1", ceer="+CEER: No cause information available"), None, {"data_context": True, "refusal": None}),
        (Modem(csq=99), None, {"registration": "home"}),
        (Modem(csq=130), None, {"signal_dbm": -86}),
        (Modem(mute=("AT+COPS?", "AT+CSQ")), None, {"registration": "home"}),
        (Modem(cpin="+CPIN: SIM PIN2"), None, {"sim": "ready"}),
        (Modem(cpin="+CME ERROR: 10"), Symptom.SIM_MISSING, {"sim": "no SIM"}),
        (Modem(cpin="+CME ERROR: SIM not inserted"), Symptom.SIM_MISSING, {"sim": "no SIM"}),
        (Modem(cpin="+CME ERROR: 13"), Symptom.SIM_MISSING, {"sim": "SIM failure"}),
        (Modem(cpin="+CPIN: SIM PIN"), Symptom.SIM_LOCKED, {"sim": "SIM PIN"}),
        (Modem(cpin="+CPIN: SIM PUK"), Symptom.SIM_LOCKED, {"sim": "SIM PUK"}),
        (Modem(cpin="+CPIN: NOT INSERTED"), Symptom.SIM_MISSING, {"sim": "no SIM"}),
        (Modem(cpin="+CPIN: NOT READY", stats={"CREG": 0}), Symptom.NOT_REGISTERED, {"registration": "idle", "sim": "unreadable"}),
        (Modem(cpin="+CPIN: NOT READY"), None, {"registration": "home", "sim": None}),
        (Modem(cpin="ERROR"), None, {"registration": "home", "sim": None}),
        (Modem(cpin="ERROR", stats={"CREG": 2}), Symptom.NOT_REGISTERED, {"registration": "searching", "sim": "unreadable"}),
        (Modem(cpin="ERROR", stats={}), Symptom.NOT_REGISTERED, {"registration": None, "sim": "unreadable"}),
        (Modem(cpin="+CME ERROR: 14", stats={"CREG": 0}), Symptom.NOT_REGISTERED, {"sim": "unreadable"}),  # busy
        (Modem(cpin="+CME ERROR: 4", stats={"CREG": 0}), Symptom.NOT_REGISTERED, {"sim": None}),
        (Modem(cpin="ERROR", stats={"CREG": 0}, more={"CMEE": "+CMEE: 0"}), Symptom.NOT_REGISTERED, {"sim": "unreadable"}),
        (Modem(cpin="ERROR", stats={"CREG": 0}, more={"CMEE": "+CMEE: 1"}), Symptom.NOT_REGISTERED, {"sim": None}),
        (Modem(cpin="ERROR", stats={"CREG": 0}, more={"CSMINS": "+CSMINS: 0,0"}), Symptom.SIM_MISSING, {"sim": "no SIM"}),
        (Modem(cpin="ERROR", stats={"CREG": 0}, more={"QSIMSTAT": "+QSIMSTAT: 1,0"}), Symptom.SIM_MISSING, {"sim": "no SIM"}),
        (Modem(cpin="ERROR", stats={"CREG": 3}, more={"#QSS": "#QSS: 0,0"}), Symptom.SIM_MISSING, {"sim": "no SIM"}),
        (Modem(cpin="ERROR", stats={"CREG": 3}, more={"#QSS": "#QSS: 0,1"}), Symptom.REGISTRATION_DENIED, {"sim": "unreadable"}),
        (Modem(cpin="ERROR", cfun=4, stats={"CREG": 0}), Symptom.RADIO_OFF, {"radio": "off"}),
        (Modem(cpin="+CPIN: PH-NET PIN"), Symptom.SIM_LOCKED, {"sim": "PH-NET PIN"}),
        (Modem(cfun=4), Symptom.RADIO_OFF, {"radio": "off"}),
        (Modem(cfun=0), Symptom.RADIO_OFF, {"radio": "off"}),
        (Modem(stats={"CREG": 3, "CGREG": 2, "CEREG": 3}), Symptom.REGISTRATION_DENIED, {"registration": "denied"}),
        (Modem(stats={"CREG": 2, "CGREG": 2}), Symptom.NOT_REGISTERED, {"registration": "searching"}),
        (Modem(stats={"CREG": 0}), Symptom.NOT_REGISTERED, {"registration": "idle"}),
        (Modem(stats={"CREG": 8, "CEREG": 8}), Symptom.NOT_REGISTERED, {"registration": "emergency"}),
        (Modem(stats={"CREG": 6, "CEREG": 1}), None, {"registration": "home"}),
        (Modem(attached=0), Symptom.NOT_ATTACHED, {"attached": False}),
        (Modem(attached=None), None, {"registration": "home"}),
        (Modem(csq=2), Symptom.WEAK_SIGNAL, {"signal_dbm": -109}),
    ],
)
def test_what_a_modem_says(modem: Modem, symptom: Symptom | None, facts: dict[str, Any]) -> None:
    seen, _ = said(modem, AT)
    assert seen.symptom is symptom, seen
    assert parts(seen.facts, facts) == facts
    assert not any(word in command for command in modem.asked for word in FORBIDDEN)
    assert all(command == "AT" or command.endswith("?") or command in READING for command in modem.asked)


def test_a_modem_whose_sim_is_missing_is_asked_no_more() -> None:
    modem = Modem(cpin="+CME ERROR: 10")
    said(modem, AT)
    assert modem.asked == ["AT", "AT+CPIN?"]


def test_a_modem_that_a_network_took_is_not_asked_about_a_card() -> None:
    modem = Modem(cpin="ERROR")
    said(modem, AT)
    assert not {"AT+CMEE?", "AT+CSMINS?", "AT+QSIMSTAT?", "AT#QSS?"} & set(modem.asked)


def test_the_operator_names_itself_and_is_escaped() -> None:
    seen, _ = said(Modem(operator='+COPS: 0,0,"\x1b[2J",7'), AT)
    assert seen.facts.operator == "\\x1b[2J"


# --- silence, noise, and other protocols


@pytest.mark.parametrize("protocol", [ESCPOS, ENQ, AT, EXPECT])
def test_silence_is_no_reply(protocol: SerialProtocol) -> None:
    seen, device = said(lambda _: b"", protocol)
    assert (seen.outcome, seen.symptom) == (Outcome.FAIL, Symptom.NO_REPLY)
    assert len(device.heard) <= 6  # the first question, twice


@pytest.mark.parametrize("protocol", [ESCPOS, ENQ, AT, EXPECT])
def test_noise_is_garbled_and_not_kept(protocol: SerialProtocol) -> None:
    seen, _ = said(lambda _: b"\xf8\x00\xe0\xfe", protocol)
    assert (seen.outcome, seen.symptom, seen.facts.received_bytes) == (Outcome.FAIL, Symptom.GARBLED, 4)
    assert not any(isinstance(value, bytes) or "f8" in str(value) for value in astuple(seen.facts))


def test_a_digit_is_a_modem_only_where_more_of_it_follows() -> None:
    seen, device = said(lambda _: b"0\r", AT)
    assert (seen.outcome, seen.symptom) == (Outcome.FAIL, Symptom.GARBLED)
    assert device.heard == b"AT\rAT+CPIN?\rAT+CFUN?\r", "what is no modem is asked no more"


@pytest.mark.parametrize(
    ("answer", "protocol", "spoken"),
    [
        (lambda _: b"\r\nERROR\r\n", ESCPOS, "at"),
        (lambda _: b"\r\nOK\r\n", ENQ, "at"),
        (lambda _: b"\x06", ESCPOS, "enq"),
        (lambda _: b"\x15", AT, "enq"),
        (Printer(), EXPECT, "escpos"),
        (lambda came: came, ENQ, "echo"),
        (lambda _: b"login: ", AT, "text"),
        (lambda _: b"\x02|4111111111111111|\x03\x31", ENQ, "stx"),
    ],
)
def test_another_protocol_is_named(answer: Answer, protocol: SerialProtocol, spoken: str) -> None:
    expect = SerialExpect(send="100401", reply="ff")
    seen, _ = said(answer, protocol, expect=expect)
    assert (seen.symptom, seen.facts.spoken) == (Symptom.WRONG_PROTOCOL, spoken)
    assert "4111" not in str(seen)


def test_a_device_that_never_stops_talking_ends_at_the_deadline() -> None:
    with far_end(lambda _: b"\xaa" * 3000) as device:
        assert examine(device.node, ENQ, seconds=2).symptom is Symptom.GARBLED


def test_a_device_that_takes_no_bytes() -> None:
    with taking_no_bytes() as node:
        seen = examine(node, ENQ, flow=Flow.XONXOFF)
    assert (seen.outcome, seen.symptom) == (Outcome.FAIL, Symptom.FLOW_STALLED)


def test_a_device_that_goes_away_in_the_middle() -> None:
    with leaving_after_a_byte() as node:
        seen = examine(node, ENQ)
    assert (seen.outcome, seen.symptom) == (Outcome.FAIL, Symptom.DISCONNECTED)


@pytest.mark.parametrize("line", [{"baudrate": 115200}, {"bytesize": 7, "parity": Parity.EVEN}, {"stopbits": 2}, {"parity": Parity.MARK}])
def test_the_line_is_set_as_configured_for_the_exchange_only(line: dict[str, Any]) -> None:
    seen_there: list[list[Any]] = []

    with far_end(lambda _: b"") as device:
        before = termios.tcgetattr(device.far)

        def answer(came: bytes) -> bytes:
            seen_there.append(termios.tcgetattr(device.far))
            return b"\x06"

        device.answer = answer
        assert examine(device.node, ENQ, **line).outcome is Outcome.PASS
        assert seen_there[0] != before
        assert termios.tcgetattr(device.far) == before
