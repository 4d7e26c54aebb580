"""The TLS handshake with a gateway, and what else is tried to tell why it fails: what was served, and small segments."""

from __future__ import annotations

import time
from functools import partial
from ssl import SSLSocket

from msgspec import Struct

from probes.edge.failures import NOT_SENT, CannotTell, PeerFailed, Unusable, failure_of
from probes.edge.net.delayed_attempt import DelayedAttempt
from probes.edge.net.dial import CONNECT_S, connect_any
from probes.edge.net.proxy import Proxy, tunnel
from probes.edge.net.tcp import Connection
from probes.edge.tls import chain, own_trust, tls_client
from probes.edge.tls.client_certificate import Watched
from probes.edge.tls.session_cache import TlsSession
from probes.ground.deadline import Deadline
from probes.model import Symptom
from probes.model.facts import ClientCertificate, GatewayFacts, ShownCertificates
from probes.settings import Gateway

_TLS_S = 4.0
_SMALL_SEGMENT = 500  # bytes; passes on every path that IP allows
SMALL_AFTER_S, _SMALL_S = 2.0, 2.5  # into a handshake that does not end, small segments are tried beside it, for so long
_ENDED = (Symptom.CLOSED, Symptom.RESET)


class Inconclusive(PeerFailed):
    """Perhaps for the way in which it was tried: beside another connection, of which some hosts keep only the newest of a terminal, or
    with a session to go on from. Only a whole handshake on a connection alone tells."""


class Encrypted(Struct, frozen=True, kw_only=True):
    """`shown` now, or `age_s` ago in an earlier handshake, from whose session this one went on."""

    sock: SSLSocket
    tls_version: str
    handshake_ms: float | None
    shown: ShownCertificates
    age_s: float | None = None

    @property
    def seen(self) -> GatewayFacts:
        facts = GatewayFacts(handshake_ms=self.handshake_ms, tls_version=self.tls_version, certificate_age_s=self.age_s)
        return facts.learnt(self.shown)


def encrypt(
    gateway: Gateway,
    connection: Connection,
    proxy: Proxy | None,
    deadline: Deadline,
    *,
    session: TlsSession | None = None,
    alone: bool = False,
    small_segments: bool = True,
    single: bool = False,
) -> Encrypted:
    """Without `small_segments` they are not tried beside a handshake that stalls. `single`: no other connection is made.

    Raises `PeerFailed`, `Inconclusive` among them unless it is tried `alone`, and `CannotTell`.

    What is seen of a failure: the certificates that were served, or the segments that pass.
    """
    try:
        own = gateway.ca_file, gateway.client_cert_file, gateway.client_key_file
        trusted = tls_client.context(*own) if session is None else session.context
    except Unusable as ours:  # the payment application cannot either
        of_trust = ours.file if ours.symptom is Symptom.TRUST_UNUSABLE else None
        raise PeerFailed(ours.symptom, GatewayFacts(trust_file=of_trust, text=ours.text)) from ours
    began = time.monotonic()
    after_s = _TLS_S if alone else SMALL_AFTER_S
    small = DelayedAttempt(after_s, lambda: _passes_in_small_segments(gateway, connection, proxy, deadline.within(_SMALL_S)))
    if not small_segments:
        small.not_needed()
    try:
        wrapped = tls_client.handshake(connection, gateway.host, trusted, deadline.within(_TLS_S), session.tls if session else None)
    except PeerFailed as failure:
        seen = GatewayFacts().learnt(failure.seen)
        if failure.symptom is Symptom.TLS_STALLED and small.succeeded(min(_SMALL_S, deadline.remaining())):
            raise PeerFailed(Symptom.LARGE_PACKETS_LOST, seen.with_(segment_bytes=_SMALL_SEGMENT)) from failure
        by_certificate = seen.verify_code is not None
        offered = session is not None and failure.symptom is not Symptom.TLS_STALLED and not by_certificate
        if not alone and (offered or (small.begun and failure.symptom in _ENDED)):
            raise Inconclusive(failure.symptom, seen) from failure
        if by_certificate and not single:
            again = partial(_again, gateway, connection, proxy)
            raise own_trust.judged(gateway, trusted, failure.symptom, seen, again, deadline.within(_TLS_S)) from failure
        raise
    finally:
        small.not_needed()
    # through a proxy it went further than the connection whose `connect_ms` it is held against
    handshake_ms = None if proxy is not None else round((time.monotonic() - began) * 1000, 2)
    version = wrapped.version() or ""
    if session is not None and wrapped.session_reused:
        age_s = round(session.age_s(deadline.clock.monotonic()))
        return Encrypted(sock=wrapped, tls_version=version, handshake_ms=handshake_ms, shown=session.shown, age_s=age_s)
    shown = chain.described(chain.trusted(wrapped), deadline.clock.wall(), trusted=True)
    if isinstance(wrapped, Watched) and wrapped.asked:
        shown = shown.with_(client_certificate=ClientCertificate.SENT if wrapped.sent else ClientCertificate.WANTED)
    return Encrypted(sock=wrapped, tls_version=version, handshake_ms=handshake_ms, shown=shown)


def _again(gateway: Gateway, first: Connection, proxy: Proxy | None, deadline: Deadline, segment: int = 0) -> Connection:
    """One more connection by the way that the first one took. Raises `PeerFailed` and `CannotTell`."""
    connection = connect_any((first.address,), first.port, deadline.within(CONNECT_S), segment=segment).connection
    if proxy is not None:
        try:
            tunnel(connection, proxy, gateway.host, gateway.port, deadline)
        except (PeerFailed, CannotTell):
            connection.sock.close()
            raise
    return connection


def _passes_in_small_segments(gateway: Gateway, first: Connection, proxy: Proxy | None, deadline: Deadline) -> bool:
    """Whether a handshake goes through when the host is asked for small segments: where the other one stalls, large ones vanish.

    Raises `CannotTell`, and `PeerFailed` where our own kernel does not send.
    """
    if deadline.passed():
        return False
    try:
        with _again(gateway, first, proxy, deadline, _SMALL_SEGMENT) as connection:
            tls_client.handshake(connection, gateway.host, tls_client.context(verify=False), deadline).close()
    except PeerFailed as failure:
        if failure.symptom in NOT_SENT:
            raise
        return failure.symptom is Symptom.CLIENT_CERT_MISSING  # TLS 1.2: all that the host had to say came through before that
    except OSError as error:
        failed = failure_of(error)
        if isinstance(failed, CannotTell):
            raise failed from error
        return False
    return True
