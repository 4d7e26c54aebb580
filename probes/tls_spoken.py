"""Whether a host to which a plain connection is configured speaks TLS: one handshake on a connection of its own, nothing sent over it."""

from __future__ import annotations

from contextlib import suppress

from probes.edge.failures import CannotTell, PeerFailed, not_looked
from probes.edge.net import tcp
from probes.edge.tls import tls_client
from probes.ground.deadline import Deadline
from probes.model import Check, Outcome, Symptom, check_of
from probes.model.facts import TlsSpokenFacts
from probes.settings import Gateway

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
