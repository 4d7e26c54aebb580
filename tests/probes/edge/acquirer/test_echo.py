"""One echo against a host of an independent make: what it says or does, and the symptom that comes of it."""

from __future__ import annotations

import os
import re
import select
import socket
import struct
import threading
import time

import pytest

from probes.edge.acquirer.echo import Echoed, exchange
from probes.edge.acquirer.iso8583 import EchoReply
from probes.edge.failures import PeerFailed
from probes.edge.net import tcp
from probes.ground.deadline import Deadline
from probes.ground.text import is_safe
from probes.model import Symptom
from probes.model.facts import GatewayFacts
from probes.settings import Dialect, Framing, GatewayIso8583
from tests.support.clocks import LookedAtClock, SetClock
from tests.support.patience import PATIENCE_S
from tests.support.servers.acquirer import Acquirer
from tests.support.servers.iso import answers
from tests.support.servers.iso.answers import Answer
from tests.support.servers.iso.frame import framed
from tests.support.servers.iso.request import Request
from tests.support.servers.local import Local
from tests.support.world import behaviours, netns
from tests.support.world.server import Server

# a sign-on as it was recorded: it would change keys and batch
SIGN_ON = "60000060000060220000000008000020000000c000120012473538443031313135383837353844303438313635353535001100000001003000023031"
PAIRS = [(dialect, framing) for dialect in Dialect for framing in Framing]
both_dialects = pytest.mark.parametrize(
    ("dialect", "framing"), [(Dialect.UNIONPAY, Framing.BYTES_2), (Dialect.ISO87_ASCII, Framing.ASCII_4)]
)


def settings(dialect: Dialect, framing: Framing) -> GatewayIso8583:
    return GatewayIso8583(dialect=dialect, framing=framing, terminal_id="00000001", merchant_id="123456789012345")


def ask(acquirer: Acquirer, deadline: Deadline | None = None) -> Echoed:
    """One exchange with a server of its own; whatever comes of it, the host has had one echo and nothing else."""
    with Local(acquirer.serve) as server, tcp.connect(server.address, server.port, Deadline(PATIENCE_S)) as connection:
        try:
            return exchange(settings(acquirer.dialect, acquirer.framing), connection.sock, deadline or Deadline(PATIENCE_S))
        finally:
            connection.sock.close()
            assert acquirer.ended()
            assert (acquirer.messages, acquirer.refused) == (1, [])


def failure(answer: Answer, dialect: Dialect, framing: Framing, deadline: Deadline | None = None) -> PeerFailed:
    """Most say what they say at once; of the others, silence is the symptom, however long it lasts."""
    with pytest.raises(PeerFailed) as failed:
        ask(Acquirer(dialect, framing, answer), deadline or Deadline(2))
    seen = failed.value.seen
    assert isinstance(seen, GatewayFacts) and seen == GatewayFacts(trace=seen.trace, text=seen.text)
    assert seen.trace is not None and seen.trace.isdigit()
    assert all(is_safe(character) for character in seen.text or "")
    return failed.value


@pytest.mark.parametrize(("dialect", "framing"), PAIRS)
def test_every_dialect_in_every_framing_is_answered(dialect: Dialect, framing: Framing) -> None:
    acquirer = Acquirer(dialect, framing)
    before = time.monotonic()
    echoed = ask(acquirer)
    assert echoed.reply == EchoReply(code="00", ours=True)
    assert echoed.trace == acquirer.received[0].fields[11]
    assert 0 < echoed.answer_ms < (time.monotonic() - before) * 1000


@both_dialects
@pytest.mark.parametrize("code", ["03", "97", "58", "77", "A0", "96", "Z9"])
def test_a_response_code_comes_as_the_host_said_it(dialect: Dialect, framing: Framing, code: str) -> None:
    assert ask(Acquirer(dialect, framing, answers.replies(code))).reply.code == code


@both_dialects
@pytest.mark.parametrize(
    "answer",
    [
        answers.after_keep_alives(3),
        answers.byte_by_byte,
        answers.in_one_segment,
        answers.stranger_first,
        answers.asks_first,
        answers.with_fields(de12="101112", de13="0102", de32="12345", de37="000000000001", de62="tables", de63="001"),
        answers.then_says(b"\xff\xff\xff\xff"),
        answers.then_says(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
        answers.drips(0.001),
    ],
    ids=[
        "keep-alives",
        "byte by byte",
        "one segment",
        "stranger first",
        "asks first",
        "more fields",
        "garbage after",
        "http after",
        "slowly",
    ],
)
def test_the_reply_is_found_however_it_comes(dialect: Dialect, framing: Framing, answer: Answer) -> None:
    reply = ask(Acquirer(dialect, framing, answer)).reply
    assert (reply.code, reply.ours) == ("00", True)


@pytest.mark.parametrize("requirement", "01234567")
def test_the_processing_requirement_of_the_header_is_told(requirement: str) -> None:
    assert ask(Acquirer(answer=answers.replies(requirement=requirement))).reply.requirement == int(requirement)


def test_a_tpdu_that_is_not_swapped_is_told() -> None:
    assert ask(Acquirer()).reply.tpdu_swapped
    assert not ask(Acquirer(answer=answers.replies(swapped=False))).reply.tpdu_swapped


def test_the_hosts_own_time_is_told() -> None:
    assert ask(Acquirer(answer=answers.with_fields(de12="235959", de13="1231"))).reply.host_time == "1231235959"


FAILURES: dict[str, tuple[Answer, Symptom, str]] = {
    "closes without a byte": (answers.close, Symptom.CLOSED, ""),
    "silence": (answers.silence, Symptom.SILENT, ""),
    "half a reply, then closes": (answers.half_then_close, Symptom.CUT_OFF, "in the middle"),
    "half a reply, then silence": (answers.half_then_silence, Symptom.CUT_OFF, "in the middle"),
    "drips": (answers.drips(0.2), Symptom.CUT_OFF, "in the middle"),
    "answers somebody else, then silence": (answers.stranger_only, Symptom.BAD_ANSWER, "other trace numbers"),
    "answers somebody else, then closes": (answers.stranger_then_close, Symptom.BAD_ANSWER, "other trace numbers"),
    "keep-alives for ever": (answers.keep_alives_for_ever(0.005), Symptom.SILENT, ""),
    "http": (answers.says(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"), Symptom.BAD_ANSWER, "length"),
    "control characters": (answers.says(b"\x9b2J\x1b]0;owned\x07\r\n"), Symptom.BAD_ANSWER, "length"),
    "a length of 65535": (answers.says(b"\xff\xff" + b"x" * 100), Symptom.BAD_ANSWER, "65535|ffff"),
    "another framing": (answers.other_framing, Symptom.BAD_ANSWER, "length"),
    "our own request": (
        lambda request, connection: connection.sendall(request.reply(mti=request.fields[0])),
        Symptom.BAD_ANSWER,
        "08[02]0",
    ),
    "a wrong message type": (answers.replies(mti="0210"), Symptom.BAD_ANSWER, "0210"),
    "no response code": (answers.replies(None), Symptom.BAD_ANSWER, "field 39"),
    "a response code of control characters": (answers.replies(b"\x1b["), Symptom.BAD_ANSWER, "field 39"),
    "a response code of blanks": (answers.replies(b"  "), Symptom.BAD_ANSWER, "field 39"),
}


@both_dialects
@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_has_its_symptom(dialect: Dialect, framing: Framing, name: str) -> None:
    answer, symptom, text = FAILURES[name]
    failed = failure(answer, dialect, framing)
    assert failed.symptom is symptom
    assert re.search(text, failed.seen.text or "")


def test_a_host_that_resets_the_connection_is_told_from_one_that_closes_it() -> None:
    def reset(_request: Request, connection: socket.socket) -> None:
        behaviours.reset(connection)
        connection.close()

    assert failure(reset, Dialect.UNIONPAY, Framing.BYTES_2).symptom is Symptom.RESET


@pytest.mark.parametrize(
    "answer", [answers.silence, answers.keep_alives_for_ever(0.01), answers.drips(0.3)], ids=["silence", "keep-alives", "drips"]
)
def test_the_deadline_holds_however_the_host_keeps_talking(answer: Answer) -> None:
    """The time that is left is looked at with each part that comes: here each look takes a tenth of a second of it."""
    clock = LookedAtClock(0.1)
    failure(answer, Dialect.UNIONPAY, Framing.BYTES_2, Deadline(0.3, clock))
    assert clock.looks < 10


def test_a_flood_is_not_read_to_its_end() -> None:
    """It has none, and this deadline never passes: what is read comes to its own bound."""
    failed = failure(answers.floods, Dialect.UNIONPAY, Framing.BYTES_2, Deadline(PATIENCE_S, SetClock()))
    assert failed.symptom in (Symptom.BAD_ANSWER, Symptom.CUT_OFF)


def test_a_host_that_reads_nothing_does_not_hold_the_echo() -> None:
    over = threading.Event()

    def reads_nothing(_: socket.socket) -> None:
        over.wait(PATIENCE_S)

    with Local(reads_nothing) as server, tcp.connect(server.address, server.port, Deadline(PATIENCE_S)) as connection:
        with pytest.raises(PeerFailed) as failed:
            exchange(settings(Dialect.UNIONPAY, Framing.BYTES_2), connection.sock, Deadline(0.2))
        over.set()
        assert failed.value.symptom is Symptom.SILENT


def test_a_trace_number_is_not_used_again() -> None:
    acquirer = Acquirer()
    for _ in range(5):
        with Local(acquirer.serve) as server, tcp.connect(server.address, server.port, Deadline(PATIENCE_S)) as connection:
            exchange(settings(Dialect.UNIONPAY, Framing.BYTES_2), connection.sock, Deadline(PATIENCE_S))
    assert acquirer.ended(5)
    assert len({request.fields[11] for request in acquirer.received}) == 5


@pytest.mark.parametrize("leaves", [True, False], ids=["leaves", "resets"])
def test_a_host_that_is_gone_before_the_echo_went_out(leaves: bool) -> None:
    connected = threading.Event()

    def host(sock: socket.socket) -> None:
        connected.wait(PATIENCE_S)
        if not leaves:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with Local(host) as server, tcp.connect(server.address, server.port, Deadline(PATIENCE_S)) as connection:
        connected.set()
        seen = select.poll()
        seen.register(connection.sock, select.POLLRDHUP)
        assert seen.poll(PATIENCE_S * 1000)
        with pytest.raises(PeerFailed) as failed:
            exchange(settings(Dialect.UNIONPAY, Framing.BYTES_2), connection.sock, Deadline(PATIENCE_S))
    assert failed.value.symptom in ((Symptom.CLOSED, Symptom.RESET) if leaves else (Symptom.RESET,))


@pytest.mark.root
def test_the_host_stands_in_a_namespace_as_well(request: pytest.FixtureRequest) -> None:
    name = f"pd{os.getpid()}-8583t"
    netns.create(name)
    request.addfinalizer(lambda: netns.delete(name))
    netns.ip(name, "link set lo up")
    acquirer = Acquirer()
    server = Server(name, ("127.0.0.1",), 8583, acquirer.serve)
    request.addfinalizer(server.stop)

    def echo() -> EchoReply:
        with tcp.connect("127.0.0.1", 8583, Deadline(PATIENCE_S)) as connection:
            return exchange(settings(acquirer.dialect, acquirer.framing), connection.sock, Deadline(PATIENCE_S)).reply

    assert netns.call(name, echo).code == "00"
    assert acquirer.ended()
    assert (acquirer.messages, acquirer.refused) == (1, [])


def test_the_host_refuses_what_is_no_echo() -> None:
    """The account itself: a sign-on as it was recorded, and a message that is none."""
    acquirer = Acquirer()
    with Local(acquirer.serve) as server:
        with socket.create_connection((server.address, server.port)) as sock:
            for message in (bytes.fromhex(SIGN_ON), b"x"):
                sock.sendall(framed(Framing.BYTES_2, message))
        assert acquirer.ended()
    assert (len(acquirer.received), len(acquirer.refused)) == (0, 2)
