"""The TLS handshake with a gateway, and what else is tried to tell why it fails: what was served, and small segments."""

from __future__ import annotations

import time
from contextlib import suppress
from ssl import SSLContext, SSLSocket
from typing import Any

from probes.edge.failures import PeerFailed
from probes.edge.net.delayed_attempt import DelayedAttempt
from probes.edge.net.dial import CONNECT_S, connect_any
from probes.edge.net.proxy import Proxy, tunnel
from probes.edge.net.tcp import Connection
from probes.edge.tls import tls_client
from probes.edge.tls.chain import described
from probes.edge.tls.client_certificate import Watched
from probes.edge.tls.session_cache import TlsSession
from probes.ground.deadline import Deadline
from probes.ground.text import escape
from probes.model import Symptom
from probes.settings import Gateway

_TLS_S = 4.0
_SMALL_SEGMENT = 500  # bytes; passes on every path that IP allows
_SMALL_AFTER_S, _SMALL_S = 2.0, 2.5  # into a handshake that does not end, small segments are tried beside it, for so long
_ENDED = (Symptom.CLOSED, Symptom.RESET)


class Inconclusive(PeerFailed):
    """Perhaps for the way in which it was tried: beside another connection, of which some hosts keep only the newest of a terminal, or
    with a session to go on from. Only a whole handshake on a connection alone tells."""


def encrypt(
    gateway: Gateway,
    connection: Connection,
    proxy: Proxy | None,
    deadline: Deadline,
    facts: dict[str, Any],
    *,
    session: TlsSession | None = None,
    alone: bool = False,
) -> SSLSocket:
    """Raises `PeerFailed`, `Inconclusive` among them unless it is tried `alone`, and `tls_client.Unusable` where nobody's certificate can
    be judged.

    Facts: handshake_ms, tls_version, client_certificate, certificate, chain, chain_not_after; `certificate_age_s` where they were shown
    in an earlier handshake, from whose `session` this one went on.
    """
    trusted = _trust(gateway) if session is None else session.context
    began = time.monotonic()
    known = dict(facts)
    after_s = _TLS_S if alone else _SMALL_AFTER_S
    small = DelayedAttempt(after_s, lambda: _passes_in_small_segments(gateway, proxy, known, deadline.within(_SMALL_S)))
    try:
        wrapped = tls_client.handshake(connection, gateway.host, trusted, deadline.within(_TLS_S), session.tls if session else None)
    except PeerFailed as failure:
        if failure.symptom is Symptom.TLS_STALLED and small.succeeded(min(_SMALL_S, deadline.remaining())):
            facts["segment"] = _SMALL_SEGMENT
            raise PeerFailed(Symptom.LARGE_PACKETS_LOST, **failure.facts) from failure
        offered = session is not None and failure.symptom is not Symptom.TLS_STALLED and "verify_code" not in failure.facts
        if not alone and (offered or (small.begun and failure.symptom in _ENDED)):
            raise Inconclusive(failure.symptom, **failure.facts) from failure
        if "verify_code" in failure.facts:
            facts |= _inspect(gateway, proxy, facts, deadline.within(_TLS_S))
        raise
    finally:
        small.not_needed()
    if proxy is None:  # else it went further than the connection whose `connect_ms` it is held against
        facts["handshake_ms"] = round((time.monotonic() - began) * 1000, 2)
    facts["tls_version"] = wrapped.version() or ""
    if session is not None and wrapped.session_reused:
        facts |= session.shown | {"certificate_age_s": round(session.age_s)}
        return wrapped
    if isinstance(wrapped, Watched) and wrapped.asked:
        facts["client_certificate"] = "sent" if wrapped.sent else "asked for, and none is configured"
    facts |= described(tls_client.trusted_chain(wrapped) or [tls_client.describe(dict(wrapped.getpeercert() or {}))], trusted=True)
    return wrapped


def _trust(gateway: Gateway) -> SSLContext:
    try:
        return tls_client.context(gateway.ca_file, gateway.client_cert_file, gateway.client_key_file)
    except tls_client.Unusable:
        raise
    except OSError as error:  # SSLError too: the file is there, but is no certificate
        raise PeerFailed(Symptom.CLIENT_CERT_REFUSED, text=escape(f"{error.strerror or error}")) from error


def _again(gateway: Gateway, proxy: Proxy | None, facts: dict[str, Any], deadline: Deadline, segment: int = 0) -> Connection:
    """One more connection by the way that the first one took."""
    port = proxy.port if proxy else gateway.port
    connection = connect_any((str(facts["address"]),), port, deadline.within(CONNECT_S), {}, segment=segment)
    if proxy is not None:
        try:
            tunnel(connection, proxy, gateway.host, gateway.port, deadline)
        except PeerFailed:
            connection.sock.close()
            raise
    return connection


def _inspect(gateway: Gateway, proxy: Proxy | None, facts: dict[str, Any], deadline: Deadline) -> dict[str, Any]:
    """What was served, over a connection of its own on which nothing is sent: the failed one does not keep it."""
    with suppress(PeerFailed, OSError), _again(gateway, proxy, facts, deadline) as connection:
        unverified = tls_client.handshake(connection, gateway.host, tls_client.context(verify=False), deadline)
        chain = tls_client.served_chain(unverified)
        unverified.close()
        return described(chain)
    return {}


def _passes_in_small_segments(gateway: Gateway, proxy: Proxy | None, facts: dict[str, Any], deadline: Deadline) -> bool:
    """Whether a handshake goes through when the host is asked for small segments: where the other one stalls, large ones vanish."""
    if deadline.passed() or "address" not in facts:
        return False
    try:
        with _again(gateway, proxy, facts, deadline, _SMALL_SEGMENT) as connection:
            tls_client.handshake(connection, gateway.host, tls_client.context(verify=False), deadline).close()
    except PeerFailed as failure:
        return failure.symptom is Symptom.CLIENT_CERT_MISSING  # TLS 1.2: all that the host had to say came through before that
    except OSError:
        return False
    return True
