"""Each configured resolver, asked by itself."""

from __future__ import annotations

from typing import Any

from probes.edge.dns import lookup, resolver, wire
from probes.edge.failures import PeerFailed
from probes.edge.kernel.route import route_facts
from probes.ground.deadline import Deadline
from probes.model import Check, Layer, Outcome, Symptom

_PATIENCE_S = 3.2  # three datagrams, a second apart


def probe(server: str, public: tuple[str, ...], private: tuple[str, ...], deadline: Deadline, *, ipv6_only: bool = False) -> Check:
    """Asks for `public` names until one has a usable address, and for `private` ones (the gateways') where there is none.

    A resolver that denies every public name, or gives only its own address or the machine's, is as useless as a silent one.
    """
    path = route_facts(server)
    facts: dict[str, Any] = {"names": {}, "beyond_router": bool(path.get("via")), "interface": path.get("interface", "")}
    check_id = f"dns:{server}"

    def check(outcome: Outcome, symptom: Symptom | None = None, because: str | None = None) -> Check:
        return Check(id=check_id, layer=Layer.DNS, target=server, outcome=outcome, symptom=symptom, because=because, facts=facts)

    if not public and not private:
        return check(Outcome.SKIP, because="no name to ask for")
    kind = wire.AAAA if ipv6_only else wire.A
    worst: Symptom | None = None
    budget = deadline.within(_PATIENCE_S)
    for name in public or private:
        try:
            reply = resolver.ask(server, name, kind, budget)
        except ValueError:
            facts["names"][name] = "not a name"
            continue
        except PeerFailed as failure:
            facts["names"][name] = failure.symptom.value
            return check(Outcome.FAIL, worst or failure.symptom)
        facts["names"][name] = reply.answer.rcode
        facts.setdefault("rtt_ms", reply.rtt_ms)
        facts["tries"] = max(facts.get("tries", 1), reply.tries)
        if any(lookup.usable(address) and not (public and address == server) for address in reply.answer.addresses):
            return check(Outcome.PASS)
        symptom = lookup.symptom_of_rcode(reply.answer.rcode)
        if not public and symptom in (Symptom.NXDOMAIN, Symptom.NO_USABLE_ANSWER):
            return check(Outcome.PASS)  # it answered; that the gateway's name is wrong is the gateway's matter
        worst = worst or symptom
    return check(Outcome.FAIL, worst) if worst else check(Outcome.SKIP, because="no name to ask for")


def not_configured(needed: bool, source: str, readable: bool) -> Check:
    """What to say where the system has no resolver at all."""
    outcome = Outcome.UNKNOWN if not readable else Outcome.FAIL if needed else Outcome.SKIP
    return Check(
        id="dns:config",
        layer=Layer.DNS,
        target=source,
        outcome=outcome,
        symptom=Symptom.NO_RESOLVER if readable and needed else Symptom.DENIED if not readable else None,
        because=f"{source} cannot be read" if not readable else None if needed else "no name is needed",
        facts={"names": {}},
    )
