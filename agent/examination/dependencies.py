"""What a broken lower layer makes pointless becomes `skip`; a lower layer that was seen to carry traffic is cleared.

Checks run side by side, so both are settled afterwards, from the bottom up. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from agent.diagnosis.evidence import contacted, silent, through_router
from probes.model import Check, Layer, Outcome, Symptom

_NAMES_BROKEN = "resolve"
_SHOWN = (Symptom.REDIRECTED, Symptom.REWRITTEN)  # a page of somebody's: evidence, however its host was found
_HOSTS_AT_ONE_ADDRESS = 3  # two may share a provider; the third, an acquirer's or another operator's, does not


def settle(checks: Sequence[Check]) -> tuple[Check, ...]:
    """The checks with every premise settled."""
    settled = _blame_missing_route(checks)
    settled = _skip_behind_links(settled)
    settled = _clear_routers(settled)
    settled = _skip_behind_routers(settled)
    same = _same_for_all(settled)
    settled = _skip_behind_names(_blame_liars(settled, same), same)
    settled = _skip_behind_proxy(settled)
    return tuple(_skip_behind_internet(settled))


def _blame_missing_route(checks: Sequence[Check]) -> list[Check]:
    """A name can turn out to lie where no route leads: then the default route is missing after all, or the uplink that had it."""
    stranded = [c for c in checks if c.failed and c.symptom is Symptom.NO_ROUTE and c.layer in (Layer.INTERNET, Layer.GATEWAY)]
    route = next((c for c in checks if c.id == "address:route"), None)
    if not stranded or route is None or route.facts.get("routers"):
        return list(checks)
    gateways = any(c.layer is Layer.GATEWAY for c in stranded) or not any(c.layer is Layer.GATEWAY for c in checks)
    uplink = _broken_uplink(checks)
    missing = {"outcome": Outcome.SKIP, "because": uplink} if uplink else {"outcome": Outcome.FAIL, "symptom": Symptom.NO_DEFAULT_ROUTE}
    return [
        replace(c, **missing, facts=c.facts | {"needed": True})
        if c is route and c.ok and gateways
        else _skip(c, uplink or route.id)
        if c in stranded
        else c
        for c in checks
    ]


def _broken_uplink(checks: Sequence[Check]) -> str:
    """The lowest failed check of an uplink, where none of them has an address; else empty."""
    uplinks = [c for c in checks if c.layer is Layer.LINK or (c.layer is Layer.ADDRESS and c.facts.get("addresses") is not None)]
    if any(c.ok and c.layer is Layer.ADDRESS for c in uplinks):
        return ""
    return next((c.id for c in uplinks if c.failed), "")


def _skip_behind_links(checks: Sequence[Check]) -> list[Check]:
    """Where the way leads out of an interface that has no carrier or is switched off, silence says nothing about what lies beyond."""
    broken = {c.target: c.id for c in checks if c.layer is Layer.LINK and c.failed}
    remote = (Layer.DNS, Layer.INTERNET, Layer.GATEWAY)
    return [
        _skip(c, broken[str(c.facts["interface"])])
        if c.layer in remote and silent(c) and c.facts.get("interface") in broken and not c.id.startswith("internet:via:")
        else c
        for c in checks
    ]


def _clear_routers(checks: Sequence[Check]) -> list[Check]:
    """A router through which answers came is there, however silent it is itself."""
    carried = {(str(c.facts.get("interface", "")), str(c.facts["via"])) for c in checks if through_router(c) and c.facts.get("via")}
    resolvers = {str(c.facts.get("interface", "")) for c in checks if c.layer is Layer.DNS and through_router(c)}

    def cleared(check: Check) -> bool:
        interface = str(check.facts.get("interface", ""))
        return (interface, check.target) in carried or (interface in resolvers and ":" not in check.target)

    return [
        replace(c, outcome=Outcome.PASS, symptom=None, because=None, facts=c.facts | {"answered_by": "traffic"})
        if c.layer is Layer.ROUTER and not c.ok and c.outcome is not Outcome.SKIP and cleared(c)
        else c
        for c in checks
    ]


def _skip(check: Check, because: str) -> Check:
    return replace(check, outcome=Outcome.SKIP, because=because)


def _skip_behind_routers(checks: Sequence[Check]) -> list[Check]:
    """Behind a router that does not answer, silence says nothing about what lies beyond."""
    routers = [c for c in checks if c.layer is Layer.ROUTER]
    dead = {c.target: c.id for c in routers if c.failed}
    all_dead = bool(dead) and len(dead) == len([c for c in routers if c.outcome is not Outcome.SKIP])
    first = next(iter(dead.values()), "")

    def blocked(check: Check) -> str:
        if check.layer not in (Layer.DNS, Layer.INTERNET, Layer.GATEWAY) or not silent(check) or not dead:
            return ""
        via = str(check.facts.get("via", ""))
        if check.id.startswith("internet:via:"):
            return ""
        if via:
            return dead.get(via, "")
        if check.layer is Layer.DNS:
            return dead.get(check.target, "") or (first if all_dead and check.facts.get("beyond_router") else "")
        return first if all_dead and check.facts.get("phase") == _NAMES_BROKEN else ""

    return [_skip(c, because) if (because := blocked(c)) else c for c in checks]


def _same_for_all(checks: Sequence[Check]) -> dict[str, str]:
    """Resolver -> the one address that it gave for every host, where nobody there is who was meant.

    A page of its own that is shown there is a portal's matter; through a proxy only the proxy's name is asked for.
    """
    if any(c.id == "internet:proxy" for c in checks):
        return {}
    named = [c for c in checks if c.layer in (Layer.INTERNET, Layer.GATEWAY) and c.facts.get("resolver") and c.facts.get("address")]
    found: dict[str, str] = {}
    for resolver in {str(c.facts["resolver"]) for c in named}:
        asked = [c for c in named if c.facts["resolver"] == resolver]
        addresses, hosts = {str(c.facts["address"]) for c in asked}, {str(c.facts.get("host")) for c in asked}
        as_meant = any(c.ok or c.symptom in _SHOWN for c in asked)
        if len(addresses) == 1 and len(hosts) >= _HOSTS_AT_ONE_ADDRESS and not as_meant:
            found[resolver] = addresses.pop()
    return found


def _blame_liars(checks: Sequence[Check], same: dict[str, str]) -> list[Check]:
    """Different hosts of different operators at one address: what the resolver says is of no use."""
    return [
        replace(c, outcome=Outcome.FAIL, symptom=Symptom.NO_USABLE_ANSWER, facts=c.facts | {"same_for_all": same[c.target]})
        if c.layer is Layer.DNS and c.ok and c.target in same
        else c
        for c in checks
    ]


def _skip_behind_names(checks: Sequence[Check], same: dict[str, str]) -> list[Check]:
    """A name that could not be asked for says nothing about its host: blame the resolver that failed."""
    resolvers = [c for c in checks if c.layer is Layer.DNS]
    broken = [c for c in resolvers if c.failed]
    alive = [c for c in resolvers if c.ok]
    skipped = [c for c in resolvers if c.outcome is Outcome.SKIP and c.because and ":" in c.because]
    if alive:
        return _skip_names_denied(checks, {c.target: c.id for c in broken}, same)
    if not (broken or skipped):
        return list(checks)
    because = broken[0].id if broken else str(skipped[0].because)
    # a resolver that names itself whatever it is asked: who was reached there is not who was meant
    liars = {same.get(c.target, c.target) for c in broken if c.symptom is Symptom.NO_USABLE_ANSWER}
    return [
        _skip(c, because)
        if c.layer in (Layer.INTERNET, Layer.GATEWAY)
        and (c.failed or c.outcome is Outcome.UNKNOWN)
        and c.symptom not in _SHOWN
        and (c.facts.get("phase") == _NAMES_BROKEN or ("resolver" in c.facts and c.facts.get("address") in liars))
        else c
        for c in checks
    ]


def _skip_names_denied(checks: Sequence[Check], broken: dict[str, str], same: dict[str, str]) -> list[Check]:
    """A resolver that denies every name, or lies, has the last word on each that it is asked for first, whatever the others know."""

    def denied_by(check: Check) -> str:
        resolver = str(check.facts.get("resolver"))
        misled = check.facts.get("phase") == _NAMES_BROKEN or (resolver in same and check.facts.get("address") == same[resolver])
        return broken.get(resolver, "") if check.layer in (Layer.INTERNET, Layer.GATEWAY) and check.failed and misled else ""

    return [_skip(c, because) if (because := denied_by(c)) else c for c in checks]


def _skip_behind_proxy(checks: Sequence[Check]) -> list[Check]:
    proxy = next((c for c in checks if c.id == "internet:proxy" and not c.ok), None)
    if proxy is None:
        return list(checks)
    because = proxy.id if proxy.failed else str(proxy.because or proxy.id)
    wants = {c.id for c in checks if c.id.startswith("internet:check-") or c.facts.get("protocol") in ("http", "https")}
    return [_skip(c, because) if c.id in wants and not c.ok and c.outcome is not Outcome.SKIP else c for c in checks]


def _skip_behind_internet(checks: Sequence[Check]) -> list[Check]:
    """Where the Internet is expected and nothing beyond the router answers, a silent gateway is no finding of its own."""
    # what another uplink reaches is no premise
    own = [c for c in checks if c.layer is Layer.INTERNET and not c.id.startswith("internet:via:")]
    tried = [c for c in own if c.facts.get("expected") and c.outcome is not Outcome.SKIP]
    beyond = [c for c in checks if c.layer in (Layer.INTERNET, Layer.GATEWAY) and contacted(c) and not c.id.startswith("internet:via:")]
    dead = [c for c in tried if silent(c)]
    if not dead or beyond or any(c.ok for c in tried):
        return list(checks)
    first = next((c for c in dead if "answer" in c.facts or not c.id.startswith("internet:check-")), dead[0])
    return [_skip(c, first.id) if c.layer is Layer.GATEWAY and silent(c) else c for c in checks]
