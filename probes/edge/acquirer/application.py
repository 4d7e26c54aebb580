"""The application's word on top of a connection: an HTTP request or an ISO 8583 echo, when it is our turn to ask."""

from __future__ import annotations

from socket import socket
from typing import Any

from probes.edge.acquirer import http_health
from probes.edge.acquirer.send_permit import LastAnswer, SendPermit
from probes.edge.failures import PeerFailed
from probes.edge.kernel.sockdiag import established
from probes.edge.net.proxy import Proxy
from probes.ground.deadline import Deadline
from probes.model import Outcome, Symptom
from probes.settings import Gateway, GatewayProtocol

# What a later examination repeats of an answer while it may not ask again.
_KEPT = ("response_code", "mapped", "processing_requirement", "http_status", "retry_after", "location", "text", "trace", "answer_ms")


def ask(
    gateway: Gateway,
    sock: socket,
    proxy: Proxy | None,
    permit: SendPermit,
    traffic_s: float | None,
    deadline: Deadline,
    facts: dict[str, Any],
) -> tuple[Outcome, Symptom | None]:
    """The host's answer, or where it is not our turn the last one with its age (`app_answer_age_s`, `app_because`); where there is
    none, and the payment application hears nothing either, the outcome is unknown: a stopped account takes connections as well.

    `traffic_s`: how long ago the payment application itself heard from the host. Raises `PeerFailed` where no answer came.
    """
    if gateway.protocol is GatewayProtocol.ISO8583 and not (gateway.iso8583.terminal_id and gateway.iso8583.merchant_id):
        facts["note"] = "no echo is sent: terminal_id or merchant_id is not configured"
        return Outcome.PASS, None
    reason = permit.take(traffic_s)
    if reason:
        facts["app_because"] = reason
        return _standing(permit.last(), traffic_s is not None and traffic_s < gateway.app_interval_s, facts)
    facts["phase"] = "app" if gateway.protocol is GatewayProtocol.ISO8583 else "http"
    try:
        outcome, symptom = _speak(gateway, sock, proxy, deadline, facts)
    except PeerFailed as failure:
        kept = {key: value for key, value in (facts | failure.facts).items() if key in _KEPT}
        permit.answered(LastAnswer(outcome=Outcome.FAIL, symptom=failure.symptom, facts=kept))
        raise
    facts["depth"] = facts["phase"]
    permit.answered(LastAnswer(outcome=outcome, symptom=symptom, facts={key: facts[key] for key in _KEPT if key in facts}))
    return outcome, symptom


def _speak(
    gateway: Gateway, sock: socket, proxy: Proxy | None, deadline: Deadline, facts: dict[str, Any]
) -> tuple[Outcome, Symptom | None]:
    if gateway.protocol is GatewayProtocol.ISO8583:
        from probes.edge.acquirer import iso8583_echo

        return iso8583_echo.ask(gateway, sock, deadline, facts)
    return http_health.ask(gateway, sock, proxy, deadline, facts)


def _standing(last: LastAnswer | None, heard: bool, facts: dict[str, Any]) -> tuple[Outcome, Symptom | None]:
    if last is None:
        return Outcome.PASS if heard else Outcome.UNKNOWN, None
    facts |= last.facts | {"app_answer_age_s": round(last.age_s, 1)}
    if last.outcome is Outcome.FAIL:
        facts["phase"] = "app" if "response_code" in last.facts or "trace" in last.facts else "http"
    return last.outcome, last.symptom


def traffic(address: str, port: int, facts: dict[str, Any]) -> None:
    """Established connections of other programs here to this host, as the fact `app_connection`.

    Asked before we connect ourselves, so no connection of ours is among them. `received_s_ago` is null before any data came.
    """
    found = established(address, port)
    if not found:
        return
    spoken = [connection for connection in found if connection.bytes_received]
    newest = min((connection.received_ms_ago for connection in spoken), default=None)
    facts["app_connection"] = {
        "count": len(found),
        "received_s_ago": None if newest is None else round(newest / 1000, 1),
        "retransmits": sum(connection.retransmits for connection in found),
        "unanswered": sum(connection.unanswered for connection in found),
    }
