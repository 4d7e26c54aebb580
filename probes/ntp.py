"""The time that a configured NTP server tells, against our own clock."""

from __future__ import annotations

import secrets
import socket
import time
from functools import partial
from typing import Any

from probes.edge.failures import (
    CannotTell,
    PeerFailed,
    cannot_tell,
    failure_of,
    no_socket,
    not_looked,
    raise_if_ours,
    raise_if_short_of_descriptors,
    start_failure_of,
)
from probes.edge.kernel.route import has_route
from probes.edge.net import byte_counter
from probes.edge.net.sntp import SIZE, Times, Useless, answer, question
from probes.ground.deadline import Deadline
from probes.ground.text import escape
from probes.model import Check, Outcome, Symptom, check_of
from probes.model.facts import NtpFacts, RemoteFacts

PATIENCE_S = 3.0  # for one answer; a server that needs longer tells no exact time


def ntp(host: str, deadline: Deadline, *, port: int = 123) -> Check[NtpFacts]:
    """`skew_s` is our time minus the server's: positive where our clock is fast. A silent server leaves it unknown."""
    try:
        found = _addresses(host, port)
        if found is None:
            return _unknown(host, None, f"the name {escape(host)} was not found")
        seen = _unknown(host, None, f"the name {escape(host)} has no address")
        for family, _, _, _, address in found:
            seen = _asked(host, family, address, deadline.within(PATIENCE_S))
            if seen.ok or seen.symptom not in (Symptom.NO_ROUTE, Symptom.UNREACHABLE):
                break  # another address is tried only where this one cannot be reached at all
    except CannotTell as trouble:
        return not_looked(NtpFacts(), trouble, name=host)
    return seen


def _addresses(host: str, port: int) -> list[Any] | None:
    """None for a name that is not found. Raises `CannotTell`."""
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
    except UnicodeError:
        return None
    except OSError as error:
        if isinstance(error, socket.gaierror) and error.errno == socket.EAI_MEMORY:
            raise cannot_tell(MemoryError()) from error
        raise_if_ours(error)
        raise_if_short_of_descriptors()
        return None


def _asked(host: str, family: int, address: Any, deadline: Deadline) -> Check[NtpFacts]:
    """Raises `CannotTell`."""
    try:
        with _connected(family, address) as link:
            return _exchange(host, link, deadline)
    except PeerFailed as failure:
        if failure.symptom is Symptom.TIMEOUT:
            return _unknown(host, Symptom.TIMEOUT, "the time server does not answer")
        return _unknown(host, failure.symptom, f"the time server cannot be asked: {failure.seen.text or failure.symptom}")


def _connected(family: int, address: Any) -> socket.socket:
    """Raises `PeerFailed` and `CannotTell`."""
    try:
        link = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
    except OSError as error:
        raise no_socket(error) from error
    try:
        link.connect(address)
    except OSError as error:
        link.close()
        raise start_failure_of(error, partial(has_route, address[0]), _words(error)) from error
    return link


def _exchange(host: str, link: socket.socket, deadline: Deadline) -> Check[NtpFacts]:
    """Raises `PeerFailed` and `CannotTell`."""
    nonce = secrets.token_bytes(8)
    try:
        asked, started = deadline.clock.wall(), time.monotonic()
        link.send(question(nonce))
        byte_counter.datagrams(deadline.spent, link, SIZE, SIZE)
        while not deadline.passed():
            link.settimeout(max(0.001, deadline.remaining()))
            reply = answer(link.recv(4 * SIZE), nonce)
            elapsed = time.monotonic() - started  # the wall clock may be set meanwhile
            if isinstance(reply, Useless):
                return _unknown(host, Symptom.BAD_ANSWER, reply.why)
            if isinstance(reply, Times):
                skew = ((asked - reply.received) + (asked + elapsed - reply.sent)) / 2
                facts = NtpFacts(skew_s=round(skew, 3), rtt_ms=round(elapsed * 1000, 1))
                return check_of(facts, Outcome.PASS, name=host)
    except OSError as error:
        raise failure_of(error, _words(error)) from error
    raise PeerFailed(Symptom.TIMEOUT)


def _words(error: OSError) -> RemoteFacts:
    return RemoteFacts(text=error.strerror)


def _unknown(host: str, symptom: Symptom | None, because: str) -> Check[NtpFacts]:
    return check_of(NtpFacts(), Outcome.UNKNOWN, symptom, because, name=host)
