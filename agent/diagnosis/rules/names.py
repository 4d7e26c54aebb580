"""Name resolution: silent resolvers, resolvers that answer uselessly, none at all."""

from __future__ import annotations

from collections.abc import Iterator

from agent.diagnosis.candidate import Candidate, either
from agent.diagnosis.causes import Cause
from agent.diagnosis.evidence import contacted, ours
from agent.diagnosis.snapshot import Snapshot
from probes.model import Check, Facts, Layer, Outcome, Symptom
from probes.model.facts import AddressFacts

_ANSWERED = frozenset({Symptom.SERVFAIL, Symptom.DNS_REFUSED, Symptom.NXDOMAIN, Symptom.NO_USABLE_ANSWER, Symptom.BAD_ANSWER})


def names_rules(snapshot: Snapshot) -> Iterator[Candidate]:
    resolvers = [c for c in snapshot.of(Layer.DNS) if c.made and not ours(c)]
    failed = [check for check in resolvers if check.failed]
    alive = [check for check in resolvers if check.ok]
    for check in failed:
        if check.symptom is Symptom.NO_RESOLVER:
            yield Candidate(code=Cause.NETWORK_MISCONFIGURED, subject=check.target, evidence=(check.id,), strength=0.9)
            return
    if alive:
        for check in failed:
            denied = snapshot.behind(check)
            # one that is silent takes time, and the next one answers: where a gateway was reached all the same, that did no harm
            harmless = not denied or (check.symptom not in _ANSWERED and bool(snapshot.accepted))
            yield Candidate(code=_cause(check), subject=check.target, evidence=(check.id,), strength=0.85, explains=denied, notice=harmless)
        yield from _contradicted(snapshot, alive)
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
    return Cause.DNS_FAILING if check.symptom in _ANSWERED else Cause.DNS_UNREACHABLE


def _all_failed(snapshot: Snapshot, failed: list[Check[Facts]]) -> Candidate:
    answering = [check for check in failed if check.symptom in _ANSWERED]
    chosen = answering[0] if answering else failed[0]
    evidence = tuple(check.id for check in (answering or failed))
    beyond = [c for c in snapshot.beyond if c.layer is not Layer.DNS or c in answering]
    all_of_them = {check.id for check in failed}
    hindered = tuple(c.id for c in snapshot.checks if c.because in all_of_them)
    if not beyond and not snapshot.portal:
        return either(chosen.target, evidence, _cause(chosen), Cause.INTERNET_DOWN, silence=not answering)
    return Candidate(
        code=_cause(chosen),
        subject=chosen.target,
        evidence=evidence,
        strength=0.85,
        agreeing=tuple(dict.fromkeys(c.id for c in beyond))[:2],
        explains=hindered,
        silence=not answering,
        notice=_needs_no_names(snapshot),
    )


def _needs_no_names(snapshot: Snapshot) -> bool:
    """Every gateway was reached without a name, and nothing of the Internet answers: a closed network, and nobody said so."""
    internet = [c for c in snapshot.internet_tried if contacted(c)]
    return bool(snapshot.accepted) and not internet and not any(c.outcome is Outcome.SKIP for c in snapshot.gateways)


def _contradicted(snapshot: Snapshot, alive: list[Check[Facts]]) -> Iterator[Candidate]:
    """One resolver denies the names that another one knows: an application that asks it first fails."""
    for check in alive:
        if check.outcome is Outcome.WARN and check.symptom in _ANSWERED:
            yield Candidate(code=Cause.DNS_FAILING, subject=check.target, evidence=(check.id,), strength=0.7, notice=not snapshot.accepted)
