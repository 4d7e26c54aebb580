"""A gateway that failed at the address that this terminal has for its name, tried at the one that others give: whose address is wrong?"""

from __future__ import annotations

from collections.abc import Sequence

from probes.edge.dns import lookup as names
from probes.edge.dns import resolver
from probes.edge.dns.lookup import Lookup
from probes.edge.dns.wire import AAAA, A
from probes.edge.failures import CannotTell, PeerFailed, not_looked
from probes.edge.net.dial import CONNECT_S, connect_any
from probes.edge.tls import tls_client
from probes.ground.deadline import Deadline
from probes.model import Check, Outcome, check_of
from probes.model.facts import OtherAddressFacts, Phase
from probes.settings import Gateway

_NAME_S, _TLS_S = 1.2, 2.0
_MOST = 2  # further addresses that are tried


def probe(gateway: Gateway, own: Lookup, elsewhere: Sequence[str], deadline: Deadline) -> list[Check[OtherAddressFacts]]:
    """Nothing where nobody gives another address. Where the own one is a fixed entry, the own name servers are asked, else those
    `elsewhere`. A connection, and a handshake where TLS is configured: nothing is sent over it."""
    fixed = resolver.fixed_addresses(gateway.host)
    try:
        tried = tuple(fixed) or names.find(gateway.host, own, deadline.within(_NAME_S)).addresses
        given, by = _given(gateway.host, own, () if fixed else elsewhere, deadline)
    except (PeerFailed, CannotTell, ValueError):
        return []
    if not given or set(given) & set(tried):
        return []
    facts = OtherAddressFacts(host=gateway.host, port=gateway.port, resolver=by, instead_of=tried, fixed=bool(fixed), phase=Phase.TCP)
    target = f"{gateway.host}:{gateway.port}"
    try:
        connection, seen = connect_any(given[:_MOST], gateway.port, deadline.within(CONNECT_S))
        facts = facts.learnt(seen)
        with connection:
            if gateway.uses_tls:
                facts = facts.with_(phase=Phase.TLS)
                trusted = tls_client.context(gateway.ca_file, gateway.client_cert_file, gateway.client_key_file)
                wrapped = tls_client.handshake(connection, gateway.host, trusted, deadline.within(_TLS_S))
                facts = facts.with_(tls_version=wrapped.version() or "")
                wrapped.close()
    except PeerFailed as failure:
        return [check_of(facts.learnt(failure.seen), Outcome.FAIL, failure.symptom, name=gateway.name, target=target)]
    except CannotTell as trouble:
        return [not_looked(facts, trouble, name=gateway.name, target=target)]
    return [check_of(facts.with_(phase=Phase.DONE), Outcome.PASS, name=gateway.name, target=target)]


def _given(host: str, own: Lookup, elsewhere: Sequence[str], deadline: Deadline) -> tuple[tuple[str, ...], str]:
    """Addresses that somebody else gives for the name, and who. Raises as `names.find`."""
    if not elsewhere:
        found = names.by_servers(host, own, deadline.within(2 * _NAME_S))
        return found.addresses, found.resolver
    for server in elsewhere:
        try:
            reply = resolver.ask(server, host, A if own.ipv4 else AAAA, deadline.within(_NAME_S), by_tcp=own.by_tcp)
        except (PeerFailed, CannotTell):
            continue
        usable = tuple(address for address in reply.answer.addresses if names.usable(address))
        if usable:
            return usable, server
    return (), ""
