"""A backup uplink tried for real, every packet bound to its interface: would switching to it restore payments now?"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress
from queue import Empty, Queue

from msgspec.structs import replace

from probes.edge.dns import lookup as names
from probes.edge.dns.lookup import Found, Lookup
from probes.edge.failures import CannotTell, PeerFailed, not_looked, result_of, start
from probes.edge.net import tcp
from probes.edge.tls import tls_client
from probes.ground.deadline import Deadline
from probes.model import Check, Outcome, Symptom, check_of
from probes.model.facts import BackupFacts, RemoteFacts
from probes.settings import Gateway

_SHARE_S = 2.2


Endpoints = Sequence[tuple[str, int]]


def probe(
    interface: str, gateways: Sequence[Gateway], addresses: Endpoints, known: dict[str, str], lookup: Lookup, deadline: Deadline
) -> Check[BackupFacts]:
    """Passes with `gateway` where a gateway accepts over this uplink; without gateways, where the Internet answers.

    `known`: addresses of gateway names found before the path failed; else names are asked for over this uplink too.
    """
    facts = BackupFacts(interface=interface, expected=True)

    def check(outcome: Outcome, symptom: Symptom | None = None) -> Check[BackupFacts]:
        return check_of(facts, outcome, symptom, name=interface)

    last: PeerFailed | None = None
    untold: CannotTell | None = None
    bound = replace(lookup, interface=interface, servers=(*lookup.servers, *(a for a, port in addresses if port == 53)))
    for gateway in gateways:
        try:
            facts = facts.learnt(_reach(interface, gateway, known, bound, deadline.within(_SHARE_S)))
        except PeerFailed as failure:
            last = failure
        except CannotTell as trouble:
            untold = trouble
        else:
            facts = facts.with_(gateway=gateway.name)
            return check(Outcome.PASS)
    if untold is not None:
        return not_looked(facts, untold, name=interface)
    for address, port in addresses:
        facts = facts.with_(address=address, port=port)
        try:
            tcp.connect(address, port, deadline.within(_SHARE_S), interface).sock.close()
        except PeerFailed as failure:
            if failure.symptom is not Symptom.REFUSED:
                last = last or failure
                continue
        except CannotTell as trouble:
            untold = trouble
            continue
        if not gateways:
            return check(Outcome.PASS)
        facts = facts.with_(internet=True)  # the acquirer does not answer: switching would not restore payments
        return check(Outcome.FAIL, last.symptom if last else Symptom.TIMEOUT)
    if untold is not None:
        return not_looked(facts, untold, name=interface)
    facts = facts.learnt(last.seen if last else None)
    return check(Outcome.FAIL, last.symptom if last else Symptom.NO_ROUTE)


def _reach(interface: str, gateway: Gateway, known: dict[str, str], lookup: Lookup, deadline: Deadline) -> RemoteFacts:
    """TCP, and TLS where the gateway speaks it. Nothing is sent above that. Raises `PeerFailed` and `CannotTell`."""
    address = known.get(gateway.name) or _find(gateway.host, lookup, deadline).addresses[0]
    seen = RemoteFacts(address=address, port=gateway.port)
    try:
        with tcp.connect(address, gateway.port, deadline, interface) as connection:
            seen = seen.learnt(connection.seen())
            if gateway.uses_tls:
                trusted = tls_client.context(gateway.ca_file, gateway.client_cert_file, gateway.client_key_file)
                with suppress(OSError):
                    tls_client.handshake(connection, gateway.host, trusted, deadline).close()
    except PeerFailed as failure:
        raise PeerFailed(failure.symptom, seen.learnt(failure.seen)) from failure
    return seen


def _find(host: str, lookup: Lookup, deadline: Deadline) -> Found:
    """All resolvers are asked at once: those of the path that failed do not answer here as a rule, and would use up the time.

    Raises `PeerFailed`, and `CannotTell` where one of them could not be asked, and no other gave an address.
    """
    if len(lookup.servers) < 2:
        return names.find(host, lookup, deadline)
    answers: Queue[Found | PeerFailed | CannotTell] = Queue()

    def ask(server: str) -> None:
        answers.put(result_of(lambda: names.find(host, replace(lookup, servers=(server,)), deadline)))

    for server in lookup.servers:
        try:
            start(threading.Thread(target=ask, args=(server,), daemon=True))
        except CannotTell as trouble:
            answers.put(trouble)
    last = PeerFailed(Symptom.TIMEOUT)
    untold: CannotTell | None = None
    with suppress(Empty):
        for _ in lookup.servers:
            answer = answers.get(timeout=max(0.05, deadline.remaining()))
            if isinstance(answer, Found):
                return answer
            if isinstance(answer, CannotTell):
                untold = answer
            else:
                last = answer
    raise untold or last
