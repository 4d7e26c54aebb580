"""A backup uplink tried for real, every packet bound to its interface: would switching to it restore payments now?"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress
from queue import Empty, Queue
from typing import Any

from msgspec.structs import replace

from probes.edge.dns import lookup as names
from probes.edge.dns.lookup import Lookup
from probes.edge.failures import PeerFailed
from probes.edge.net import tcp
from probes.edge.tls import tls_client
from probes.ground.deadline import Deadline
from probes.model import Check, Layer, Outcome, Symptom
from probes.settings import Gateway

_SHARE_S = 2.2


Endpoints = Sequence[tuple[str, int]]


def probe(
    interface: str, gateways: Sequence[Gateway], addresses: Endpoints, known: dict[str, str], lookup: Lookup, deadline: Deadline
) -> Check:
    """Passes with the fact `gateway` where a gateway accepts over this uplink; without gateways, where the Internet answers.

    `known`: addresses of gateway names found before the path failed; else names are asked for over this uplink too.
    """
    facts: dict[str, Any] = {"interface": interface, "expected": True}
    last: PeerFailed | None = None
    bound = replace(lookup, interface=interface, servers=(*lookup.servers, *(a for a, port in addresses if port == 53)))
    for gateway in gateways:
        try:
            _reach(interface, gateway, known, bound, deadline.within(_SHARE_S), facts)
        except PeerFailed as failure:
            last = failure
            continue
        return _check(interface, Outcome.PASS, None, facts | {"gateway": gateway.name})
    for address, port in addresses:
        facts |= {"address": address, "port": port}
        try:
            tcp.connect(address, port, deadline.within(_SHARE_S), interface).sock.close()
        except PeerFailed as failure:
            if failure.symptom is not Symptom.REFUSED:
                last = last or failure
                continue
        if gateways:  # the Internet answers, the acquirer does not: switching would not restore payments
            symptom = last.symptom if last else Symptom.TIMEOUT
            return _check(interface, Outcome.FAIL, symptom, facts | {"internet": True})
        return _check(interface, Outcome.PASS, None, facts)
    return _check(interface, Outcome.FAIL, last.symptom if last else Symptom.NO_ROUTE, facts | (last.facts if last else {}))


def _reach(interface: str, gateway: Gateway, known: dict[str, str], lookup: Lookup, deadline: Deadline, facts: dict[str, Any]) -> None:
    """TCP, and TLS where the gateway speaks it. Nothing is sent above that."""
    addresses = (known[gateway.name],) if gateway.name in known else _find(gateway.host, lookup, deadline)
    facts |= {"address": addresses[0], "port": gateway.port}
    with tcp.connect(addresses[0], gateway.port, deadline, interface) as connection:
        facts |= connection.kernel()
        if gateway.uses_tls:
            try:
                trusted = tls_client.context(gateway.ca_file, gateway.client_cert_file, gateway.client_key_file)
            except OSError as error:
                raise PeerFailed(Symptom.TLS_FAILED) from error
            with suppress(OSError):
                tls_client.handshake(connection, gateway.host, trusted, deadline).close()


def _find(host: str, lookup: Lookup, deadline: Deadline) -> tuple[str, ...]:
    """All resolvers are asked at once: those of the path that failed do not answer here as a rule, and would use up the time."""
    if len(lookup.servers) < 2:
        return names.find(host, lookup, deadline).addresses
    answers: Queue[tuple[str, ...] | PeerFailed] = Queue()

    def ask(server: str) -> None:
        try:
            answers.put(names.find(host, replace(lookup, servers=(server,)), deadline).addresses)
        except PeerFailed as failure:
            answers.put(failure)

    for server in lookup.servers:
        threading.Thread(target=ask, args=(server,), daemon=True).start()
    last = PeerFailed(Symptom.TIMEOUT)
    with suppress(Empty):
        for _ in lookup.servers:
            answer = answers.get(timeout=max(0.05, deadline.remaining()))
            if not isinstance(answer, PeerFailed):
                return answer
            last = answer
    raise last


def _check(interface: str, outcome: Outcome, symptom: Symptom | None, facts: dict[str, Any]) -> Check:
    return Check(id=f"internet:via:{interface}", layer=Layer.INTERNET, target=interface, outcome=outcome, symptom=symptom, facts=facts)
