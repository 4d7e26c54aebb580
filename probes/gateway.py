"""One payment gateway, phase by phase: resolve, tcp, tls, and the application's own word (http, app)."""

from __future__ import annotations

import select
import time
from functools import partial
from ssl import SSLError
from typing import Any

from probes.deadline import Deadline
from probes.edge import application, names, tls
from probes.edge.dial import CONNECT_S, connect_any
from probes.edge.errors import Failed
from probes.edge.gateway_tls import Disturbed, encrypt
from probes.edge.held import HELD, Held, Kept
from probes.edge.names import Lookup
from probes.edge.proxy import Proxy, tunnel
from probes.edge.tcp import Connection
from probes.edge.turn import Turn
from probes.model import Check, Layer, Outcome, Symptom
from probes.settings import Gateway, GatewayProtocol

_OF_CONNECTION = (
    *("address", "interface", "via", "resolver", "connect_ms", "tls_version", "client_certificate"),
    *("certificate", "chain", "chain_not_after"),
)
_AFTER_S = 0.06  # a host that ends every connection at once does so within this


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
            except Disturbed:
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
        wrapped = encrypt(gateway, connection, proxy, deadline, facts, undisturbed)
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
