"""One payment gateway, phase by phase: resolve, tcp, tls, and the application's own word (http, app)."""

from __future__ import annotations

import math
import select
import time
from ssl import SSLError, SSLSocket
from typing import Any

from msgspec import Struct

from probes.edge.acquirer import application
from probes.edge.acquirer.send_permit import SendPermit, SpentPermit
from probes.edge.dns import lookup as names
from probes.edge.dns.lookup import Lookup
from probes.edge.failures import PeerFailed
from probes.edge.net.connection_pool import POOL, ConnectionPool, PooledConnection
from probes.edge.net.dial import CONNECT_S, connect_any
from probes.edge.net.proxy import Proxy, tunnel
from probes.edge.net.tcp import Connection
from probes.edge.tls import tls_client
from probes.edge.tls.gateway_handshake import Inconclusive, encrypt
from probes.edge.tls.session_cache import SHOWN, TLS_SESSIONS, WHOLE_EVERY_S, TlsSession, TlsSessionCache
from probes.ground.deadline import Deadline
from probes.model import Check, Layer, Outcome, Symptom
from probes.settings import Gateway, GatewayProtocol

_OF_CONNECTION = ("address", "interface", "via", "resolver", "connect_ms", "tls_version", *SHOWN)
_HTTP = (GatewayProtocol.HTTP, GatewayProtocol.HTTPS)
_SILENT_PROTOCOLS = (GatewayProtocol.TCP, GatewayProtocol.TLS)
_ENDED = (Symptom.CLOSED, Symptom.RESET)
_AFTER_S = 0.06  # a host that ends every connection at once does so within this

Found = tuple[Outcome, Symptom | None]


class Reuse(Struct, frozen=True, kw_only=True):
    """What earlier looks left. A connection that is to stay open is `held`, and the other side asked whether it is there after `idle_s`
    seconds without traffic. A new one goes on from one of the `sessions` of TLS where that will do, unless everything is to be looked at
    `anew`."""

    pool: ConnectionPool = POOL
    sessions: TlsSessionCache = TLS_SESSIONS
    idle_s: float = 30.0
    anew: bool = True


def probe(
    gateway: Gateway, lookup: Lookup, proxy: Proxy | None, permit: SendPermit, deadline: Deadline, reuse: Reuse | None = None
) -> Check:
    """Accepted when the configured depth is reached; else the phase and the symptom say where it ended.

    `permit` decides whether an application message may be sent now; where not, the last answer stands.
    """
    facts: dict[str, Any] = {
        "host": gateway.host,
        "port": gateway.port,
        "protocol": gateway.protocol.value,
        "role": gateway.role.value,
        "tls": gateway.uses_tls,
        "phase": "resolve",
    }

    def check(outcome: Outcome, symptom: Symptom | None = None, because: str | None = None) -> Check:
        return Check(
            id=f"gateway:{gateway.name}",
            layer=Layer.GATEWAY,
            target=f"{gateway.host}:{gateway.port}",
            outcome=outcome,
            symptom=symptom,
            because=because,
            facts=facts,
        )

    try:
        outcome, symptom = _Look(gateway, lookup, proxy, deadline, facts, reuse or Reuse()).run(permit)
    except PeerFailed as failure:
        facts |= {key: value for key, value in failure.facts.items() if key != "tries"}
        return check(Outcome.FAIL, failure.symptom)
    except tls_client.Unusable as fault:
        return check(Outcome.UNKNOWN, because=str(fault))
    if outcome is Outcome.UNKNOWN:
        return check(outcome, symptom, because=str(facts["app_because"]))
    if outcome is not Outcome.FAIL:
        facts["phase"] = "done"
    return check(outcome, symptom)


class _Look:
    """One look at one gateway, over a connection kept from an earlier one or over a new one."""

    def __init__(
        self, gateway: Gateway, lookup: Lookup, proxy: Proxy | None, deadline: Deadline, facts: dict[str, Any], reuse: Reuse
    ) -> None:
        self._gateway, self._lookup, self._deadline, self._facts, self._reuse = gateway, lookup, deadline, facts, reuse
        self._proxy = proxy if gateway.protocol in _HTTP else None
        self._key = gateway.name, gateway.host, gateway.port
        self._depth = "tls" if gateway.uses_tls else "tcp"

    def run(self, permit: SendPermit) -> Found:
        certified_s = WHOLE_EVERY_S if self._reuse.anew and self._gateway.uses_tls else math.inf
        pooled = self._reuse.pool.take(self._key, certified_s) if self._stays_open else None
        if pooled is not None:
            try:
                return self._over_pooled(pooled, permit)
            except PeerFailed as failure:  # only a new connection tells what that means
                if self._gateway.protocol in _HTTP and failure.symptom in _ENDED:
                    permit = SpentPermit(permit)
        before = dict(self._facts)
        try:
            return self._over_new(permit, self._reuse.sessions.take(self._gateway, anew=self._reuse.anew))
        except Inconclusive:
            pass
        except PeerFailed as failure:  # some hosts agree to go on from a session, and then do not
            went_on = "certificate_age_s" in self._facts
            again = self._gateway.protocol in (*_HTTP, *_SILENT_PROTOCOLS) and not isinstance(permit, SpentPermit)
            if not went_on or failure.symptom not in _ENDED or not again:
                raise
            if "app_because" not in self._facts:
                permit = SpentPermit(permit)
            self._facts.clear()
            self._facts |= before
        return self._over_new(permit, None, alone=True)

    @property
    def _stays_open(self) -> bool:
        return self._gateway.keep_open and self._proxy is None

    def _over_pooled(self, pooled: PooledConnection, permit: SendPermit) -> Found:
        sock = pooled.connection.sock
        tried = self._facts | pooled.facts | {"connection_age_s": round(time.monotonic() - pooled.since, 1)}
        tried |= {"depth": self._depth, "rtt_ms": pooled.connection.kernel()["rtt_ms"]}
        if pooled.shown < pooled.since:
            tried["certificate_age_s"] = round(time.monotonic() - pooled.shown)
        found: Found = Outcome.PASS, None
        try:
            if self._gateway.protocol not in _SILENT_PROTOCOLS:
                found = application.ask(self._gateway, sock, None, permit, None, self._deadline, tried)
        except PeerFailed:
            sock.close()
            raise
        self._facts |= tried
        if sock.fileno() >= 0:
            self._reuse.pool.put(self._key, pooled)
        return found

    def _over_new(self, permit: SendPermit, session: TlsSession | None, *, alone: bool = False) -> Found:
        connection = self._connect()
        sessions = self._reuse.sessions
        served = stays = False
        try:
            found = self._examine(connection, permit, session, alone)
            sock = connection.sock
            served = found[0] is not Outcome.FAIL
            if isinstance(sock, SSLSocket) and served:
                sessions.put(self._gateway, sock, self._facts, session)
            stays = self._stays_open and served and sock.fileno() >= 0
        finally:
            if not served:
                sessions.forget(self._gateway, connection.sock, session)
            self._facts |= _sent_again(connection)
            if not stays:
                connection.sock.close()
        if stays:
            of_it = {key: self._facts[key] for key in _OF_CONNECTION if key in self._facts}
            quiet = self._gateway.protocol in _HTTP
            now = time.monotonic()
            shown = now - self._facts.get("certificate_age_s", 0)
            pooled = PooledConnection(connection=connection, facts=of_it, idle_s=self._reuse.idle_s, since=now, shown=shown, quiet=quiet)
            self._reuse.pool.put(self._key, pooled)
        return found

    def _connect(self) -> Connection:
        gateway, proxy, facts = self._gateway, self._proxy, self._facts
        host, port = (proxy.host, proxy.port) if proxy else (gateway.host, gateway.port)
        found = names.find(host, self._lookup, self._deadline)
        facts |= {"phase": "tcp", **found.facts()}
        if proxy is None:
            application.traffic(found.addresses[0], port, facts)
        connection = connect_any(found.addresses, port, self._deadline.within(CONNECT_S), facts)
        if proxy is not None and gateway.uses_tls:
            facts["phase"] = "proxy"
            tunnel(connection, proxy, gateway.host, gateway.port, self._deadline)
        return connection

    def _examine(self, connection: Connection, permit: SendPermit, session: TlsSession | None, alone: bool) -> Found:
        gateway, proxy, deadline, facts = self._gateway, self._proxy, self._deadline, self._facts
        facts["phase"] = "tls" if gateway.uses_tls else "after-tcp"
        if gateway.uses_tls:
            connection.sock = encrypt(gateway, connection, proxy, deadline, facts, session=session, alone=alone)
            self._reuse.sessions.begin(gateway, connection.sock, facts)
        facts["depth"] = self._depth
        found: Found = Outcome.PASS, None
        if gateway.protocol not in _SILENT_PROTOCOLS:
            heard = facts.get("app_connection", {}).get("received_s_ago")
            found = application.ask(gateway, connection.sock, proxy, permit, heard, deadline, facts)
        if facts["depth"] == self._depth:  # nothing was asked over it
            _still_open(connection, min(_AFTER_S + connection.connect_ms / 1000, deadline.remaining()))
        return found


def _sent_again(connection: Connection) -> dict[str, Any]:
    """The kernel's count once all was said: what was lost after the handshake of TCP shows only here."""
    counted = connection.kernel()
    return {"retransmits": counted["retransmits"]} if "retransmits" in counted else {}


def _still_open(connection: Connection, seconds: float) -> None:
    """Raises `PeerFailed` where the host ends the connection at once: closed, reset, or an alert about our certificate."""
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
        raise PeerFailed(Symptom.RESET) from error
