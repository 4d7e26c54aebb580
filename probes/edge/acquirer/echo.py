"""One echo over an open connection: sends it, and reads until our own reply, however the bytes come."""

from __future__ import annotations

import secrets
import time
from socket import socket
from ssl import SSLEOFError, SSLError

from msgspec import Struct

from probes.edge.acquirer import framing, iso8583
from probes.edge.acquirer.framing import FramingError
from probes.edge.acquirer.iso8583 import EchoReply, NotAReply
from probes.edge.failures import CannotTell, PeerFailed, failure_of
from probes.edge.tls.tls_client import failure_of_tls
from probes.ground.deadline import Deadline
from probes.ground.moments import nearest
from probes.model import Symptom
from probes.model.facts import GatewayFacts
from probes.settings import GatewayIso8583

_ANSWER_S = 5.0
_MOST_BYTES = 64 * 1024  # of replies to others and keep-alives, before we stop listening


class Echoed(Struct, frozen=True, kw_only=True):
    """`trace`: DE11 of the request, and of the reply to it."""

    reply: EchoReply
    trace: str
    answer_ms: float


def exchange(settings: GatewayIso8583, sock: socket, deadline: Deadline) -> Echoed:
    """Raises `PeerFailed` with `trace`: silent, closed (no byte came), cut_off (ended within a reply), bad_answer (with `text`), reset;
    `CannotTell`.

    Keep-alives of length zero and replies to other trace numbers are passed over; where only such came, it is bad_answer.
    """
    trace = f"{secrets.randbelow(999_999) + 1:06d}"
    began = time.monotonic()
    deadline = deadline.within(_ANSWER_S)
    data, seen, strangers = b"", 0, 0

    def failed(symptom: Symptom, text: str | None = None) -> PeerFailed:
        return PeerFailed(symptom, GatewayFacts(text=text, trace=trace))

    def ended(nothing: Symptom) -> PeerFailed:
        """It ended without our reply: the symptom by what had come until then, `nothing` where that was none."""
        if data:
            return failed(Symptom.CUT_OFF, "ended in the middle of a message")
        if strangers:
            return failed(Symptom.BAD_ANSWER, "only other trace numbers were answered")
        return failed(nothing)

    try:
        sock.settimeout(max(0.05, deadline.remaining()))
        unsent: OSError | None = None
        try:
            sock.sendall(framing.wrap(settings.framing, iso8583.echo(settings, trace, nearest(deadline.clock.wall()))))
        except (SSLEOFError, ConnectionResetError, BrokenPipeError) as error:
            unsent = error  # the host has left: its last words, here an alert, are read below
        while seen < _MOST_BYTES:
            sock.settimeout(max(0.05, deadline.remaining()))
            part = sock.recv(4096)
            if not part:
                raise unsent or ended(Symptom.CLOSED)
            seen += len(part)
            messages, data = framing.split(settings.framing, data + part)
            for message in messages:
                reply = iso8583.read(settings, message, trace)
                if reply.ours:
                    return Echoed(reply=reply, trace=trace, answer_ms=round((time.monotonic() - began) * 1000, 2))
                strangers += 1
            if deadline.passed():
                break
    except TimeoutError as error:
        raise ended(Symptom.SILENT) from error
    except (FramingError, NotAReply) as error:
        raise failed(Symptom.BAD_ANSWER, str(error)) from error
    except SSLError as error:
        failure = failure_of_tls(error, sock)
        if isinstance(failure, CannotTell):
            raise failure from error
        if failure.symptom is Symptom.CLOSED:
            raise ended(Symptom.CLOSED) from error
        raise failed(failure.symptom, failure.seen.text) from error
    except OSError as error:
        raise failure_of(error, GatewayFacts(trace=trace)) from error
    raise ended(Symptom.SILENT)
