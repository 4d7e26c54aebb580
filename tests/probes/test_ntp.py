"""The NTP probe against a real server on loopback, and its reader against any bytes."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.edge.net.sntp import Times, Useless, answer
from probes.ground.deadline import Deadline
from probes.model import Check, Outcome, Symptom
from probes.model.facts import NtpFacts
from probes.ntp import ntp
from tests.support.clocks import SetClock
from tests.support.patience import PATIENCE_S


def stamp(unix: float) -> bytes:
    seconds = int(unix) + 2_208_988_800
    return struct.pack("!II", seconds & 0xFFFF_FFFF, int(unix % 1 * 2**32))


def reply(question: bytes, unix: float, *, flags: int = 0x24, stratum: int = 2, code: bytes = b"\x7f\x00\x00\x01") -> bytes:
    return bytes([flags, stratum, 6, 0xEC]) + bytes(8) + code + bytes(8) + question[40:48] + stamp(unix) + stamp(unix)


@contextmanager
def time_server(*answers: Callable[[bytes], bytes]) -> Iterator[int]:
    """Answers each question with all of `answers`, in order."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def serve() -> None:
            question, client = server.recvfrom(512)
            for each in answers if len(question) == 48 and question[0] == 0x23 else ():
                server.sendto(each(question), client)

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        thread.join(PATIENCE_S)


def off(seen: Check[NtpFacts]) -> float:
    assert seen.facts.skew_s is not None
    return seen.facts.skew_s


def error_s(seen: Check[NtpFacts]) -> float:
    """What may be wrong at most: half of what question and answer took, and what is rounded."""
    assert seen.facts.rtt_ms is not None
    return seen.facts.rtt_ms / 2000 + 0.002


@pytest.mark.parametrize("ahead", [0.0, -3600.0, 86400.0 * 365])
def test_ntp_tells_how_far_our_clock_is_ahead(ahead: float) -> None:
    with time_server(lambda q: reply(q, time.time() - ahead)) as port:
        seen = ntp("127.0.0.1", Deadline(PATIENCE_S), port=port)
    assert seen.outcome is Outcome.PASS and seen.id == "internet:ntp:127.0.0.1"
    assert off(seen) == pytest.approx(ahead, abs=error_s(seen))


def test_ntp_after_2036_begins_to_count_anew() -> None:
    later = 2_100_000_000.0  # 2036-07-18, in the next era
    with time_server(lambda q: reply(q, later)) as port:
        seen = ntp("127.0.0.1", Deadline(PATIENCE_S, SetClock(later)), port=port)
    assert off(seen) == pytest.approx(0, abs=error_s(seen))


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ({"stratum": 0, "code": b"RATE"}, "the server asks to be left alone (RATE)"),
        ({"stratum": 0, "code": b"\x1b[2J"}, "the server asks to be left alone (\\x1b[2J)"),
        ({"flags": 0xE4}, "the server's own clock is not synchronised"),
        ({"stratum": 16}, "the server's own clock is not synchronised"),
        ({"flags": 0x23}, "the answer is not that of a time server"),
        ({"unix": -2_208_988_800.0}, "the server sent no time"),
    ],
)
def test_an_answer_without_a_time(change: dict[str, Any], because: str) -> None:
    with time_server(lambda q: reply(q, **({"unix": time.time()} | change))) as port:
        seen = ntp("127.0.0.1", Deadline(PATIENCE_S), port=port)
    assert (seen.outcome, seen.symptom, seen.because) == (Outcome.UNKNOWN, Symptom.BAD_ANSWER, because)


def test_what_does_not_answer_our_question_is_passed_over() -> None:
    forged = lambda q: reply(bytes(48), 1.0)  # noqa: E731
    short = lambda q: q[:20]  # noqa: E731
    with time_server(forged, short, lambda q: reply(q, time.time())) as port:
        seen = ntp("127.0.0.1", Deadline(PATIENCE_S), port=port)
    assert off(seen) == pytest.approx(0, abs=error_s(seen))


def test_a_silent_time_server_leaves_the_skew_unknown() -> None:
    with time_server() as port:
        seen = ntp("127.0.0.1", Deadline(0.2), port=port)
    assert (seen.outcome, seen.symptom) == (Outcome.UNKNOWN, Symptom.TIMEOUT)


def test_no_time_server_there() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    seen = ntp("127.0.0.1", Deadline(PATIENCE_S), port=port)
    assert (seen.outcome, seen.symptom) == (Outcome.UNKNOWN, Symptom.REFUSED)


def test_a_time_server_whose_name_is_not_found() -> None:
    seen = ntp("a" * 64 + ".localhost", Deadline(PATIENCE_S))  # a label may have 63 characters
    assert seen.outcome is Outcome.UNKNOWN and seen.because is not None and "was not found" in seen.because


@given(st.binary(max_size=200), st.binary(min_size=8, max_size=8))
def test_no_datagram_upsets_the_reader(datagram: bytes, nonce: bytes) -> None:
    assert answer(datagram, nonce) is None or datagram[24:32] == nonce


@given(st.binary(min_size=24, max_size=24), st.binary(min_size=8, max_size=8), st.binary(min_size=16, max_size=60))
def test_whatever_answers_us_is_a_time_within_two_eras_or_useless(head: bytes, nonce: bytes, tail: bytes) -> None:
    seen = answer(head + nonce + tail, nonce)
    if isinstance(seen, Useless):
        assert seen.why.isprintable()
    else:
        assert isinstance(seen, Times)
        assert head[0] & 7 == 4 and 1 <= head[1] <= 15
        for moment in (seen.received, seen.sent):
            assert -61_505_152 <= moment < 4_233_462_144  # 1968-01-20 to 2104-02-26
