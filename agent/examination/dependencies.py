"""What a broken lower layer makes pointless becomes `skip`; a lower layer that was seen to carry traffic is cleared.

Checks run side by side, so both are settled afterwards, from the bottom up. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from ipaddress import ip_network

from msgspec.structs import replace

from agent.diagnosis.candidate import NAME_SERVERS
from agent.diagnosis.evidence import ANSWERED, contacted, failed_there, heard_outside, not_looked, ours, silent, through_router
from agent.diagnosis.views import REMOTE, first_of, interface_of, knows, of_kind, own_way, phase_of, router_of
from agent.examination.relays import relayed
from probes.model import Check, Facts, Kind, Layer, Outcome, Symptom
from probes.model.facts import (
    AddressFacts,
    DefaultRouteFacts,
    GatewayFacts,
    InternetFacts,
    LinkFacts,
    OverlapFacts,
    PageFacts,
    Phase,
    ProxyFacts,
    ReachFacts,
    RemoteFacts,
    ResolverFacts,
    RouterFacts,
)

_HOSTS = (Layer.INTERNET, Layer.GATEWAY)
_PROXIED = ("http", "https")
_SHOWN = (Symptom.REDIRECTED, Symptom.REWRITTEN)  # a page of somebody's: evidence, however its host was found
_HOSTS_AT_ONE_ADDRESS = 3  # two may share a provider; the third, an acquirer's or another operator's, does not


def settle(checks: Sequence[Check[Facts]]) -> tuple[Check[Facts], ...]:
    """The checks with every premise settled."""
    settled = _blame_missing_route(_skip_astray(_without_guessed_routers(checks)))
    settled = _skip_behind_links(settled)
    settled = _clear_routers(settled)
    settled = _clear_resolvers(_skip_behind_routers(settled))
    same = _same_for_all(settled)
    settled = _skip_behind_names(_blame_liars(settled, same), same)
    settled = _skip_behind_proxy(settled)
    return relayed(_skip_behind_internet(settled))


def _without_guessed_routers(checks: Sequence[Check[Facts]]) -> list[Check[Facts]]:
    """Where routers share a default route the kernel chooses one for each connection; only that it found nobody there tells which."""
    several = _sharing(checks)

    def guessed(check: Check[Facts]) -> bool:
        return router_of(check) in several and not (isinstance(check.facts, RemoteFacts) and check.facts.by_us)

    return [replace(c, facts=c.facts.with_(via=None)) if guessed(c) else c for c in checks]


def _skip_astray(checks: Sequence[Check[Facts]]) -> list[Check[Facts]]:
    """What was looked for in a network of the terminal's own never left by an uplink: that says nothing about anybody beyond."""
    lost = {(c.name, address): c.id for c in of_kind(checks, OverlapFacts) if c.failed for address in c.facts.addresses}

    def because(check: Check[Facts]) -> str:
        address = check.facts.address if knows(check, RemoteFacts) else check.target if knows(check, ResolverFacts) else None
        own = knows(check, RemoteFacts) and check.kind is not Kind.BACKUP
        return lost.get((interface_of(check), address or ""), "") if own or knows(check, ResolverFacts) else ""

    return [_skip(c, because(c)) if because(c) and (c.failed or c.kind is Kind.REACH) else c for c in checks]


def _blame_missing_route(checks: Sequence[Check[Facts]]) -> list[Check[Facts]]:
    """A name can turn out to lie where no route leads: then the default route is missing after all, or the uplink that had it."""
    stranded = [c for c in checks if c.failed and c.symptom is Symptom.NO_ROUTE and c.layer in _HOSTS]
    route = first_of(checks, DefaultRouteFacts)
    if not stranded or route is None or route.facts.routers:
        return list(checks)
    gateways = any(c.layer is Layer.GATEWAY for c in stranded) or not any(c.layer is Layer.GATEWAY for c in checks)
    uplink = _broken_uplink(checks)
    missing = {"outcome": Outcome.SKIP, "because": uplink} if uplink else {"outcome": Outcome.FAIL, "symptom": Symptom.NO_DEFAULT_ROUTE}
    return [
        replace(route, **missing, facts=route.facts.with_(needed=True))
        if c is route and c.ok and gateways
        else _skip(c, uplink or route.id)
        if c in stranded
        else c
        for c in checks
    ]


def _broken_uplink(checks: Sequence[Check[Facts]]) -> str:
    """The lowest failed check of an uplink, where none of them has an address; else empty."""
    if any(c.ok for c in of_kind(checks, AddressFacts)):
        return ""
    return next((c.id for c in checks if c.failed and c.kind in (Kind.LINK, Kind.ADDRESS)), "")


def _skip_behind_links(checks: Sequence[Check[Facts]]) -> list[Check[Facts]]:
    """Where the way leads out of an interface that has no carrier or is switched off, silence says nothing about what lies beyond."""
    failed = [c for c in of_kind(checks, LinkFacts) if c.failed]
    above = {name: c.id for c in failed for name in c.facts.carries}
    broken = above | {c.name: c.id for c in failed}

    def behind(check: Check[Facts]) -> str:
        if knows(check, RouterFacts):  # what still has an address there: a session that has not noticed yet
            return above.get(check.facts.interface or "", "") if not check.ok and check.symptom is not Symptom.REFUSED_LOCALLY else ""
        remote = check.layer in REMOTE and silent(check) and check.kind is not Kind.BACKUP
        return broken.get(interface_of(check), "") if remote else ""

    return [_skip(c, because) if (because := behind(c)) else c for c in checks]


def _clear_routers(checks: Sequence[Check[Facts]]) -> list[Check[Facts]]:
    """A router through which answers came is there, however silent it is itself."""
    carried = {(interface_of(c), router_of(c)) for c in checks if through_router(c) and router_of(c)}
    resolvers = {interface_of(c) for c in of_kind(checks, ResolverFacts) if through_router(c)}
    several = _sharing(checks)

    def cleared(check: Check[RouterFacts]) -> bool:
        interface = check.facts.interface or ""
        if check.target in several:
            return False
        return (interface, check.target) in carried or (interface in resolvers and ":" not in check.target)

    return [
        replace(c, outcome=Outcome.PASS, symptom=None, because=None, facts=c.facts.with_(answered_by="traffic"))
        if knows(c, RouterFacts) and not c.ok and c.outcome is not Outcome.SKIP and cleared(c)
        else c
        for c in checks
    ]


def _sharing(checks: Sequence[Check[Facts]]) -> set[str]:
    """Routers that share one default route: which of them a packet took is not known, so what came back clears none."""
    route = first_of(checks, DefaultRouteFacts)
    routes = route.facts.routers if route is not None else ()
    same = Counter((each.interface, each.metric, ":" in each.router) for each in routes)
    return {each.router for each in routes if same[each.interface, each.metric, ":" in each.router] > 1}


def _skip(check: Check[Facts], because: str) -> Check[Facts]:
    return replace(check, outcome=Outcome.SKIP, because=because)


def _skip_behind_routers(checks: Sequence[Check[Facts]]) -> list[Check[Facts]]:
    """Behind a router that does not answer, silence says nothing about what lies beyond."""
    routers = of_kind(checks, RouterFacts)
    dead = {c.target: c.id for c in routers if failed_there(c)}
    all_dead = bool(dead) and len(dead) == len([c for c in routers if c.outcome is not Outcome.SKIP])
    first = next(iter(dead.values()), "")

    def blocked(check: Check[Facts]) -> str:
        if check.layer not in REMOTE or not silent(check) or not dead or check.kind is Kind.BACKUP:
            return ""
        if via := router_of(check):
            return dead.get(via, "")
        if knows(check, ResolverFacts):
            return dead.get(check.target, "") or (first if all_dead and check.facts.beyond_router else "")
        return first if all_dead and phase_of(check) is Phase.RESOLVE else ""

    return [_skip(c, because) if (because := blocked(c)) else c for c in checks]


def _clear_resolvers(checks: Sequence[Check[Facts]]) -> list[Check[Facts]]:
    """One whose answer led to a host that is who was meant does not fail for every name, whatever it says of others."""
    asked = [c for c in of_kind(own_way(checks), RemoteFacts) if c.kind is not Kind.DATE]  # that asks in a way in which nobody else does
    led = {c.facts.resolver for c in asked if c.ok and c.facts.resolver and c.facts.address}
    return [
        replace(c, outcome=Outcome.WARN) if knows(c, ResolverFacts) and c.failed and c.symptom in ANSWERED and c.target in led else c
        for c in checks
    ]


def _same_for_all(checks: Sequence[Check[Facts]]) -> dict[str, frozenset[str]]:
    """Resolver -> the addresses that it gave, where it gave one for every host, or addresses of one network alone, and nobody there is who
    was meant.

    A page of its own that is shown there is a portal's matter; through a proxy only the proxy's name is asked for.
    """
    if first_of(checks, ProxyFacts) is not None:
        return {}
    named = [c for c in of_kind(checks, RemoteFacts) if c.facts.resolver and c.facts.address and not ours(c) and not not_looked(c)]
    pages = _own_pages(checks)
    found: dict[str, frozenset[str]] = {}
    for resolver in {c.facts.resolver or "" for c in named}:
        asked = [c for c in named if c.facts.resolver == resolver]
        addresses, hosts = {c.facts.address or "" for c in asked}, {c.facts.host for c in asked}
        as_meant = any(c.ok or c.symptom in _SHOWN for c in asked)
        at_a_router = addresses <= pages and not any(c.ok for c in asked)
        alike = len(addresses) == 1 or _invented(addresses)
        if (at_a_router and len(addresses) == 1) or (len(hosts) >= _HOSTS_AT_ONE_ADDRESS and not as_meant and alike):
            found[resolver] = frozenset(addresses)
    return found


def _own_pages(checks: Sequence[Check[Facts]]) -> set[str]:
    """Routers whose own page is no portal's: no host lives at a router's address, and nobody beyond it was heard at an address of its own.
    A router whose line is dead gives its own address for every name and shows its settings there. Where it says itself that it knows no
    way to any address, whatever page is shown is of its own side, at whatever address."""
    routers = {c.target for c in of_kind(checks, RouterFacts)}
    tried = [c for c in own_way(checks) if knows(c, ReachFacts) and c.made]
    far = [c for c in own_way(checks) if knows(c, RemoteFacts) and c.facts.address not in routers and contacted(c)]
    if not tried or not all(silent(c) for c in tried):
        return set()
    if all(c.symptom is Symptom.UNREACHABLE and c.facts.by in routers for c in tried) and not any(c.ok for c in far):
        return routers | {c.facts.address or "" for c in far}
    return routers if not far else set()


def _invented(addresses: set[str]) -> bool:
    """One for each host, all of one network: so a program gives them out that answers there itself, as long as it runs."""
    return len(addresses) >= _HOSTS_AT_ONE_ADDRESS and bool(_network_of(addresses))


def _network_of(addresses: Iterable[str]) -> str:
    """The one network in which all of these lie, so small that different operators have no hosts in it together; else empty."""
    networks = {ip_network(f"{each}/{48 if ':' in each else 16}", strict=False) for each in addresses}
    return str(networks.pop()) if len(networks) == 1 else ""


def _blame_liars(checks: Sequence[Check[Facts]], same: dict[str, frozenset[str]]) -> list[Check[Facts]]:
    """Different hosts of different operators at one address: what the resolver says is of no use."""
    return [
        replace(c, outcome=Outcome.FAIL, symptom=Symptom.NO_USABLE_ANSWER, facts=c.facts.with_(same_for_all=_in_short(same[c.target])))
        if knows(c, ResolverFacts) and c.ok and c.target in same
        else c
        for c in checks
    ]


def _in_short(addresses: frozenset[str]) -> str:
    return next(iter(addresses)) if len(addresses) == 1 else _network_of(addresses)


def _skip_behind_names(checks: Sequence[Check[Facts]], same: dict[str, frozenset[str]]) -> list[Check[Facts]]:
    """A name that could not be asked for says nothing about its host: blame the resolver that failed."""
    resolvers = [c for c in checks if c.kind in NAME_SERVERS]
    broken = [c for c in resolvers if c.failed]
    alive = [c for c in resolvers if c.ok]
    known = {c.id for c in checks}
    skipped = [c for c in resolvers if c.outcome is Outcome.SKIP and c.because in known]
    if alive:
        return _skip_names_denied(checks, {c.target: c.id for c in broken}, same)
    if not (broken or skipped):
        return list(checks)
    because = broken[0].id if broken else str(skipped[0].because)
    # a resolver that names itself whatever it is asked: who was reached there is not who was meant
    pages = _own_pages(checks)
    liars = {each for c in broken if c.symptom is Symptom.NO_USABLE_ANSWER for each in same.get(c.target, {c.target})}

    def misled(check: Check[RemoteFacts]) -> bool:
        facts = check.facts
        unanswered = check.failed or (check.outcome is Outcome.UNKNOWN and not not_looked(check))
        lied_to = bool(facts.resolver) and facts.address in liars
        shown = check.symptom in _SHOWN and facts.address not in pages
        at_a_number = isinstance(facts, PageFacts) and facts.address in pages
        return unanswered and not shown and (facts.phase is Phase.RESOLVE or lied_to or at_a_number)

    return [_skip(c, because) if knows(c, RemoteFacts) and misled(c) else c for c in checks]


def _skip_names_denied(checks: Sequence[Check[Facts]], broken: dict[str, str], same: dict[str, frozenset[str]]) -> list[Check[Facts]]:
    """A resolver that denies every name, or lies, has the last word on each that it is asked for first, whatever the others know."""

    def denied_by(check: Check[RemoteFacts]) -> str:
        resolver = check.facts.resolver or ""
        misled = check.facts.phase is Phase.RESOLVE or check.facts.address in same.get(resolver, ())
        return broken.get(resolver, "") if check.failed and misled else ""

    return [_skip(c, because) if knows(c, RemoteFacts) and (because := denied_by(c)) else c for c in checks]


def _skip_behind_proxy(checks: Sequence[Check[Facts]]) -> list[Check[Facts]]:
    proxy = first_of(checks, ProxyFacts)
    if proxy is None or proxy.ok:
        return list(checks)
    because = proxy.id if proxy.failed else str(proxy.because or proxy.id)

    def behind(check: Check[Facts]) -> bool:
        wants = check.kind is Kind.HTTP_CHECK or (knows(check, GatewayFacts) and check.facts.protocol in _PROXIED)
        return wants and not check.ok and check.outcome is not Outcome.SKIP and not not_looked(check)

    return [_skip(c, because) if behind(c) else c for c in checks]


def _skip_behind_internet(checks: Sequence[Check[Facts]]) -> list[Check[Facts]]:
    """Where the Internet is expected and nothing beyond the router answers, a silent gateway is no finding of its own."""
    # what another uplink reaches is no premise
    own = own_way(checks)
    tried = [c for c in of_kind(own, InternetFacts) if c.facts.expected and c.outcome is not Outcome.SKIP]
    beyond = [c for c in own if c.layer in _HOSTS and heard_outside(c)]
    dead = [c for c in tried if silent(c)]
    if not dead or beyond or any(c.ok for c in tried):
        return list(checks)
    first = next((c for c in dead if c.kind is not Kind.HTTP_CHECK), dead[0])
    return [_skip(c, first.id) if c.kind is Kind.GATEWAY and silent(c) else c for c in checks]
