"""One payment gateway, phase by phase: resolve, tcp, tls, and the application's own word (http, app)."""

from __future__ import annotations

import math
import select
from socket import socket
from ssl import SSLError
from typing import Any

from msgspec import Struct, field

from probes.assess import answers
from probes.assess.assessment import Assessment
from probes.edge.acquirer import application
from probes.edge.acquirer.send_permit import LastAnswer, SendPermit, SpentPermit
from probes.edge.dns import lookup as names
from probes.edge.dns.lookup import Lookup
from probes.edge.failures import CannotTell, PeerFailed, failure_of, not_looked
from probes.edge.net.connection_pool import ConnectionPool, PooledConnection
from probes.edge.net.dial import CONNECT_S, connect_any
from probes.edge.net.proxy import Proxy, tunnel
from probes.edge.net.tcp import Connection
from probes.edge.tls import tls_client
from probes.edge.tls.gateway_handshake import Encrypted, Inconclusive, encrypt
from probes.edge.tls.session_cache import WHOLE_EVERY_S, TlsSession, TlsSessionCache
from probes.ground.deadline import Deadline
from probes.ground.rfc3339 import utc
from probes.model import Check, Facts, Outcome, Symptom, check_of
from probes.model.facts import AnswerFacts, GatewayFacts, Phase
from probes.settings import Gateway, GatewayProtocol

_HTTP = (GatewayProtocol.HTTP, GatewayProtocol.HTTPS)
_SILENT_PROTOCOLS = (GatewayProtocol.TCP, GatewayProtocol.TLS)
_ENDED = (Symptom.CLOSED, Symptom.RESET)
_AFTER_S = 0.06  # a host that ends every connection at once does so within this


class Reuse(Struct, frozen=True, kw_only=True):
    """What earlier looks left. A connection that is to stay open is `held`, and the other side asked whether it is there after `idle_s`
    seconds without traffic. A new one goes on from one of the `sessions` of TLS where that will do, unless everything is to be looked at
    `anew`. With `single` nothing more is tried than one connection shows, `anew` as it is."""

    pool: ConnectionPool = field(default_factory=ConnectionPool)
    sessions: TlsSessionCache = field(default_factory=TlsSessionCache)
    idle_s: float = 30.0
    anew: bool = True
    single: bool = False


def probe(
    gateway: Gateway, lookup: Lookup, proxy: Proxy | None, permit: SendPermit, deadline: Deadline, reuse: Reuse | None = None
) -> Check[GatewayFacts]:
    """Accepted when the configured depth is reached; else the phase and the symptom say where it ended.

    `permit` decides whether an application message may be sent now; where not, the last answer stands. Where `lookup` names an interface
    everything goes over that, in one connection alone (`reuse.single`), since others would take the usual way.
    """
    look = _Look(gateway, lookup, proxy, deadline, reuse or Reuse())
    target = f"{gateway.host}:{gateway.port}"
    try:
        found = look.run(permit)
    except PeerFailed as failure:
        look.learn(failure.seen, tries=None)
        found = Assessment(Outcome.FAIL, failure.symptom)
    except CannotTell as trouble:
        return not_looked(look.facts, trouble, name=gateway.name, target=target)
    else:
        if found.outcome not in (Outcome.FAIL, Outcome.UNKNOWN):
            look.learn(phase=Phase.DONE)
    return check_of(look.facts, found.outcome, found.symptom, found.because, name=gateway.name, target=target)


class _Look:
    """One look at one gateway, over a connection kept from an earlier one or over a new one. `facts`: what is known by now."""

    def __init__(self, gateway: Gateway, lookup: Lookup, proxy: Proxy | None, deadline: Deadline, reuse: Reuse) -> None:
        self._gateway, self._lookup, self._deadline, self._reuse = gateway, lookup, deadline, reuse
        self._proxy = proxy if gateway.protocol in _HTTP else None
        self._key = gateway.name, gateway.host, gateway.port
        self._depth = Phase.TLS if gateway.uses_tls else Phase.TCP
        self.facts = GatewayFacts(
            host=gateway.host,
            port=gateway.port,
            protocol=gateway.protocol.value,
            role=gateway.role.value,
            tls=gateway.uses_tls,
            phase=Phase.RESOLVE,
        )

    def learn(self, seen: Facts | None = None, **known: Any) -> None:
        self.facts = self.facts.learnt(seen).with_(**known)

    def run(self, permit: SendPermit) -> Assessment:
        certified_s = WHOLE_EVERY_S if self._reuse.anew and self._gateway.uses_tls else math.inf
        pooled = self._reuse.pool.take(self._key, certified_s) if self._stays_open else None
        if pooled is not None:
            try:
                return self._over_pooled(pooled, permit)
            except PeerFailed as failure:  # only a new connection tells what that means
                if self._gateway.protocol in _HTTP and failure.symptom in _ENDED:
                    permit = SpentPermit(permit)
        before = self.facts
        try:
            return self._over_new(permit, self._reuse.sessions.take(self._gateway, anew=self._reuse.anew))
        except Inconclusive:
            pass
        except PeerFailed as failure:  # some hosts agree to go on from a session, and then do not
            went_on = self.facts.certificate_age_s is not None
            again = self._gateway.protocol in (*_HTTP, *_SILENT_PROTOCOLS) and not isinstance(permit, SpentPermit)
            if not went_on or failure.symptom not in _ENDED or not again:
                raise
            if self.facts.app_because is None:
                permit = SpentPermit(permit)
            self.facts = before
        return self._over_new(permit, None, alone=True)

    @property
    def _stays_open(self) -> bool:
        return self._gateway.keep_open and self._proxy is None

    def _over_pooled(self, pooled: PooledConnection, permit: SendPermit) -> Assessment:
        """What is seen counts only where it does not fail."""
        sock, now, before = pooled.connection.sock, self._deadline.clock.monotonic(), self.facts
        self.learn(
            pooled.facts,
            connection_age_s=round(now - pooled.since, 1),
            certificate_age_s=round(now - pooled.shown) if pooled.shown < pooled.since else None,
            depth=self._depth,
            rtt_ms=pooled.connection.seen().rtt_ms,
        )
        try:
            found = self._ask(sock, permit)
        except (PeerFailed, CannotTell):
            sock.close()
            self.facts = before
            raise
        if sock.fileno() >= 0:
            self._reuse.pool.put(self._key, pooled)
        return found

    def _over_new(self, permit: SendPermit, session: TlsSession | None, *, alone: bool = False) -> Assessment:
        connection = self._connect()
        sessions = self._reuse.sessions
        served = stays = False
        try:
            encrypted = self._encrypt(connection, session, alone) if self._gateway.uses_tls else None
            found = self._examine(connection, permit)
            served = found.outcome is not Outcome.FAIL
            if encrypted is not None and served:
                sessions.put(self._gateway, encrypted.sock, encrypted.shown, session, went_on=encrypted.age_s is not None)
            stays = self._stays_open and served and connection.sock.fileno() >= 0
        finally:
            if not served:
                sessions.forget(self._gateway, connection.sock, session)
            # the kernel's count once all was said: what was lost after the handshake of TCP shows only here
            self.learn(GatewayFacts(retransmits=connection.seen().retransmits))
            if not stays:
                connection.sock.close()
        if stays:
            self._keep(connection)
        return found

    def _keep(self, connection: Connection) -> None:
        quiet = self._gateway.protocol in _HTTP
        now = self._deadline.clock.monotonic()
        shown = now - (self.facts.certificate_age_s or 0)
        facts = self.facts.of_connection()
        pooled = PooledConnection(connection=connection, facts=facts, idle_s=self._reuse.idle_s, since=now, shown=shown, quiet=quiet)
        self._reuse.pool.put(self._key, pooled)

    def _connect(self) -> Connection:
        gateway, proxy = self._gateway, self._proxy
        host, port = (proxy.host, proxy.port) if proxy else (gateway.host, gateway.port)
        found = names.find(host, self._lookup, self._deadline)
        self.learn(found.seen(), phase=Phase.TCP)
        if proxy is None:
            self.learn(GatewayFacts(app_connection=application.traffic(found.addresses[0], port)))
        connection, seen = connect_any(found.addresses, port, self._deadline.within(CONNECT_S), interface=self._lookup.interface)
        self.learn(seen)
        if proxy is not None and gateway.uses_tls:
            self.learn(phase=Phase.PROXY)
            try:
                tunnel(connection, proxy, gateway.host, gateway.port, self._deadline)
            except (PeerFailed, CannotTell):
                connection.sock.close()
                raise
        return connection

    def _encrypt(self, connection: Connection, session: TlsSession | None, alone: bool) -> Encrypted:
        self.learn(phase=Phase.TLS)
        sessions = self._reuse.sessions
        single = self._reuse.single
        small = not single and not sessions.stalled_lately(self._gateway)
        try:
            encrypted = encrypt(
                self._gateway,
                connection,
                self._proxy,
                self._deadline,
                session=session,
                alone=alone or single,
                small_segments=small,
                single=single,
            )
        except PeerFailed as failure:
            if small and failure.symptom is Symptom.TLS_STALLED:
                sessions.stalled(self._gateway)
            raise
        connection.sock = encrypted.sock
        self.learn(encrypted.seen)
        self._reuse.sessions.begin(self._gateway, encrypted.sock, encrypted.shown)
        return encrypted

    def _examine(self, connection: Connection, permit: SendPermit) -> Assessment:
        if not self._gateway.uses_tls:
            self.learn(phase=Phase.AFTER_TCP)
        self.learn(depth=self._depth)
        found = self._ask(connection.sock, permit)
        if self.facts.depth is self._depth:  # nothing was asked over it
            _still_open(connection, min(_AFTER_S + connection.connect_ms / 1000, self._deadline.remaining()))
        return found

    def _ask(self, sock: socket, permit: SendPermit) -> Assessment:
        """What the host's application says, or said: over a connection, where that is configured."""
        gateway = self._gateway
        if gateway.protocol in _SILENT_PROTOCOLS:
            return Assessment(Outcome.PASS)
        if not application.can_be_asked(gateway):
            self.learn(note="no echo is sent: terminal_id or merchant_id is not configured")
            return Assessment(Outcome.PASS)
        traffic_s = self.facts.app_connection.received_s_ago if self.facts.app_connection else None
        reason = permit.take(traffic_s)
        if reason:
            return self._standing(permit, reason, heard=traffic_s is not None and traffic_s < gateway.app_interval_s)
        try:
            said = application.ask(gateway, sock, self._proxy, self._deadline)
        except PeerFailed as failure:
            permit.answered(LastAnswer(outcome=Outcome.FAIL, symptom=failure.symptom, facts=AnswerFacts().learnt(failure.seen)))
            raise
        self.learn(said, mapped=answers.mapped(gateway, said))
        found = answers.assess(gateway, self.facts, proxied=self._proxy is not None)
        permit.answered(LastAnswer(outcome=found.outcome, symptom=found.symptom, facts=AnswerFacts().learnt(self.facts)))
        return found

    def _standing(self, permit: SendPermit, reason: str, *, heard: bool) -> Assessment:
        again_s = permit.again_s()
        now = self._deadline.clock.wall()
        self.learn(app_because=reason, app_again_at=None if again_s is None else utc(now + again_s))
        last = permit.last()
        if last is not None:
            self.learn(last.facts, app_answer_age_s=round(last.age_s, 1), app_answered_at=utc(now - last.age_s))
            if last.outcome is Outcome.FAIL:
                self.learn(phase=application.phase_of(self._gateway))
        said = None if last is None else Assessment(last.outcome, last.symptom)
        return answers.standing(said, heard=heard, because=reason)


def _still_open(connection: Connection, seconds: float) -> None:
    """Raises `PeerFailed` where the host ends the connection at once: closed, reset, or an alert about our certificate; `CannotTell`."""
    sock = connection.sock
    poller = select.poll()
    poller.register(sock, select.POLLIN)
    if not poller.poll(seconds * 1000):
        return
    sock.settimeout(max(0.05, seconds))
    try:
        if not sock.recv(1):
            raise PeerFailed(Symptom.CLOSED)
    except TimeoutError:
        return
    except SSLError as error:
        raise tls_client.failure_of_tls(error, sock) from error
    except OSError as error:
        failure = failure_of(error)
        raise (failure if isinstance(failure, CannotTell) else PeerFailed(Symptom.RESET)) from error
