"""Whether a time daemon of this machine says that it keeps the clock: chronyd in its own bytes, ntpd over SNTP."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from probes.edge.net.time_daemon import keeps_the_clock
from probes.ground.deadline import Deadline

# what chronyd 4.3 answered to this question, its sequence cut out: following a server, with `local stratum 10`, and with no source at all
_HEAD = "06020000002100050000000000000000"
FOLLOWS = (
    "00000000000000007f0000017f0000010000000000000000000000000001000000040000000000006b0a24ab369d4606dd5f5e63d57bd6ff"
    "d8ac6bbded3457abf16b508bfc8cf9b1e0a9732bdcc71df30483133d"
)
LOCAL = (
    "00000000000000007f7f01010000000000000000000000000000000000000000000a0000000000006b0a248e2b7cdf090000000000000000"
    "00000000000000000000000000000000000000000000000000000000"
)
ALONE = (
    "0000000000000000000000000000000000000000000000000000000000000000000000030000000000000000000000000000000000000000"
    "00000000000000000000000000000000000048000000480000000000"
)
NOBODY = 1  # a port at which nobody listens


def chronyd(body: str) -> Callable[[bytes], bytes]:
    return lambda question: bytes.fromhex(_HEAD) + question[8:12] + bytes.fromhex(body)


def ntpd(flags: int, stratum: int, reference: bytes) -> Callable[[bytes], bytes]:
    stamp = bytes.fromhex("ed3d000000000000")
    return lambda question: bytes([flags, stratum, 6, 0xEC]) + bytes(8) + reference + bytes(8) + question[40:48] + stamp + stamp


@contextmanager
def daemon(answer: Callable[[bytes], bytes]) -> Iterator[int]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))

        def serve() -> None:
            question, client = sock.recvfrom(512)
            if question:
                sock.sendto(answer(question), client)

        serving = threading.Thread(target=serve, daemon=True)
        serving.start()
        try:
            yield sock.getsockname()[1]
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
                end.sendto(b"", sock.getsockname())
            serving.join()


@pytest.mark.parametrize(
    ("answer", "keeps"),
    [
        (chronyd(FOLLOWS), True),
        (chronyd(LOCAL), False),
        (chronyd(ALONE), False),
        (lambda _: bytes.fromhex(_HEAD) + b"else" + bytes.fromhex(FOLLOWS), False),
        (lambda _: b"\0" * 20, False),
    ],
    ids=["follows a server", "its own clock", "no source", "another's answer", "something else"],
)
def test_chronyd(answer: Callable[[bytes], bytes], keeps: bool) -> None:
    with daemon(answer) as port:
        assert keeps_the_clock(Deadline(5), chrony_port=port, ntp_port=NOBODY) is keeps


@pytest.mark.parametrize(
    ("answer", "keeps"),
    [
        (ntpd(0x24, 3, b"\xc0\x00\x02\x01"), True),
        (ntpd(0xE4, 0x10, b"INIT"), False),
        (ntpd(0x24, 6, b"\x7f\x7f\x01\x00"), False),
        (ntpd(0x24, 1, b"LOCL"), False),
    ],
    ids=["follows a server", "not synchronised", "its own clock", "its own clock, as a first"],
)
def test_ntpd(answer: Callable[[bytes], bytes], keeps: bool) -> None:
    with daemon(answer) as port:
        assert keeps_the_clock(Deadline(5), chrony_port=NOBODY, ntp_port=port) is keeps


def test_where_none_runs_nobody_knows() -> None:
    assert not keeps_the_clock(Deadline(5), chrony_port=NOBODY, ntp_port=NOBODY)
