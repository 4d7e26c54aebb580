"""Whether a gateway's port still accepts: one TCP connection without a byte on it, or none where other traffic tells."""

from __future__ import annotations

from typing import Any

from probes.edge.acquirer import application
from probes.edge.failures import PeerFailed
from probes.edge.kernel.route import route_facts
from probes.edge.net import tcp
from probes.edge.net.connection_pool import POOL
from probes.edge.net.dial import CONNECT_S
from probes.ground.deadline import Deadline
from probes.model import Check, Layer, Outcome
from probes.settings import Gateway


def probe(gateway: Gateway, address: str, fresh_s: float, deadline: Deadline) -> Check:
    """`address`: where the gateway was reached before. Nothing is sent where a connection that stays open heard from it within
    `fresh_s` seconds, or the payment application did, and nothing that it sent since waits for an answer."""
    facts: dict[str, Any] = {"address": address, "port": gateway.port, **route_facts(address)}
    target = f"{gateway.host}:{gateway.port}"
    of_ours = POOL.heard_s((gateway.name, gateway.host, gateway.port))
    if of_ours is not None and of_ours < fresh_s:
        return Check(id=f"gateway:{gateway.name}", layer=Layer.GATEWAY, target=target, outcome=Outcome.PASS, facts=facts)
    application.traffic(address, gateway.port, facts)
    heard = facts.get("app_connection", {})
    if heard.get("received_s_ago") is not None and heard["received_s_ago"] < fresh_s and not heard["unanswered"]:
        return Check(id=f"gateway:{gateway.name}", layer=Layer.GATEWAY, target=target, outcome=Outcome.PASS, facts=facts)
    try:
        with tcp.connect(address, gateway.port, deadline.within(CONNECT_S)) as connection:
            facts |= connection.kernel()
            connection.abort()
    except PeerFailed as failure:
        symptom, facts = failure.symptom, facts | failure.facts
        return Check(id=f"gateway:{gateway.name}", layer=Layer.GATEWAY, target=target, outcome=Outcome.FAIL, symptom=symptom, facts=facts)
    return Check(id=f"gateway:{gateway.name}", layer=Layer.GATEWAY, target=target, outcome=Outcome.PASS, facts=facts)
