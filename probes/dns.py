"""Each configured resolver, asked by itself."""

from __future__ import annotations

from probes.edge.dns import lookup, resolver, wire
from probes.edge.failures import CannotTell, PeerFailed, not_looked
from probes.edge.kernel.route import way_to
from probes.ground.deadline import Deadline
from probes.model import Check, Outcome, Symptom, check_of, rights
from probes.model.facts import NoResolverFacts, ResolverFacts

_PATIENCE_S = 3.2  # three datagrams, a second apart
_MOST_PRIVATE = 4


def probe(
    server: str,
    public: tuple[str, ...],
    private: tuple[str, ...],
    deadline: Deadline,
    *,
    ipv6_only: bool = False,
    by_tcp: bool = False,
    interface: str = "",
) -> Check[ResolverFacts]:
    """Asks for `public` names until one has a usable address, and for `private` ones (the gateways') where none has.

    A resolver that denies every name, or gives only its own address or the machine's, is as useless as a silent one. One that denies the
    public names and knows a private one is warned of: what is filtered is not what payment needs. Over one `interface` where that is named.
    """
    way = None if interface else way_to(server)
    facts = ResolverFacts(beyond_router=bool(way.via), interface=way.interface) if way else ResolverFacts(interface=interface or None)

    def check(outcome: Outcome, symptom: Symptom | None = None, because: str | None = None) -> Check[ResolverFacts]:
        return check_of(facts, outcome, symptom, because, name=server)

    kind = wire.AAAA if ipv6_only else wire.A
    worst: Symptom | None = None
    budget = deadline.within(_PATIENCE_S)
    for name in (*public, *private[:_MOST_PRIVATE]):
        try:
            reply = resolver.ask(server, name, kind, budget, interface, by_tcp=by_tcp)
        except ValueError:
            facts = _named(facts, name, "not a name")
            continue
        except PeerFailed as failure:
            facts = _named(facts, name, failure.symptom.value)
            if worst is not None and name in private:
                continue  # it has answered before; of which names is told by what it said of them
            return check(Outcome.FAIL, worst or failure.symptom)
        except CannotTell as trouble:
            return not_looked(facts, trouble, name=server)
        facts = _answered(facts, name, reply)
        if any(lookup.usable(address) and not (public and address == server) for address in reply.answer.addresses):
            denied = worst is not None and name in private and name not in public
            return check(Outcome.WARN, worst) if denied else check(Outcome.PASS)
        symptom = lookup.symptom_of_rcode(reply.answer.rcode)
        if not public and symptom in (Symptom.NXDOMAIN, Symptom.NO_USABLE_ANSWER):
            return check(Outcome.PASS)  # it answered; that the gateway's name is wrong is the gateway's matter
        worst = worst or symptom
    if worst is Symptom.SERVFAIL:
        facts = facts.with_(
            found_unchecked=_finds_unchecked(server, (public or private)[0], kind, deadline.within(_PATIENCE_S / 2), by_tcp, interface)
        )
    return check(Outcome.FAIL, worst) if worst else check(Outcome.SKIP, because="no name to ask for")


def _finds_unchecked(server: str, name: str, kind: int, deadline: Deadline, by_tcp: bool, interface: str) -> bool | None:
    """Whether it finds a name once it is told to leave out the check of signatures. None where that cannot be told."""
    try:
        reply = resolver.ask(server, name, kind, deadline, interface, unchecked=True, by_tcp=by_tcp)
    except (PeerFailed, CannotTell, ValueError):
        return None
    return any(lookup.usable(address) for address in reply.answer.addresses)


def _named(facts: ResolverFacts, name: str, said: str) -> ResolverFacts:
    return facts.with_(names=facts.names | {name: said})


def _answered(facts: ResolverFacts, name: str, reply: resolver.DnsReply) -> ResolverFacts:
    """The round trip is that of the first answer."""
    rtt_ms = reply.rtt_ms if facts.rtt_ms is None else facts.rtt_ms
    return _named(facts, name, reply.answer.rcode).with_(rtt_ms=rtt_ms, tries=max(facts.tries or 1, reply.tries))


def not_configured(found: resolver.ResolverConfig, *, needed: bool) -> Check[NoResolverFacts]:
    """What to say where the system has no resolver at all, or its configuration cannot be read."""
    facts, source = NoResolverFacts(), found.source
    if found.not_looked is not None:
        return not_looked(facts, found.not_looked, target=source)
    if not found.readable:
        return check_of(facts, Outcome.UNKNOWN, Symptom.DENIED, rights.FILE.missing(source), target=source)
    if needed:
        return check_of(facts, Outcome.FAIL, Symptom.NO_RESOLVER, target=source)
    return check_of(facts, Outcome.SKIP, because="no name is needed", target=source)
