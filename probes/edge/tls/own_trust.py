"""A certificate that was not accepted: is it the host's, or are the authorities outdated that this terminal itself keeps?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from ssl import SSLContext

from probes.edge.failures import CannotTell, PeerFailed
from probes.edge.net.tcp import Connection
from probes.edge.tls import chain, tls_client, trust
from probes.ground.deadline import Deadline
from probes.model import Symptom
from probes.model.facts import Certificate, GatewayFacts
from probes.settings import Gateway

_NO_ISSUER = (2, 19, 20, 21)  # X509_verify_cert_error: an authority that is not known here, or none of the chain is

Again = Callable[[Deadline], Connection]


def judged(gateway: Gateway, trusted: SSLContext, symptom: Symptom, seen: GatewayFacts, again: Again, deadline: Deadline) -> PeerFailed:
    """Ready to raise, with the certificates that were served. `trusted`: by which one was not accepted. `again` connects once more.

    trust_expired: what has ended is an authority of our own, and not of what is served. trust_missing: what is served leads to an
    authority that is not among those given for this gateway, and this machine has it elsewhere. Nothing is sent.
    """
    now = deadline.clock.wall()
    try:
        served = _served(gateway, again, deadline)
    except CannotTell as trouble:
        return PeerFailed(symptom, seen.with_(note=f"the certificates could not be looked at: {trouble.text}"))
    except (PeerFailed, OSError):
        return PeerFailed(symptom, seen)
    shown = seen.learnt(chain.described(served, now))
    outside = [each for each in served if not chain.valid(each, now)]
    expired = symptom is Symptom.CERT_EXPIRED
    if not served or not (expired or seen.verify_code in _NO_ISSUER) or served[0] in outside:
        return PeerFailed(symptom, shown)
    ended, all_of_them = trust.ended(trusted, now)
    if (expired and not outside) or (all_of_them and not outside):
        return PeerFailed(Symptom.TRUST_EXPIRED, _our_own(gateway, shown, ended, served))
    if _trusted_by_others(gateway, again, deadline):
        return PeerFailed(Symptom.TRUST_EXPIRED if expired else Symptom.TRUST_MISSING, _our_own(gateway, shown, ended, served))
    return PeerFailed(symptom, shown)


def _our_own(gateway: Gateway, shown: GatewayFacts, ended: Sequence[Certificate], served: Sequence[Certificate]) -> GatewayFacts:
    """`certificate` is the one of our own that has ended: the one that what is served leads to, where that can be told."""
    wanted = {each.issuer for each in served}
    telling = next((each for each in ended if each.subject in wanted), next(iter(ended), None))
    return shown.with_(trust_file=gateway.ca_file or "the system's", **({} if telling is None else {"certificate": telling}))


def _served(gateway: Gateway, again: Again, deadline: Deadline) -> list[Certificate]:
    """Over a connection of its own, as the failed one does not keep them. Raises `PeerFailed`, `CannotTell` and OSError."""
    with again(deadline) as connection:
        unverified = tls_client.handshake(connection, gateway.host, tls_client.context(verify=False), deadline)
        found = chain.served(unverified)
        unverified.close()
    return found


def _trusted_by_others(gateway: Gateway, again: Again, deadline: Deadline) -> bool:
    """Whether the authorities that this machine has besides vouch for the host, by its name."""
    try:
        others = tls_client.of_others(gateway.ca_file, gateway.client_cert_file, gateway.client_key_file)
        if others is None or deadline.passed():
            return False
        with again(deadline) as connection:
            tls_client.handshake(connection, gateway.host, others, deadline).close()
    except (PeerFailed, CannotTell, OSError):
        return False
    return True
