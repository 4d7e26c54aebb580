"""How many packets come back, and how fast: samples enough to say so, spread out, and no more than that."""

from __future__ import annotations

import errno
import select
import socket
import threading
import time
from typing import Any

from probes.edge.kernel.route import route_facts
from probes.edge.net import byte_counter, icmp
from probes.ground.deadline import Deadline
from probes.ground.median import median
from probes.model import Check, Layer, Outcome

_SPACING_S = 0.05
_LOST_AFTER_S = 0.95  # TCP repeats a SYN after one second: an answer after that is to the repetition
_SLOW_FACTOR = 1.5  # on a slow path an answer may take this many usual round trips


def by_tcp(interface: str, address: str, port: int, samples: int, usual_ms: float, deadline: Deadline) -> Check:
    """Opens `samples` connections, one each 50 ms, and closes them at once. A refusal counts as an answer.

    `usual_ms`: the round trip as other checks saw it. Lost: no answer before the SYN would be repeated after one second, or
    on a slow path before that repetition could be answered.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    poller = select.poll()
    open_since: dict[int, tuple[socket.socket, float]] = {}
    rtts: list[float] = []
    sent = 0
    next_at = time.monotonic()
    while (sent < samples or open_since) and not deadline.passed():
        now = time.monotonic()
        if sent < samples and now >= next_at:
            sock = _start(family, address, port)
            sent += 1
            next_at = now + _SPACING_S
            if sock is not None:
                open_since[sock.fileno()] = (sock, now)
                poller.register(sock, select.POLLOUT)
        wait = max(0.0, next_at - now) if sent < samples else _SPACING_S
        for number, _ in poller.poll(wait * 1000):
            sock, began = open_since.pop(number)
            poller.unregister(number)
            error = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            took = time.monotonic() - began
            if error in (0, errno.ECONNREFUSED) and took <= _patience(rtts, usual_ms):
                rtts.append(took * 1000)
            byte_counter.connection(sock, abort=True)
            sock.close()
        patience = _patience(rtts, usual_ms)
        for number, (sock, began) in list(open_since.items()):
            if time.monotonic() - began > patience:
                poller.unregister(number)
                byte_counter.connection(sock, abort=True)
                sock.close()
                del open_since[number]
    for sock, _ in open_since.values():  # the time is over, and these were neither answered nor lost
        byte_counter.connection(sock, abort=True)
        sock.close()
    return _check(interface, address, "tcp", sent - len(open_since), _to_the_first(rtts))


def _to_the_first(rtts: list[float]) -> list[float]:
    """Without the answers that came a repetition later than the fastest one: those were to the second SYN."""
    return [rtt for rtt in rtts if rtt < min(rtts) + _LOST_AFTER_S * 1000]


def _patience(rtts: list[float], usual_ms: float) -> float:
    """Seconds after which an answer belongs to a repetition of the SYN, not to the first one."""
    usual = max(usual_ms, median(rtts) if rtts else 0.0) / 1000
    return max(_LOST_AFTER_S, min(_SLOW_FACTOR * usual, usual + _LOST_AFTER_S))


def _start(family: int, address: str, port: int) -> socket.socket | None:
    sock = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # close with a reset: four packets fewer
        sock.connect((address, port))
    except BlockingIOError:
        return sock
    except OSError:
        sock.close()
        return None
    return sock


def by_icmp(interface: str, address: str, samples: int, deadline: Deadline) -> Check | None:
    """The same with echo requests; None where they are not permitted."""
    results: list[icmp.EchoResult] = []
    threads = []
    for _ in range(samples):
        thread = threading.Thread(target=lambda: results.append(icmp.echo(address, min(2.0, deadline.remaining()))), daemon=True)
        thread.start()
        threads.append(thread)
        time.sleep(_SPACING_S)
        if results and results[0].echo is icmp.Echo.NOT_PERMITTED:
            return None
    for thread in threads:
        thread.join(deadline.remaining())
    rtts = [result.rtt_ms for result in results if result.echo is icmp.Echo.ANSWERED]
    return _check(interface, address, "icmp", samples, rtts)


def together(first: Check, second: Check) -> Check:
    """Two series as one."""
    sent = first.facts["sent"] + second.facts["sent"]
    lost = first.facts["lost"] + second.facts["lost"]
    methods = dict.fromkeys([first.facts["method"], second.facts["method"]])
    facts = second.facts | {"sent": sent, "lost": lost, "loss_percent": round(100 * lost / max(1, sent), 1), "method": "+".join(methods)}
    return Check(id=first.id, layer=first.layer, target=first.target, outcome=Outcome.PASS, facts=facts)


def _check(interface: str, address: str, method: str, sent: int, rtts: list[float]) -> Check:
    lost = sent - len(rtts)
    facts: dict[str, Any] = {
        "address": address,
        "method": method,
        "sent": sent,
        "lost": lost,
        "loss_percent": round(100 * lost / max(1, sent), 1),
        **route_facts(address),
    }
    if rtts:
        facts["rtt_ms"] = round(median(rtts), 2)
    return Check(id=f"internet:loss:{interface}", layer=Layer.INTERNET, target=interface, outcome=Outcome.PASS, facts=facts)
