"""How many packets come back, and how fast: samples enough to say so, spread out, and no more than that."""

from __future__ import annotations

import errno
import os
import select
import socket
import threading
import time
from functools import partial

from probes.edge.failures import NOT_SENT, CannotTell, PeerFailed, no_socket, not_looked, result_of, start, start_failure_of
from probes.edge.kernel.route import has_route
from probes.edge.net import byte_counter, icmp, icmp_error, tcp
from probes.edge.net.dial import way_facts
from probes.ground.deadline import Deadline
from probes.ground.median import median
from probes.model import Check, Outcome, Symptom, check_of, rights
from probes.model.facts import LossFacts

_SPACING_S = 0.05
_LOST_AFTER_S = 0.95  # TCP repeats a SYN after one second: an answer after that is to the repetition
_SLOW_FACTOR = 1.5  # on a slow path an answer may take this many usual round trips


def by_tcp(interface: str, address: str, port: int, samples: int, usual_ms: float, deadline: Deadline) -> Check[LossFacts]:
    """Opens `samples` connections, one each 50 ms, and closes them at once. A refusal counts as an answer.

    `usual_ms`: the round trip as other checks saw it. Lost: no answer before the SYN would be repeated after one second, or
    on a slow path before that repetition could be answered. What this machine did not send is not lost: then nothing is counted.
    """
    series = _TcpSeries(address, port, usual_ms, deadline)
    try:
        sent, rtts = series.run(samples)
    except PeerFailed as failure:
        return check_of(_facts(address, "tcp"), Outcome.FAIL, failure.symptom, name=interface)
    except CannotTell as trouble:
        return not_looked(_facts(address, "tcp"), trouble, name=interface)
    finally:
        series.close()
    return _counted(interface, address, "tcp", sent, _to_the_first(rtts))


class _TcpSeries:
    """Connections on their way, by descriptor, with when each was begun."""

    def __init__(self, address: str, port: int, usual_ms: float, deadline: Deadline) -> None:
        self._address, self._port, self._usual_ms, self._deadline = address, port, usual_ms, deadline
        self._open: dict[int, tuple[socket.socket, float]] = {}
        self._poller = select.poll()
        self._rtts: list[float] = []
        self._first_lost: socket.socket | None = None

    def run(self, samples: int) -> tuple[int, list[float]]:
        """How many were sent and either answered or lost by the deadline, and the round trips of those that were answered.

        Raises `CannotTell`, and `PeerFailed` where our own kernel does not send.
        """
        sent = 0
        next_at = time.monotonic()
        while (sent < samples or self._open) and not self._deadline.passed():
            now = time.monotonic()
            if sent < samples and now >= next_at:
                self._begin(now)
                sent += 1
                next_at = now + _SPACING_S
            self._wait(max(0.0, next_at - now) if sent < samples else _SPACING_S)
        if self._first_lost is not None and tcp.is_dropped_here(self._first_lost, tcp.interface_to(self._address)):
            raise PeerFailed(Symptom.REFUSED_LOCALLY)
        return sent - len(self._open), self._rtts

    def close(self) -> None:
        """Those that were neither answered nor lost, and the first that was."""
        for number in list(self._open):
            self._close(self._forget(number))
        if self._first_lost is not None:
            self._close(self._first_lost)

    def _begin(self, now: float) -> None:
        sock = _started(self._address, self._port)
        if sock is not None:
            self._open[sock.fileno()] = (sock, now)
            self._poller.register(sock, select.POLLOUT)

    def _wait(self, seconds: float) -> None:
        for number, _ in self._poller.poll(seconds * 1000):
            sock, began = self._open[number]
            answered = _answered(sock)
            took = time.monotonic() - began
            if answered and took <= self._patience():
                self._rtts.append(took * 1000)
            self._close(self._forget(number))
        patience = self._patience()
        for number, (_, began) in list(self._open.items()):
            if time.monotonic() - began > patience:
                self._lost(self._forget(number))

    def _lost(self, sock: socket.socket) -> None:
        """The first stays open until the end: by then the kernel knows whether anything was sent at all."""
        if self._first_lost is None:
            self._first_lost = sock
        else:
            self._close(sock)

    def _forget(self, number: int) -> socket.socket:
        sock, _ = self._open.pop(number)
        self._poller.unregister(number)
        return sock

    def _close(self, sock: socket.socket) -> None:
        byte_counter.connection(self._deadline.spent, sock, abort=True)
        sock.close()

    def _patience(self) -> float:
        """Seconds after which an answer belongs to a repetition of the SYN, not to the first one."""
        usual = max(self._usual_ms, median(self._rtts) if self._rtts else 0.0) / 1000
        return max(_LOST_AFTER_S, min(_SLOW_FACTOR * usual, usual + _LOST_AFTER_S))


def _to_the_first(rtts: list[float]) -> list[float]:
    """Without the answers that came a repetition later than the fastest one: those were to the second SYN."""
    return [rtt for rtt in rtts if rtt < min(rtts) + _LOST_AFTER_S * 1000]


def _started(address: str, port: int) -> socket.socket | None:
    """None where it is lost already: there is no way at this moment. Raises `CannotTell`, and `PeerFailed` where our own kernel does not
    send."""
    try:
        sock = socket.socket(
            socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK
        )
    except OSError as error:
        raise no_socket(error) from error
    try:
        icmp_error.listen(sock)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # close with a reset: four packets fewer
        sock.connect((address, port))
    except BlockingIOError:
        return sock
    except OSError as error:
        sock.close()
        failure = start_failure_of(error, partial(has_route, address))
        if isinstance(failure, PeerFailed) and failure.symptom not in NOT_SENT:
            return None
        raise failure from error
    return sock


def _answered(sock: socket.socket) -> bool:
    """Whether what came of it proves that the packet went there and back. Raises as `_started` does."""
    number = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if number == 0:
        return True
    heard = icmp_error.heard(sock)
    if heard is not None and heard.by == sock.getsockname()[0] and not heard.host_unreachable:
        raise PeerFailed(Symptom.REFUSED_LOCALLY) from OSError(number, os.strerror(number))
    return number == errno.ECONNREFUSED


def by_icmp(interface: str, address: str, samples: int, deadline: Deadline) -> Check[LossFacts] | None:
    """The same with echo requests; None where our own firewall keeps them here."""
    results: list[icmp.EchoResult | PeerFailed | CannotTell] = []
    threads = []

    def echo() -> None:
        results.append(result_of(lambda: icmp.echo(address, deadline.within(2.0))))

    try:
        for _ in range(samples):
            thread = threading.Thread(target=echo, daemon=True)
            start(thread)
            threads.append(thread)
            time.sleep(_SPACING_S)
            if results and isinstance(results[0], icmp.EchoResult) and results[0].echo in icmp.NOT_SENT:
                permitted = results[0].echo is not icmp.Echo.NOT_PERMITTED
                return None if permitted else _denied(interface, address)
    except CannotTell as trouble:
        results.append(trouble)
    for thread in threads:
        thread.join(deadline.remaining())
    untold = next((result for result in results if isinstance(result, CannotTell)), None)
    if untold is not None:
        return not_looked(_facts(address, "icmp"), untold, name=interface)
    answers = [result for result in results if isinstance(result, icmp.EchoResult) and result.echo is icmp.Echo.ANSWERED]
    return _counted(interface, address, "icmp", samples, [answer.rtt_ms for answer in answers])


def _denied(interface: str, address: str) -> Check[LossFacts]:
    return check_of(_facts(address, "icmp"), Outcome.UNKNOWN, Symptom.DENIED, rights.ECHO.missing(), name=interface)


def together(first: Check[LossFacts], second: Check[LossFacts]) -> Check[LossFacts]:
    """Two series as one; the one that was not made, where one of them was not: the other alone proves nothing."""
    for check in (first, second):
        if check.facts.sent is None:
            return check
    sent = (first.facts.sent or 0) + (second.facts.sent or 0)
    lost = (first.facts.lost or 0) + (second.facts.lost or 0)
    methods = "+".join(dict.fromkeys([first.facts.method or "", second.facts.method or ""]))
    facts = second.facts.with_(sent=sent, lost=lost, loss_percent=_percent(lost, sent), method=methods)
    return check_of(facts, Outcome.PASS, name=first.name, target=first.target)


def _percent(lost: int, sent: int) -> float:
    return round(100 * lost / max(1, sent), 1)


def _counted(interface: str, address: str, method: str, sent: int, rtts: list[float]) -> Check[LossFacts]:
    lost = sent - len(rtts)
    rtt_ms = round(median(rtts), 2) if rtts else None
    facts = _facts(address, method).with_(sent=sent, lost=lost, loss_percent=_percent(lost, sent), rtt_ms=rtt_ms)
    return check_of(facts, Outcome.PASS, name=interface)


def _facts(address: str, method: str) -> LossFacts:
    """Before anything is counted."""
    return LossFacts(method=method).learnt(way_facts(address))
