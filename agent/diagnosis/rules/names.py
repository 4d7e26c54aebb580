"""Name resolution: silent resolvers, resolvers that answer uselessly, none at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.diagnosis.candidate import NAME_SERVERS, Candidate, either
from agent.diagnosis.causes import Cause
from agent.diagnosis.evidence import ANSWERED, contacted, ours, silent
from agent.diagnosis.rules.by_clock import refused_by_clock
from agent.diagnosis.rules.gateway_name import lossy, lost_by_itself
from agent.diagnosis.rules.tunnel import may_be_well
from agent.diagnosis.snapshot import Snapshot
from agent.diagnosis.views import interface_of, knows
from agent.diagnosis.ways_out import dead_family
from probes.model import Check, Facts, Layer, Outcome, Symptom
from probes.model.facts import AddressFacts, NameCostFacts, NamesElsewhereFacts, ReachFacts, ResolverFacts, TunnelFacts

_NOTICED_MS = 1000.0
_PORT = 53


def names_rules(snapshot: Snapshot) -> Iterator[Candidate]:
    yield from _slow(snapshot)
    yield from _lost(snapshot)


def _slow(snapshot: Snapshot) -> Iterator[Candidate]:
    """Names are found, and programs wait for one server, or for one of two answers. Where packets get lost, that is why."""
    for check in snapshot.of_kind(NameCostFacts):
        if check.outcome is Outcome.WARN and check.symptom is Symptom.NAMES_SLOW:
            server = check.facts.waits_for or check.target
            named = snapshot.named(ResolverFacts, server)
            if not check.facts.unanswered and named is not None and named.outcome is Outcome.PASS and not _slow_itself(named):
                continue  # it was silent to this question alone, and answers
            evidence = (check.id,) if named is None else (check.id, named.id)
            yield Candidate(code=Cause.DNS_SLOW, subject=server, evidence=evidence, strength=0.85, silence=True)


def _slow_itself(check: Check[ResolverFacts]) -> bool:
    return (check.facts.rtt_ms or 0.0) > _NOTICED_MS


def _lost(snapshot: Snapshot) -> Iterator[Candidate]:
    resolvers = [c for c in snapshot.checks if c.kind in NAME_SERVERS and c.made and not ours(c)]
    by_clock = [c for c in snapshot.resolvers if refused_by_clock(c, snapshot)]
    failed = [check for check in resolvers if check.failed and check not in by_clock]
    alive = [check for check in resolvers if check.ok]
    for check in failed:
        if check.symptom is Symptom.NO_RESOLVER:
            yield Candidate(code=Cause.NETWORK_MISCONFIGURED, subject=check.target, evidence=(check.id,), strength=0.9)
            return
    if alive:
        for check in failed:
            denied = snapshot.behind(check)
            # one that is silent takes time, and the next one answers: where a gateway was reached all the same, that did no harm
            harmless = not denied or (check.symptom not in ANSWERED and bool(snapshot.accepted))
            yield Candidate(code=_cause(check), subject=check.target, evidence=(check.id,), strength=0.85, explains=denied, notice=harmless)
        yield from _filtered(alive, snapshot)
        return
    if failed and all(check.symptom is Symptom.NO_ROUTE for check in failed):
        ids = tuple(check.id for check in failed)
        without = [c for c in snapshot.addresses if c.facts.addresses and not _has_ipv4(c)]
        if without and all(":" not in check.target for check in failed) and not any(map(_has_ipv4, snapshot.addresses)):
            # a network of both families whose IPv4 lease did not come: what IPv6 gave itself hides that
            yield Candidate(code=Cause.DHCP_FAILED, subject=without[0].target, evidence=(without[0].id, *ids), strength=0.7)
            return
        yield Candidate(code=Cause.NETWORK_MISCONFIGURED, subject=failed[0].target, evidence=ids, strength=0.85)
    elif failed:
        yield _all_failed(snapshot, failed)


def _has_ipv4(check: Check[AddressFacts]) -> bool:
    """Any but the address that an interface gives itself where no lease came."""
    return any(":" not in each and not each.startswith("169.254.") for each in check.facts.addresses)


def _cause(check: Check[Facts]) -> Cause:
    return Cause.DNS_FAILING if check.symptom in ANSWERED else Cause.DNS_UNREACHABLE


def _all_failed(snapshot: Snapshot, failed: list[Check[Facts]]) -> Candidate:
    answering = [check for check in failed if check.symptom in ANSWERED]
    chosen = answering[0] if answering else failed[0]
    evidence = tuple(check.id for check in (answering or failed))
    beyond = [c for c in snapshot.beyond if c.layer is not Layer.DNS or c in answering]
    all_of_them = {check.id for check in failed}
    hindered = tuple(c.id for c in snapshot.checks if c.because in all_of_them)
    if not beyond and not snapshot.portal:
        return either(chosen.target, evidence, _cause(chosen), Cause.INTERNET_DOWN, silence=not answering)
    half = [c.id for ipv6 in (False, True) for c in dead_family(snapshot, ipv6=ipv6) if _asks_there(failed, ipv6=ipv6)]
    if half:
        return either(chosen.target, (*evidence, *half), _cause(chosen), Cause.INTERNET_DOWN, silence=not answering)
    nobody = [c.id for c in snapshot.of_kind(NamesElsewhereFacts) if silent(c)]
    if nobody and all(knows(c, ReachFacts) and c.facts.port == _PORT for c in beyond):
        # whoever accepts on that port for everybody says nothing: not beyond the router either, as far as anybody was heard
        return either(chosen.target, (*evidence, *nobody), _cause(chosen), Cause.INTERNET_DOWN, silence=not answering)
    tunnel = snapshot.named(TunnelFacts, interface_of(chosen))
    if len(failed) == 1 and not answering and tunnel is not None and may_be_well(tunnel):
        return either(chosen.target, (*evidence, tunnel.id), _cause(chosen), Cause.TUNNEL_DOWN, silence=True)
    return Candidate(
        code=_cause(chosen),
        subject=chosen.target,
        evidence=evidence,
        strength=0.85,
        agreeing=tuple(dict.fromkeys(c.id for c in beyond))[:2],
        explains=hindered,
        silence=not answering or lost_by_itself(chosen, snapshot),
        notice=_needs_no_names(snapshot),
    )


def _asks_there(failed: Sequence[Check[Facts]], *, ipv6: bool) -> bool:
    """Name servers beyond the router of a family that is dead; one on the site asks others in turn, by IPv4 as a rule."""
    asked = [c for c in failed if knows(c, ResolverFacts)]
    return bool(asked) and all((":" in c.target) is ipv6 if c.facts.beyond_router else not ipv6 for c in asked)


def _needs_no_names(snapshot: Snapshot) -> bool:
    """Every gateway was reached without a name, and nothing of the Internet answers: a closed network, and nobody said so."""
    internet = [c for c in snapshot.internet_tried if contacted(c)]
    return bool(snapshot.accepted) and not internet and not any(c.outcome is Outcome.SKIP for c in snapshot.gateways)


def _filtered(alive: list[Check[Facts]], snapshot: Snapshot) -> Iterator[Candidate]:
    """It does not find the names of checks, and found what payment needs: a filter, and a notice at most."""
    for check in alive:
        if check.outcome is Outcome.WARN and check.symptom in ANSWERED:
            yield Candidate(
                code=Cause.DNS_FAILING, subject=check.target, evidence=(check.id,), strength=0.8, notice=True, silence=lossy(snapshot)
            )
