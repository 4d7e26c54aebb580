"""A name that this terminal's own resolver does not find, asked of name servers elsewhere: is it the resolver, or the name?"""

from __future__ import annotations

from collections.abc import Sequence

from probes.edge.dns import lookup, resolver
from probes.edge.dns.lookup import Lookup
from probes.edge.dns.wire import AAAA, A
from probes.edge.failures import NOT_SENT, CannotTell, PeerFailed, not_looked
from probes.ground.deadline import Deadline
from probes.model import Check, Outcome, Symptom, check_of
from probes.model.facts import NamesElsewhereFacts

_TRY_S = 1.2
_NO_NAME = "posdiag.invalid"


def probe(gateway: str, name: str, others: Lookup, deadline: Deadline, *, silent: str = "") -> list[Check[NamesElsewhereFacts]]:
    """Passes where another name server gives an address. Nothing where none of them says anything: then no more is known.

    `silent`: the own name server, where it did not answer; if it does now, the question was only lost, and nothing is told either.
    """
    kind, by_tcp = A if others.ipv4 else AAAA, others.by_tcp
    facts = NamesElsewhereFacts(host=name)

    def check(server: str, outcome: Outcome, symptom: Symptom | None = None) -> Check[NamesElsewhereFacts]:
        return check_of(facts, outcome, symptom, name=gateway, target=server)

    told: list[Symptom] = []
    ours: list[Check[NamesElsewhereFacts]] = []
    try:
        if silent and _answers(silent, name, kind, deadline.within(_TRY_S), by_tcp):
            return []
    except CannotTell as trouble:
        return [not_looked(facts, trouble, name=gateway, target=silent)]
    for server in others.servers:
        try:
            reply = resolver.ask(server, name, kind, deadline.within(_TRY_S), by_tcp=by_tcp)
        except ValueError:
            continue
        except PeerFailed as failure:
            ours += [check(server, Outcome.FAIL, failure.symptom)] if failure.symptom in NOT_SENT else []
            continue
        except CannotTell as trouble:
            ours.append(not_looked(facts, trouble, name=gateway, target=server))
            continue
        facts = facts.with_(servers=facts.servers | {server: reply.answer.rcode})
        if any(lookup.usable(address) for address in reply.answer.addresses):
            if _finds_what_is_not(server, kind, deadline.within(_TRY_S), by_tcp):
                continue
            return [check(server, Outcome.PASS)]
        said = lookup.symptom_of_rcode(reply.answer.rcode)
        if said is not Symptom.DNS_REFUSED:  # a server that looks names up for no stranger says nothing about the name
            told.append(said)
            if said is Symptom.NO_USABLE_ANSWER and kind == AAAA and _has_ipv4(server, name, deadline.within(_TRY_S), by_tcp):
                facts = facts.with_(ipv4_alone=True)
    if told:
        return [check(next(iter(facts.servers)), Outcome.FAIL, told[0])]
    return ours[:1]


def _has_ipv4(server: str, name: str, deadline: Deadline, by_tcp: bool) -> bool:
    """It has an address, and of the family of which this terminal has none."""
    try:
        return any(map(lookup.usable, resolver.ask(server, name, A, deadline, by_tcp=by_tcp).answer.addresses))
    except (PeerFailed, CannotTell, ValueError):
        return False


def _finds_what_is_not(server: str, kind: int, deadline: Deadline, by_tcp: bool) -> bool:
    """Some servers, and routers that answer in their place, give an address of their own for every name that does not exist. One that is
    sure not to (RFC 6761 section 6.4) shows it."""
    try:
        reply = resolver.ask(server, _NO_NAME, kind, deadline, by_tcp=by_tcp)
    except (PeerFailed, CannotTell, ValueError):
        return False
    return any(map(lookup.usable, reply.answer.addresses))


def nobody_answers(gateway: str, name: str, servers: Sequence[str], deadline: Deadline) -> list[Check[NamesElsewhereFacts]]:
    """Hosts that accept on the port of name servers, asked over such a connection. Nothing where one of them says anything at all, or
    where it could not be asked; else a router may have accepted in their names."""
    said: dict[str, str] = {}
    for server in servers:
        try:
            resolver.ask(server, name, A, deadline.within(_TRY_S), by_tcp=True)
        except PeerFailed as failure:
            if failure.symptom in (*NOT_SENT, Symptom.BAD_ANSWER):
                return []
            said[server] = failure.symptom.value
        except (CannotTell, ValueError):
            return []
        else:
            return []
    facts = NamesElsewhereFacts(host=name, servers=said)
    return [check_of(facts, Outcome.FAIL, Symptom.TIMEOUT, name=gateway, target=next(iter(said)))] if said else []


def _answers(server: str, name: str, kind: int, deadline: Deadline, by_tcp: bool) -> bool:
    """Raises `CannotTell`."""
    try:
        resolver.ask(server, name, kind, deadline, by_tcp=by_tcp)
    except (PeerFailed, ValueError):
        return False
    return True
