"""Questions of both families about one name, sent together over one socket, as the C library does."""

from __future__ import annotations

import select
import time
from collections.abc import Sequence
from contextlib import ExitStack
from socket import socket

from msgspec import Struct

from probes.edge.dns import wire
from probes.edge.dns.resolver import connected
from probes.edge.failures import CannotTell, PeerFailed, failure_of
from probes.edge.net import byte_counter
from probes.ground.deadline import Deadline
from probes.model import Symptom

_ROUND_S = 1.0  # from one pair of questions to the next, each over a new port; an answer that comes later counts all the same
_ROUNDS = 4
KINDS = {wire.A: "A", wire.AAAA: "AAAA"}


class Told(Struct, frozen=True, kw_only=True):
    """What one server did. `codes`: kind → answer code, of what it answered; `found`: some answer holds an address. `failed`: it could not
    be asked at all, and that was known at once. `alone`: what it never answered beside the other question it answered by itself. `lossy`:
    now one answer stayed out and now another, so that nothing is known of the server."""

    server: str
    asked: tuple[int, ...]
    codes: dict[int, str] = {}
    found: bool = False
    took_ms: float = 0.0
    failed: Symptom | None = None
    alone: bool = False
    lossy: bool = False

    @property
    def missing(self) -> tuple[int, ...]:
        return tuple(kind for kind in self.asked if kind not in self.codes)

    @property
    def in_short(self) -> str:
        silence = (self.failed or Symptom.TIMEOUT).value
        return ", ".join(f"{KINDS[kind]} {self.codes.get(kind, silence)}" for kind in self.asked)


class _Pair:
    """Questions that were sent over one socket, and what came back."""

    def __init__(self, sock: socket, name: str, kinds: Sequence[int], deadline: Deadline) -> None:
        self.sock, self._deadline = sock, deadline
        self._questions = {kind: wire.question(name, kind) for kind in kinds}
        self._began = time.monotonic()
        self.answers: dict[int, wire.DnsAnswer] = {}
        self.took_ms = 0.0
        for question in self._questions.values():
            sock.send(question)
            byte_counter.datagrams(deadline.spent, sock, len(question))

    @property
    def complete(self) -> bool:
        return len(self.answers) == len(self._questions)

    def read(self) -> None:
        """One datagram that has come. Raises OSError."""
        data = self.sock.recv(4096)
        byte_counter.datagrams(self._deadline.spent, self.sock, len(data))
        for kind, question in self._questions.items():
            try:
                self.answers[kind] = wire.answer(data, question)
                self.took_ms = round((time.monotonic() - self._began) * 1000, 1)
            except wire.Malformed:
                continue


def ask(server: str, name: str, kinds: Sequence[int], deadline: Deadline) -> Told:
    """Asks up to four times, until one pair of answers is whole. Raises `CannotTell`, and ValueError for what cannot be a name."""
    asked = tuple(kinds)
    try:
        pairs = _pairs(server, name, asked, deadline, _ROUNDS)
    except PeerFailed as failure:
        return Told(server=server, asked=asked, failed=failure.symptom)
    whole = next((pair for pair in pairs if pair.complete), None)
    if whole is not None:
        return Told(server=server, asked=asked, codes=_codes(whole), found=_found(whole), took_ms=whole.took_ms)
    if len({frozenset(pair.answers) for pair in pairs}) > 1:
        return Told(server=server, asked=asked, lossy=True)
    if not pairs[0].answers:
        return Told(server=server, asked=asked)
    missing = tuple(kind for kind in asked if kind not in pairs[0].answers)
    try:
        alone = any(pair.complete for pair in _pairs(server, name, missing, deadline, 1))
    except PeerFailed:
        alone = False
    return Told(server=server, asked=asked, codes=_codes(pairs[0]), found=_found(pairs[0]), alone=alone)


def _codes(pair: _Pair) -> dict[int, str]:
    return {kind: answer.rcode for kind, answer in pair.answers.items()}


def _found(pair: _Pair) -> bool:
    return any(answer.addresses for answer in pair.answers.values())


def _pairs(server: str, name: str, kinds: Sequence[int], deadline: Deadline, rounds: int) -> list[_Pair]:
    """As many as it takes until one is whole. Raises `PeerFailed` where the server cannot be asked, and `CannotTell`."""
    pairs: list[_Pair] = []
    poller = select.poll()
    with ExitStack() as stack:
        try:
            for _ in range(rounds):
                pair = _Pair(stack.enter_context(connected(server)), name, kinds, deadline)
                pairs.append(pair)
                poller.register(pair.sock, select.POLLIN)
                end = deadline.within(_ROUND_S)
                while (left := end.remaining()) > 0:
                    ready = {descriptor for descriptor, _ in poller.poll(left * 1000)}
                    for each in [each for each in pairs if each.sock.fileno() in ready]:
                        each.read()
                    if any(each.complete for each in pairs):
                        return pairs
                if deadline.passed():
                    break
        except OSError as error:
            failed = failure_of(error)
            if isinstance(failed, CannotTell) or not any(pair.answers for pair in pairs):
                raise failed from error
    return pairs
