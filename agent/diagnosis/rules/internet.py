"""The Internet beyond the router: outage, portal, proxy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from agent.diagnosis.candidate import NAME_SERVERS, Candidate, either
from agent.diagnosis.causes import Cause
from agent.diagnosis.evidence import contacted, heard_outside, ours, silent
from agent.diagnosis.rules.tunnel import leaves_open
from agent.diagnosis.snapshot import Snapshot, silent_all
from probes.model import Check, Outcome, Symptom
from probes.model.facts import GatewayFacts, HttpCheckFacts, Phase, RemoteFacts

PROXY = frozenset({Symptom.PROXY_AUTH, Symptom.PROXY_FAILED, Symptom.PROXY_REFUSED, Symptom.PROXY_TIMEOUT})
_MUTE = frozenset({Symptom.SILENT, Symptom.CLOSED, Symptom.RESET, Symptom.BAD_ANSWER, Symptom.CUT_OFF})
_PAGE_CAP = 0.7
_HOSTS_OF_A_FILTER = 2
_MEDDLED = (200, 302, 403, 451, 511)  # what filters put in the place of an answer


def internet_rules(snapshot: Snapshot) -> Iterator[Candidate]:
    yield from _proxy(snapshot)
    yield from _portal(snapshot)
    yield from _outage(snapshot)


def _proxy(snapshot: Snapshot) -> Iterator[Candidate]:
    own = snapshot.proxy
    beyond = snapshot.beyond_proxy
    hosts: list[Check[RemoteFacts]] = [*snapshot.http_checks, *snapshot.gateways]
    refused = [c for c in hosts if c.failed and c.symptom in PROXY and c not in beyond]
    if own is not None and own.ok and not refused and all(c.failed and c.symptom in _MUTE for c in snapshot.http_checks):
        refused = [*snapshot.http_checks]
    refused = refused or snapshot.no_proxy_there
    if own is not None and ours(own):
        return
    if own is not None and own.failed:
        behind = snapshot.behind(own)
        if silent(own) and own.facts.via and not snapshot.beyond:
            yield either(own.target, (own.id,), Cause.PROXY_MISCONFIGURED, Cause.INTERNET_DOWN, silence=True)
        else:
            yield Candidate(
                code=Cause.PROXY_MISCONFIGURED, subject=own.target, evidence=(own.id,), strength=0.88, agreeing=behind[:2], explains=behind
            )
    elif refused:
        yield Candidate(
            code=Cause.PROXY_MISCONFIGURED,
            subject=own.target if own is not None else refused[0].target,
            evidence=tuple(c.id for c in refused),
            strength=0.88,
            agreeing=(own.id,) if own is not None else (),  # so that the steps name the proxy, not the host behind it
        )


def _portal(snapshot: Snapshot) -> Iterator[Candidate]:
    """Portals answer in the name of every host: one check that comes through clean disproves them, unless hosts that are no check's are
    led to one page all the same."""
    led = snapshot.put_in
    if len(led) > 1 and (len({c.facts.elsewhere for c in led}) == 1 or all(c.symptom is Symptom.REWRITTEN for c in led)):
        evidence = tuple(c.id for c in led)
        yield Candidate(code=Cause.CAPTIVE_PORTAL, subject=_uplink(led), evidence=evidence, strength=0.85)
        return
    if any(check.ok for check in snapshot.http_checks) or snapshot.no_proxy_there:
        return
    portal = snapshot.portal
    meddled = [c for c in snapshot.http_checks if _meddled(c)]
    if not portal and len(meddled) < 2:
        box = snapshot.one_for_all
        if box:
            doubt = either(_uplink(box), tuple(c.id for c in box), Cause.CAPTIVE_PORTAL, Cause.INTERNET_DOWN, silence=True)
            yield replace(doubt, explains=tuple(c.id for c in snapshot.gateways if silent(c)))
        return
    seen = portal or meddled
    filtered = _page_of_a_filter(portal, snapshot)
    if filtered:
        evidence = tuple(c.id for c in portal)
        yield Candidate(code=Cause.DNS_FAILING, subject=filtered, evidence=evidence, strength=0.75, notice=True)
        return
    yield Candidate(
        code=Cause.CAPTIVE_PORTAL,
        subject=seen[0].facts.interface or seen[0].target,
        evidence=tuple(c.id for c in seen),
        strength=0.85 if portal else 0.6,
        # a portal accepts in everybody's name: only an answer that somebody vouches for, or that only the host can give, outweighs it
        notice=any(check.facts.tls or check.facts.depth is Phase.APP for check in snapshot.accepted),
    )


def _page_of_a_filter(portal: Sequence[Check[HttpCheckFacts]], snapshot: Snapshot) -> str:
    """The name server that leads the names of different checks to one page, and a gateway's to somewhere else, which accepts. Else
    empty."""
    pages = {(c.facts.resolver, c.facts.address) for c in portal}
    if len({c.facts.host for c in portal}) < _HOSTS_OF_A_FILTER or len(pages) != 1:
        return ""
    resolver, address = pages.pop()
    elsewhere = any(c.facts.resolver == resolver and c.facts.address not in (None, address) for c in snapshot.accepted)
    return (resolver or "") if address and elsewhere else ""


def _meddled(check: Check[HttpCheckFacts]) -> bool:
    return check.failed and check.symptom is Symptom.WRONG_STATUS and check.facts.http_status in _MEDDLED


def _outage(snapshot: Snapshot) -> Iterator[Candidate]:
    """The router answers (or was not asked), and no address beyond it does."""
    closed = closed_network_down(snapshot)
    if closed:
        routers = tuple(c.id for c in snapshot.routers if c.ok)
        evidence = tuple(c.id for c in closed)
        yield Candidate(
            code=Cause.INTERNET_DOWN,
            subject=_uplink(closed),
            evidence=evidence,
            strength=0.65,
            agreeing=routers[:1],
            silence=True,
        )
    refused = snapshot.refused_by_all
    if refused:
        evidence = tuple(check.id for check in refused)
        yield Candidate(code=Cause.INTERNET_DOWN, subject=_uplink(refused), evidence=evidence, strength=0.6)
        return
    mute = snapshot.mute_to_all
    if mute:
        evidence = tuple(check.id for check in mute)
        yield Candidate(code=Cause.INTERNET_DOWN, subject=_uplink(mute), evidence=evidence, strength=0.6, silence=True)
        return
    if not snapshot.internet_expected or snapshot.portal:
        return
    tried = [check for check in snapshot.internet_tried if check.symptom not in PROXY]
    dead = [check for check in tried if silent(check)]
    if not dead or any(contacted(check) for check in tried):
        return
    if all(check.symptom is Symptom.NO_ROUTE or (check.facts.by_us and not check.facts.via) for check in dead):
        # no route, or one that forbids, or a default route that names no router: everything is looked for on the link itself
        evidence = tuple(check.id for check in dead)
        yield Candidate(code=Cause.NETWORK_MISCONFIGURED, subject="default", evidence=evidence, strength=0.8, same_of=NAME_SERVERS)
        return
    if leaves_open(snapshot, _uplink(dead)):
        return
    resolvers = [c for c in snapshot.resolvers if c.ok and c.facts.beyond_router]
    behind = tuple(c.id for c in snapshot.checks if c.because in {d.id for d in dead})
    answered = bool(snapshot.accepted) or any(heard_outside(check) for check in snapshot.gateways)
    undecided = [c for c in snapshot.routers if c.outcome is Outcome.UNKNOWN]
    if undecided and not answered and not resolvers and not any(c.ok for c in snapshot.routers):
        return  # the router's own rule says that these two cannot be told apart
    if resolvers and not answered:
        # names come from beyond and nothing else does: a portal, a filter, or a router that answers in the name servers' place
        evidence = (*(c.id for c in dead), *(c.id for c in resolvers))
        yield either(_uplink(dead), evidence, Cause.INTERNET_DOWN, Cause.CAPTIVE_PORTAL, Cause.GATEWAY_BLOCKED, silence=True)
        return
    page = _at_the_router(snapshot, dead)
    yield Candidate(
        code=Cause.INTERNET_DOWN,
        subject=_uplink(dead),
        evidence=tuple(c.id for c in dead),
        strength=0.6 if answered or page else 0.85,
        cap=_PAGE_CAP if page else 0.99,
        agreeing=tuple(c.id for c in snapshot.routers if c.ok)[:1] + behind[:2],
        notice=bool(snapshot.accepted),
        silence=True,
    )


def _at_the_router(snapshot: Snapshot, dead: Sequence[Check[RemoteFacts]]) -> bool:
    """The router shows its own page for every name, and does not say that it cannot get out: it may want a login there as well."""
    shown = [c for c in snapshot.http_checks if c.outcome is Outcome.SKIP and c.symptom in (Symptom.REDIRECTED, Symptom.REWRITTEN)]
    return bool(shown) and not any(c.symptom is Symptom.UNREACHABLE for c in dead)


def _uplink(checks: Sequence[Check[RemoteFacts]]) -> str:
    return next((c.facts.interface for c in checks if c.facts.interface), checks[0].target)


def closed_network_down(snapshot: Snapshot) -> list[Check[GatewayFacts]]:
    """The gateways of a closed network, when at least two hosts are silent and nothing else beyond the router speaks."""
    if snapshot.internet_expected and snapshot.internet_tried:
        return []
    hosts = {c.facts.host for c in snapshot.gateways}
    return snapshot.gateways if len(hosts) > 1 and silent_all(snapshot.gateways) and not snapshot.beyond else []
