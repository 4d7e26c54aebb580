"""The time that a configured NTP server tells, against our own clock."""

from __future__ import annotations

import secrets
import socket
import time
from collections.abc import Callable
from typing import Any

from probes.edge.failures import symptom_of
from probes.edge.net import byte_counter
from probes.edge.net.sntp import SIZE, Times, Useless, answer, question
from probes.ground.deadline import Deadline
from probes.ground.text import escape
from probes.model import Check, Layer, Outcome, Symptom

PATIENCE_S = 3.0  # for one answer; a server that needs longer tells no exact time


def ntp(host: str, deadline: Deadline, *, port: int = 123, now: Callable[[], float] = time.time) -> Check:
    """`skew_s` is our time minus the server's: positive where our clock is fast. A silent server leaves it unknown."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
    except (OSError, UnicodeError):
        return _unknown(host, None, f"the name {escape(host)} was not found")
    seen = _unknown(host, None, f"the name {escape(host)} has no address")
    for family, _, _, _, address in found:
        seen = _ask(host, family, address, deadline.within(PATIENCE_S), now)
        if seen.ok or seen.symptom not in (Symptom.NO_ROUTE, Symptom.UNREACHABLE):
            break  # another address is tried only where this one cannot be reached at all
    return seen


def _ask(host: str, family: int, address: Any, deadline: Deadline, now: Callable[[], float]) -> Check:
    nonce = secrets.token_bytes(8)
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as link:
            link.connect(address)
            asked, started = now(), time.monotonic()
            link.send(question(nonce))
            byte_counter.datagrams(link, SIZE, SIZE)
            while not deadline.passed():
                link.settimeout(max(0.001, deadline.remaining()))
                reply = answer(link.recv(4 * SIZE), nonce)
                elapsed = time.monotonic() - started  # the wall clock may be set meanwhile
                if isinstance(reply, Useless):
                    return _unknown(host, Symptom.BAD_ANSWER, reply.why)
                if isinstance(reply, Times):
                    return _told(host, reply, asked, elapsed)
    except OSError as error:
        symptom = symptom_of(error)
        if symptom is not Symptom.TIMEOUT:
            return _unknown(host, symptom, f"the time server cannot be asked: {error.strerror or symptom}")
    return _unknown(host, Symptom.TIMEOUT, "the time server does not answer")


def _told(host: str, reply: Times, asked: float, elapsed: float) -> Check:
    skew = ((asked - reply.received) + (asked + elapsed - reply.sent)) / 2
    facts = {"skew_s": round(skew, 3), "rtt_ms": round(elapsed * 1000, 1)}
    return Check(id=f"internet:ntp:{host}", layer=Layer.INTERNET, target=host, outcome=Outcome.PASS, facts=facts)


def _unknown(host: str, symptom: Symptom | None, because: str) -> Check:
    return Check(id=f"internet:ntp:{host}", layer=Layer.INTERNET, target=host, outcome=Outcome.UNKNOWN, symptom=symptom, because=because)
