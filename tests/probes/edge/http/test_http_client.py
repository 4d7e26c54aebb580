"""The HTTP edge against real servers that misbehave: bounded in bytes and time, and never another exception than `PeerFailed`."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from email.utils import formatdate

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from probes.edge.failures import PeerFailed
from probes.edge.http import http_client
from probes.ground.clock import Clock
from probes.ground.deadline import Deadline
from probes.model import Symptom
from tests.support.clocks import SetClock
from tests.support.patience import PATIENCE_S, until
from tests.support.servers.local import Local
from tests.support.world import behaviours


def server(behaviour: behaviours.Behaviour) -> Local:
    """One real server on loopback, for each connection of which the request is read first."""

    def after_the_request(connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            connection.recv(65536)
            behaviour(connection)

    return Local(after_the_request)


def fetch(port: int, seconds: float = PATIENCE_S, clock: Clock | None = None) -> http_client.Response:
    def dial(_host: str, _port: int) -> socket.socket:
        return socket.create_connection(("127.0.0.1", port))

    return http_client.fetch("http://check.example/x", dial, Deadline(seconds, clock))


def says(data: bytes) -> behaviours.Behaviour:
    return lambda sock: sock.sendall(data)


def test_an_answer() -> None:
    with server(says(b"HTTP/1.1 204 No Content\r\nDate: Mon, 23 Nov 2026 05:00:00 GMT\r\nX: y\r\n\r\n")) as local:
        response = fetch(local.port)
    assert (response.status, response.body, response.headers["x"]) == (204, b"", "y")
    assert response.skew_s is not None


@pytest.mark.parametrize(("age", "expected_s"), [("7200", 0), ("0", 7200), ("soon", 7200), ("9" * 30, 7200)])
def test_an_answer_out_of_a_cache_tells_the_time_by_its_age(age: str, expected_s: float) -> None:
    """RFC 9111 section 5.1; an age that is none counts for nothing."""
    clock = SetClock()
    date = formatdate(clock.wall() - 7200, usegmt=True)
    with server(says(f"HTTP/1.1 204 No Content\r\nDate: {date}\r\nAge: {age}\r\n\r\n".encode())) as local:
        assert fetch(local.port, clock=clock).skew_s == expected_s


@pytest.mark.parametrize(
    ("data", "symptom"),
    [
        (b"", Symptom.CLOSED),
        (b"\x16\x03\x01\x02\x00\x01\x00", Symptom.BAD_ANSWER),
        (b"HTTP/9.9 lots\r\n\r\n", Symptom.BAD_ANSWER),
        (b"HTTP/1.1 abc\r\n\r\n", Symptom.BAD_ANSWER),
        (b"\xff" * 70000, Symptom.BAD_ANSWER),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 5000 + b"\r\n", Symptom.BAD_ANSWER),
        (b"HTTP/1.1 200 OK\r\nA: " + b"b" * 200_000 + b"\r\n\r\n", Symptom.BAD_ANSWER),
        (b"HTTP/1.1 20", Symptom.BAD_ANSWER),
        (b"HTTP/1.1 200 O", Symptom.CUT_OFF),
        (b"HTTP/1.1 200 OK\r\n", Symptom.CUT_OFF),
        (b"HTTP/1.1 200 OK\r\nDate: Mon, 23 N", Symptom.CUT_OFF),
    ],
    ids=[
        *("nothing", "TLS", "version", "status", "a line without end", "5,000 headers", "one long header"),
        *("half a status", "half a status line", "no end of headers", "half a header"),
    ],
)
def test_what_is_no_answer(data: bytes, symptom: Symptom) -> None:
    with server(says(data)) as local, pytest.raises(PeerFailed) as failure:
        fetch(local.port)
    assert failure.value.symptom is symptom


def test_two_gigabytes_are_not_read() -> None:
    sent = 0

    def endless(sock: socket.socket) -> None:
        nonlocal sent
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2147483648\r\n\r\n")
        block = b"x" * 65536
        while sent < 2**31:
            sent += sock.send(block)

    with server(endless) as local:
        response = fetch(local.port)
    assert response.status == 200 and len(response.body) <= http_client.BODY_LIMIT
    assert sent < 64 * 2**20


@pytest.mark.parametrize("first", [b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"], ids=["headers", "body"])
def test_a_slow_drip_ends_at_the_deadline(first: bytes) -> None:
    """The server never ends, so nothing else than the deadline can end it."""

    def drips(sock: socket.socket) -> None:
        sock.sendall(first)
        while True:
            sock.sendall(b"a")
            time.sleep(0.05)

    with server(drips) as local:
        try:
            assert fetch(local.port, 0.7).status == 200
        except PeerFailed as failure:
            assert failure.symptom in (Symptom.SILENT, Symptom.BAD_ANSWER, Symptom.RESET, Symptom.CLOSED)


def test_silence_ends_at_the_deadline() -> None:
    with server(behaviours.accept) as local, pytest.raises(PeerFailed) as failure:
        fetch(local.port, 0.5)
    assert failure.value.symptom is Symptom.SILENT


def test_neither_redirects_nor_the_environment_are_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "REQUESTS_CA_BUNDLE"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/" if "PROXY" in name.upper() else "/nonexistent")
    with server(says(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n")) as local:
        response = fetch(local.port)
    assert (response.status, response.headers["location"]) == (302, "http://127.0.0.1:9/")


def test_nothing_is_left_open() -> None:
    def count() -> tuple[int, int]:
        return len(os.listdir("/proc/self/fd")), threading.active_count()

    with server(says(b"HTTP/1.1 204 No Content\r\n\r\n")) as local:
        fetch(local.port)
        before = count()
        for _ in range(20):
            fetch(local.port)
        until(lambda: count()[0] <= before[0] + 1 and count()[1] <= before[1] + 1, lambda: f"{before} became {count()}")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=300) | st.binary(max_size=80).map(lambda more: b"HTTP/1.1 200 OK\r\n" + more + b"\r\n\r\n" + more))
def test_any_bytes_are_an_answer_or_a_named_failure(data: bytes) -> None:
    with server(says(data)) as local:
        try:
            response = fetch(local.port)
        except PeerFailed:
            return
    assert 100 <= response.status <= 999
