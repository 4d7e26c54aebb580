"""The application's word on top of a connection: an HTTP request or an ISO 8583 echo; and who else here talks to the host."""

from __future__ import annotations

from socket import socket

from probes.edge.acquirer import http_health
from probes.edge.failures import PeerFailed, loading
from probes.edge.kernel.sockdiag import established
from probes.edge.net.proxy import Proxy
from probes.ground.deadline import Deadline
from probes.model.facts import AppConnection, GatewayFacts, Phase
from probes.settings import Gateway, GatewayProtocol


def can_be_asked(gateway: Gateway) -> bool:
    """Whether the configuration has what a message needs."""
    if gateway.protocol is GatewayProtocol.ISO8583:
        return bool(gateway.iso8583.terminal_id and gateway.iso8583.merchant_id)
    return gateway.protocol in (GatewayProtocol.HTTP, GatewayProtocol.HTTPS)


def phase_of(gateway: Gateway) -> Phase:
    return Phase.APP if gateway.protocol is GatewayProtocol.ISO8583 else Phase.HTTP


def ask(gateway: Gateway, sock: socket, proxy: Proxy | None, deadline: Deadline) -> GatewayFacts:
    """One message, and what the host says to it. Raises `PeerFailed` where no answer came, and `CannotTell`. `phase` in any case, and
    `depth` where an answer came."""
    phase = phase_of(gateway)
    try:
        return _speak(gateway, sock, proxy, deadline).with_(phase=phase, depth=phase)
    except PeerFailed as failure:
        raise PeerFailed(failure.symptom, GatewayFacts(phase=phase).learnt(failure.seen)) from failure


def _speak(gateway: Gateway, sock: socket, proxy: Proxy | None, deadline: Deadline) -> GatewayFacts:
    if gateway.protocol is GatewayProtocol.ISO8583:
        with loading():
            from probes.edge.acquirer import iso8583_echo

        return iso8583_echo.ask(gateway, sock, deadline)
    return http_health.ask(gateway, sock, proxy, deadline)


def traffic(address: str, port: int) -> AppConnection | None:
    """Established connections of other programs here to this host; None where there is none.

    Asked before we connect ourselves, so no connection of ours is among them.
    """
    found = established(address, port)
    if not found:
        return None
    spoken = [connection for connection in found if connection.bytes_received]
    newest = min((connection.received_ms_ago for connection in spoken), default=None)
    return AppConnection(
        count=len(found),
        received_s_ago=None if newest is None else round(newest / 1000, 1),
        retransmits=sum(connection.retransmits for connection in found),
        unanswered=sum(connection.unanswered for connection in found),
    )
