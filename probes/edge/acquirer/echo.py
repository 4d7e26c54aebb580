"""One echo over an open connection: sends it, and reads until our own reply, however the bytes come."""

from __future__ import annotations

import secrets
import time
from contextlib import suppress
from socket import socket
from ssl import SSLEOFError, SSLError
from typing import Any

from probes.edge.acquirer import framing, iso8583
from probes.edge.acquirer.framing import FramingError
from probes.edge.acquirer.iso8583 import EchoReply, NotAReply
from probes.edge.failures import PeerFailed, failure_of
from probes.edge.tls.tls_client import failure_of_tls
from probes.ground.deadline import Deadline
from probes.model import Symptom
from probes.settings import GatewayIso8583

_ANSWER_S = 5.0
_MOST_BYTES = 64 * 1024  # of replies to others and keep-alives, before we stop listening


def exchange(settings: GatewayIso8583, sock: socket, deadline: Deadline, facts: dict[str, Any]) -> EchoReply:
    """Raises `PeerFailed`: silent, closed (no byte came), cut_off (ended within a reply), bad_answer (with `text`), reset.

    Keep-alives of length zero and replies to other trace numbers are passed over; where only such came, it is bad_answer.
    """
    trace = f"{secrets.randbelow(999_999) + 1:06d}"
    began = time.monotonic()
    deadline = deadline.within(_ANSWER_S)
    data, seen, strangers = b"", 0, 0

    def ended(nothing: Symptom) -> PeerFailed:
        """It ended without our reply: the symptom by what had come until then, `nothing` where that was none."""
        if data:
            return PeerFailed(Symptom.CUT_OFF, text="ended in the middle of a message", trace=trace)
        if strangers:
            return PeerFailed(Symptom.BAD_ANSWER, text="only other trace numbers were answered", trace=trace)
        return PeerFailed(nothing, trace=trace)

    try:
        sock.settimeout(max(0.05, deadline.remaining()))
        with suppress(SSLEOFError):  # the host has left: its last words, here an alert, are read below
            sock.sendall(framing.wrap(settings.framing, iso8583.echo(settings, trace)))
        while seen < _MOST_BYTES:
            sock.settimeout(max(0.05, deadline.remaining()))
            part = sock.recv(4096)
            if not part:
                raise ended(Symptom.CLOSED)
            seen += len(part)
            messages, data = framing.split(settings.framing, data + part)
            for message in messages:
                reply = iso8583.read(settings, message, trace)
                if reply.ours:
                    facts["answer_ms"] = round((time.monotonic() - began) * 1000, 2)
                    facts["trace"] = trace
                    return reply
                strangers += 1
            if deadline.passed():
                break
    except TimeoutError as error:
        raise ended(Symptom.SILENT) from error
    except (FramingError, NotAReply) as error:
        raise PeerFailed(Symptom.BAD_ANSWER, text=str(error), trace=trace) from error
    except SSLError as error:
        failure = failure_of_tls(error, sock)
        if failure.symptom is Symptom.CLOSED:
            raise ended(Symptom.CLOSED) from error
        raise PeerFailed(failure.symptom, **failure.facts, trace=trace) from error
    except OSError as error:
        raise failure_of(error, trace=trace) from error
    raise ended(Symptom.SILENT)
