"""One payment gateway, phase by phase: resolve, tcp, tls, and the application's own word (http, app)."""

from __future__ import annotations

import select
import time
from contextlib import suppress
from functools import partial
from ssl import SSLError
from typing import Any

from probes.deadline import Deadline
from probes.edge import application, names, tls
from probes.edge.aside import Aside
from probes.edge.chain import described
from probes.edge.dial import CONNECT_S, connect_any
from probes.edge.errors import Failed
from probes.edge.held import HELD, Held, Kept
from probes.edge.names import Lookup
from probes.edge.proxy import Proxy, tunnel
from probes.edge.tcp import Connection
from probes.edge.text import escape
from probes.edge.turn import Turn
from probes.model import Check, Layer, Outcome, Symptom
from probes.settings import Gateway, GatewayProtocol

_TLS_S = 4.0
_SMALL_SEGMENT = 500  # bytes; passes on every path that IP allows
_SMALL_AFTER_S, _SMALL_S = 2.0, 2.5  # into a handshake that does not end, small segments are tried beside it, for so long
_OF_CONNECTION = (
    *("address", "interface", "via", "resolver", "connect_ms", "tls_version", "client_certificate"),
    *("certificate", "chain", "chain_not_after"),
)
_ENDED = (Symptom.CLOSED, Symptom.RESET)
_AFTER_S = 0.06  # a host that ends every connection at once does so within this


class _Disturbed(Failed):
    """The host ended a connection beside which another was opened: some keep only the newest of a terminal."""


def probe(
    gateway: Gateway, lookup: Lookup, proxy: Proxy | None, turn: Turn, deadline: Deadline, *, held: Held = HELD, idle_s: float = 30.0
) -> Check:
    """Accepted when the configured depth is reached; else the phase and the symptom say where it ended.

    `turn` decides whether an application message may be sent now; where not, the last answer stands. A connection that is to stay
    open is `held`, and the other side asked whether it is there after `idle_s` seconds without traffic.
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

    through = proxy if gateway.protocol in (GatewayProtocol.HTTP, GatewayProtocol.HTTPS) else None
    try:
        kept = held.take(_key(gateway)) if _stays_open(gateway) else None
        outcome_of_kept = _over_kept(gateway, kept, turn, deadline, facts) if kept else None
        if kept and outcome_of_kept:
            outcome, symptom = outcome_of_kept
            held.put(_key(gateway), kept)
        else:
            new = partial(_over_new, gateway, lookup, through, turn, deadline, facts, held, idle_s)
            try:
                outcome, symptom = new()
            except _Disturbed:
                outcome, symptom = new(undisturbed=True)
    except Failed as failure:
        facts |= {key: value for key, value in failure.facts.items() if key != "tries"}
        return check(Outcome.FAIL, failure.symptom)
    except tls.Unusable as fault:
        return check(Outcome.UNKNOWN, because=str(fault))
    if outcome is Outcome.UNKNOWN:
        return check(outcome, symptom, because=str(facts["app_because"]))
    if outcome is not Outcome.FAIL:
        facts["phase"] = "done"
    return check(outcome, symptom)


def _sent_again(connection: Connection) -> dict[str, Any]:
    """The kernel's count once all was said: what was lost after the handshake of TCP shows only here."""
    counted = connection.kernel()
    return {"retransmits": counted["retransmits"]} if "retransmits" in counted else {}


def _connect(gateway: Gateway, lookup: Lookup, proxy: Proxy | None, deadline: Deadline, facts: dict[str, Any]) -> Connection:
    host, port = (proxy.host, proxy.port) if proxy else (gateway.host, gateway.port)
    found = names.find(host, lookup, deadline)
    facts |= {"phase": "tcp", **found.facts()}
    if proxy is None:
        application.traffic(found.addresses[0], port, facts)
    connection = connect_any(found.addresses, port, deadline.within(CONNECT_S), facts)
    if proxy is not None and gateway.uses_tls:
        facts["phase"] = "proxy"
        tunnel(connection, proxy, gateway.host, gateway.port, deadline)
    return connection


def _examine(
    gateway: Gateway, connection: Connection, proxy: Proxy | None, turn: Turn, deadline: Deadline, facts: dict[str, Any], undisturbed: bool
) -> tuple[Outcome, Symptom | None]:
    if gateway.uses_tls:
        facts["phase"] = "tls"
        wrapped = _encrypt(gateway, connection, proxy, deadline, facts, undisturbed)
        connection.sock = wrapped
    else:
        facts["phase"] = "after-tcp"
    facts["depth"] = "tls" if gateway.uses_tls else "tcp"
    outcome, symptom = Outcome.PASS, None
    if gateway.protocol not in (GatewayProtocol.TCP, GatewayProtocol.TLS):
        heard = facts.get("app_connection", {}).get("received_s_ago")
        outcome, symptom = application.ask(gateway, connection.sock, proxy, turn, heard, deadline, facts)
    if facts["depth"] in ("tcp", "tls"):  # nothing was asked over it
        _still_open(connection, min(_AFTER_S + connection.connect_ms / 1000, deadline.remaining()))
    return outcome, symptom


def _encrypt(
    gateway: Gateway, connection: Connection, proxy: Proxy | None, deadline: Deadline, facts: dict[str, Any], undisturbed: bool
) -> Any:
    try:
        trusted = tls.context(gateway.ca_file, gateway.client_cert_file, gateway.client_key_file)
    except tls.Unusable:
        raise
    except OSError as error:  # SSLError too: the file is there, but is no certificate
        raise Failed(Symptom.CLIENT_CERT_REFUSED, text=escape(f"{error.strerror or error}")) from error
    began = time.monotonic()
    known = dict(facts)
    after_s = _TLS_S if undisturbed else _SMALL_AFTER_S
    small = Aside(after_s, lambda: _passes_in_small_segments(gateway, proxy, known, deadline.within(_SMALL_S)))
    try:
        wrapped = tls.handshake(connection, gateway.host, trusted, deadline.within(_TLS_S))
    except Failed as failure:
        if failure.symptom is Symptom.TLS_STALLED and small.succeeded(min(_SMALL_S, deadline.remaining())):
            facts["segment"] = _SMALL_SEGMENT
            raise Failed(Symptom.LARGE_PACKETS_LOST, **failure.facts) from failure
        if small.begun and failure.symptom in _ENDED and not undisturbed:
            raise _Disturbed(failure.symptom, **failure.facts) from failure
        if "verify_code" in failure.facts:
            facts |= _inspect(gateway, proxy, facts, deadline.within(_TLS_S))
        raise
    finally:
        small.not_needed()
    if proxy is None:  # else it went further than the connection whose `connect_ms` it is held against
        facts["handshake_ms"] = round((time.monotonic() - began) * 1000, 2)
    facts["tls_version"] = wrapped.version() or ""
    if trusted.asked:
        facts["client_certificate"] = "sent" if trusted.sent else "asked for, and none is configured"
    facts |= described(tls.trusted_chain(wrapped) or [tls.describe(dict(wrapped.getpeercert() or {}))], trusted=True)
    return wrapped


def _again(gateway: Gateway, proxy: Proxy | None, facts: dict[str, Any], deadline: Deadline, segment: int = 0) -> Connection:
    """One more connection by the way that the first one took."""
    port = proxy.port if proxy else gateway.port
    connection = connect_any((str(facts["address"]),), port, deadline.within(CONNECT_S), {}, segment=segment)
    if proxy is not None:
        try:
            tunnel(connection, proxy, gateway.host, gateway.port, deadline)
        except Failed:
            connection.sock.close()
            raise
    return connection


def _inspect(gateway: Gateway, proxy: Proxy | None, facts: dict[str, Any], deadline: Deadline) -> dict[str, Any]:
    """What was served, over a connection of its own on which nothing is sent: the failed one does not keep it."""
    with suppress(Failed, OSError), _again(gateway, proxy, facts, deadline) as connection:
        unverified = tls.handshake(connection, gateway.host, tls.context(verify=False), deadline)
        chain = tls.served_chain(unverified)
        unverified.close()
        return described(chain)
    return {}


def _still_open(connection: Connection, seconds: float) -> None:
    """Raises `Failed` where the host ends the connection at once: closed, reset, or an alert about our certificate."""
    sock = connection.sock
    poller = select.poll()
    poller.register(sock, select.POLLIN)
    if not poller.poll(seconds * 1000):
        return
    sock.settimeout(max(0.05, seconds))
    try:
        if not sock.recv(1):
            raise Failed(Symptom.CLOSED)
    except TimeoutError:
        return
    except SSLError as error:
        raise tls.failure_of_tls(error, getattr(sock, "context", None)) from error
    except OSError as error:
        raise Failed(Symptom.RESET) from error


def _passes_in_small_segments(gateway: Gateway, proxy: Proxy | None, facts: dict[str, Any], deadline: Deadline) -> bool:
    """Whether a handshake goes through when the host is asked for small segments: where the other one stalls, large ones vanish."""
    if deadline.passed() or "address" not in facts:
        return False
    try:
        with _again(gateway, proxy, facts, deadline, _SMALL_SEGMENT) as connection:
            tls.handshake(connection, gateway.host, tls.context(verify=False), deadline).close()
    except Failed as failure:
        return failure.symptom is Symptom.CLIENT_CERT_MISSING  # TLS 1.2: all that the host had to say came through before that
    except OSError:
        return False
    return True


def _key(gateway: Gateway) -> tuple[str, str, int]:
    return gateway.name, gateway.host, gateway.port


def _stays_open(gateway: Gateway) -> bool:
    """One request is all that a connection of HTTP is used for here."""
    return gateway.keep_open and gateway.protocol not in (GatewayProtocol.HTTP, GatewayProtocol.HTTPS)


def _over_kept(
    gateway: Gateway, kept: Kept, turn: Turn, deadline: Deadline, facts: dict[str, Any]
) -> tuple[Outcome, Symptom | None] | None:
    """None where it turns out to be of no use: only a new connection tells what that means."""
    tried = facts | kept.facts | {"connection_age_s": round(time.monotonic() - kept.since, 1)}
    tried |= {"depth": "tls" if gateway.uses_tls else "tcp", "rtt_ms": kept.connection.kernel()["rtt_ms"]}
    outcome: tuple[Outcome, Symptom | None] = Outcome.PASS, None
    try:
        if gateway.protocol is GatewayProtocol.ISO8583:
            outcome = application.ask(gateway, kept.connection.sock, None, turn, None, deadline, tried)
    except Failed:
        kept.connection.sock.close()
        return None
    facts |= tried
    return outcome


def _over_new(
    gateway: Gateway,
    lookup: Lookup,
    proxy: Proxy | None,
    turn: Turn,
    deadline: Deadline,
    facts: dict[str, Any],
    held: Held,
    idle_s: float,
    *,
    undisturbed: bool = False,
) -> tuple[Outcome, Symptom | None]:
    connection = _connect(gateway, lookup, proxy, deadline, facts)
    stays = False
    try:
        outcome, symptom = _examine(gateway, connection, proxy, turn, deadline, facts, undisturbed)
        stays = _stays_open(gateway) and outcome is not Outcome.FAIL
    finally:
        facts |= _sent_again(connection)
        if not stays:
            connection.sock.close()
    if stays:
        of_it = {key: facts[key] for key in _OF_CONNECTION if key in facts}
        held.put(_key(gateway), Kept(connection=connection, facts=of_it, idle_s=idle_s, since=time.monotonic()))
    return outcome, symptom
