"""A name that this terminal's own resolver does not find, asked of name servers elsewhere: is it the resolver, or the name?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from probes.edge.dns import lookup, resolver
from probes.edge.dns.wire import AAAA, A
from probes.edge.failures import PeerFailed
from probes.ground.deadline import Deadline
from probes.model import Check, Layer, Outcome, Symptom

_TRY_S = 1.2


def probe(gateway: str, name: str, servers: Sequence[str], deadline: Deadline, *, silent: str = "", ipv6_only: bool = False) -> list[Check]:
    """Passes where another name server gives an address. Nothing where none of them says anything: then no more is known.

    `silent`: the own name server, where it did not answer; if it does now, the question was only lost, and nothing is told either.
    """
    facts: dict[str, Any] = {"host": name, "servers": {}}
    said: list[Symptom] = []
    if silent and _answers(silent, name, AAAA if ipv6_only else A, deadline.within(_TRY_S)):
        return []
    for server in servers:
        try:
            reply = resolver.ask(server, name, AAAA if ipv6_only else A, deadline.within(_TRY_S))
        except (PeerFailed, ValueError):
            continue
        facts["servers"][server] = reply.answer.rcode
        if any(lookup.usable(address) for address in reply.answer.addresses):
            return [_check(gateway, server, Outcome.PASS, None, facts)]
        said.append(lookup.symptom_of_rcode(reply.answer.rcode))
    # a server that refuses to look names up for strangers says nothing about the name
    told = [symptom for symptom in said if symptom is not Symptom.DNS_REFUSED]
    return [_check(gateway, next(iter(facts["servers"])), Outcome.FAIL, told[0], facts)] if told else []


def _answers(server: str, name: str, kind: int, deadline: Deadline) -> bool:
    try:
        resolver.ask(server, name, kind, deadline)
    except (PeerFailed, ValueError):
        return False
    return True


def _check(gateway: str, server: str, outcome: Outcome, symptom: Symptom | None, facts: dict[str, Any]) -> Check:
    return Check(
        id=f"internet:names:{gateway}", layer=Layer.INTERNET, target=server, outcome=outcome, symptom=symptom, because=None, facts=facts
    )
