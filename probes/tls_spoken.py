"""Whether a host to which a plain connection is configured speaks TLS: one handshake on a connection of its own, nothing sent over it.
And whether one that ends every handshake does so for the name that it begins with."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from probes.edge.failures import CannotTell, PeerFailed, not_looked
from probes.edge.net import tcp
from probes.edge.tls import chain, tls_client
from probes.ground.deadline import Deadline
from probes.model import Check, Outcome, Symptom, check_of
from probes.model.facts import TlsSpokenFacts
from probes.settings import Gateway

ENDED = (Symptom.RESET, Symptom.CLOSED)  # what somebody on the way does who has read the name
# what only somebody who speaks TLS says
_SPOKEN = (Symptom.CLIENT_CERT_MISSING, Symptom.TLS_INCOMPATIBLE, Symptom.CERT_WRONG_NAME)


def probe(gateway: Gateway, address: str, deadline: Deadline) -> list[Check[TlsSpokenFacts]]:
    """Passes where the handshake is complete, or the host wants a certificate; else nothing. Unknown where we could not look."""
    target = f"{gateway.host}:{gateway.port}"
    facts = TlsSpokenFacts(host=gateway.host, port=gateway.port)
    try:
        with tcp.connect(address, gateway.port, deadline) as connection:
            wrapped = tls_client.handshake(connection, gateway.host, tls_client.context(verify=False), deadline)
            facts = facts.with_(tls_version=wrapped.version() or "")
            with suppress(OSError):
                wrapped.close()
    except PeerFailed as failure:
        if failure.symptom not in _SPOKEN:
            return []
    except CannotTell as trouble:
        return [not_looked(facts, trouble, name=gateway.name, target=target)]
    return [check_of(facts, Outcome.PASS, name=gateway.name, target=target)]


def without_name(gateway: Gateway, address: str, deadline: Deadline) -> list[Check[TlsSpokenFacts]]:
    """Passes where a handshake that names no host (RFC 6066 section 3) is complete and one that names this host fails as before; else
    nothing."""
    target = f"{gateway.host}:{gateway.port}"
    facts = TlsSpokenFacts(host=gateway.host, port=gateway.port, without_name=True)
    tls = tls_client.context(verify=False)
    try:
        with tcp.connect(address, gateway.port, deadline) as connection:
            wrapped = tls_client.handshake(connection, "", tls, deadline)
            names = [name for shown in chain.served(wrapped)[:1] for name in (*shown.names, shown.subject)]
            facts = facts.with_(tls_version=wrapped.version() or "", for_host=_covers(names, gateway.host))
            with suppress(OSError):
                wrapped.close()
    except PeerFailed as failure:
        if failure.symptom is not Symptom.CLIENT_CERT_MISSING:
            return []
    except CannotTell as trouble:
        return [not_looked(facts, trouble, name=gateway.name, target=target)]
    try:
        with tcp.connect(address, gateway.port, deadline) as connection, suppress(OSError):
            tls_client.handshake(connection, gateway.host, tls, deadline).close()
    except PeerFailed as failure:
        if failure.symptom in ENDED:
            return [check_of(facts, Outcome.PASS, name=gateway.name, target=target)]
    except CannotTell as trouble:
        return [not_looked(facts, trouble, name=gateway.name, target=target)]
    return []  # it ends some, whoever they name


def _covers(names: Sequence[str], host: str) -> bool:
    """A star stands for the first part of a name (RFC 9525 section 6.3)."""
    wanted = host.lower().removesuffix(".")
    below = f"*.{wanted.partition('.')[2]}"
    return any(name.lower() in (wanted, below) for name in names)
