"""Whether a gateway's port still accepts: one TCP connection without a byte on it, or none where other traffic tells."""

from __future__ import annotations

from probes.edge.acquirer import application
from probes.edge.failures import CannotTell, PeerFailed, not_looked
from probes.edge.net import tcp
from probes.edge.net.connection_pool import ConnectionPool
from probes.edge.net.dial import CONNECT_S, way_facts
from probes.ground.deadline import Deadline
from probes.model import Check, Outcome, Symptom, check_of
from probes.model.facts import AppConnection, GatewayFacts
from probes.settings import Gateway


def probe(gateway: Gateway, address: str, fresh_s: float, pool: ConnectionPool, deadline: Deadline) -> Check[GatewayFacts]:
    """`address`: where the gateway was reached before. Nothing is sent where a connection of the `pool` heard from it within
    `fresh_s` seconds, or the payment application did, and nothing that it sent since waits for an answer."""
    facts = GatewayFacts(port=gateway.port).learnt(way_facts(address))
    of_ours = pool.heard_s((gateway.name, gateway.host, gateway.port))
    if of_ours is not None and of_ours < fresh_s:
        return _check(gateway, facts, Outcome.PASS)
    facts = facts.with_(app_connection=application.traffic(address, gateway.port))
    if facts.app_connection is not None and _heard(facts.app_connection, fresh_s):
        return _check(gateway, facts, Outcome.PASS)
    try:
        with tcp.connect(address, gateway.port, deadline.within(CONNECT_S)) as connection:
            facts = facts.learnt(connection.seen())
            connection.abort()
    except PeerFailed as failure:
        return _check(gateway, facts.learnt(failure.seen), Outcome.FAIL, failure.symptom)
    except CannotTell as trouble:
        return not_looked(facts, trouble, name=gateway.name, target=f"{gateway.host}:{gateway.port}")
    return _check(gateway, facts, Outcome.PASS)


def _heard(theirs: AppConnection, fresh_s: float) -> bool:
    return theirs.received_s_ago is not None and theirs.received_s_ago < fresh_s and not theirs.unanswered


def _check(gateway: Gateway, facts: GatewayFacts, outcome: Outcome, symptom: Symptom | None = None) -> Check[GatewayFacts]:
    return check_of(facts, outcome, symptom, name=gateway.name, target=f"{gateway.host}:{gateway.port}")
