"""Behind a broken premise a check is skipped and says because of what; a layer that carried traffic is cleared."""

from __future__ import annotations

from typing import Any

import pytest

from agent.contract.checks import facts_from
from agent.examination.dependencies import settle
from probes.model import Check, Facts, Outcome, Symptom, kind_of

FAIL, PASS, SKIP, UNKNOWN = Outcome.FAIL, Outcome.PASS, Outcome.SKIP, Outcome.UNKNOWN
VIA: dict[str, Any] = {"interface": "eth0", "via": "192.0.2.1"}


def check(name: str, outcome: Outcome, symptom: Symptom | None = None, because: str | None = None, **told: Any) -> Check[Facts]:
    kind = kind_of(name)
    target = kind.subject_of(name)
    facts = facts_from(kind, told)
    return Check(id=name, layer=kind.layer, target=target, outcome=outcome, symptom=symptom, because=because, facts=facts)


def settled(*checks: Check[Facts]) -> dict[str, tuple[Outcome, str | None]]:
    return {c.id: (c.outcome, c.because) for c in settle(checks)}


ROUTER_DEAD = check("router:192.0.2.1", FAIL, Symptom.ROUTER_SILENT, interface="eth0")


def test_behind_a_dead_router_silence_says_nothing() -> None:
    found = settled(
        ROUTER_DEAD,
        check("dns:198.51.100.1", FAIL, Symptom.TIMEOUT, beyond_router=True, interface="eth0"),
        check("internet:198.51.100.2:53", FAIL, Symptom.TIMEOUT, expected=True, **VIA),
        check("gateway:a", FAIL, Symptom.TIMEOUT, phase="tcp", **VIA),
    )
    assert found.pop("router:192.0.2.1") == (FAIL, None)
    assert set(found.values()) == {(SKIP, "router:192.0.2.1")}


def test_a_router_that_carries_is_there_however_silent() -> None:
    found = settled(
        check("router:192.0.2.1", FAIL, Symptom.ROUTER_SILENT, interface="eth0"),
        check("internet:198.51.100.2:53", PASS, answer="accepted", expected=True, **VIA),
        check("gateway:a", FAIL, Symptom.TIMEOUT, phase="tcp", **VIA),
    )
    assert found["router:192.0.2.1"] == (PASS, None)
    assert found["gateway:a"] == (FAIL, None)


def test_an_answer_over_another_uplink_clears_nobody() -> None:
    found = settled(ROUTER_DEAD, check("internet:via:wwan0", PASS, interface="wwan0"))
    assert found["router:192.0.2.1"] == (FAIL, None)


def test_an_answer_from_the_same_link_clears_no_router() -> None:
    found = settled(ROUTER_DEAD, check("gateway:a", PASS, phase="done", interface="eth0", via=""))
    assert found["router:192.0.2.1"] == (FAIL, None)


def test_behind_a_link_without_a_carrier_silence_says_nothing() -> None:
    found = settled(
        check("link:wwan0", FAIL, Symptom.NO_CARRIER),
        check("link:eth0", PASS),
        check("gateway:a", FAIL, Symptom.TIMEOUT, phase="tcp", interface="wwan0", via="198.51.100.1"),
        check("gateway:b", FAIL, Symptom.TIMEOUT, phase="tcp", **VIA),
    )
    assert found["gateway:a"] == (SKIP, "link:wwan0")
    assert found["gateway:b"] == (FAIL, None)


def named(name: str, address: str, outcome: Outcome = FAIL, symptom: Symptom | None = Symptom.TIMEOUT) -> Check[Facts]:
    """A host that was found by name."""
    return check(name, outcome, symptom, phase="tcp", host=name, resolver="192.0.2.53", address=address, expected=True)


RESOLVER = check("dns:192.0.2.53", PASS)


def test_a_resolver_that_gives_one_address_for_all_hosts_is_to_blame() -> None:
    found = settled(RESOLVER, *(named(name, "10.0.0.5") for name in ("internet:check-1", "internet:check-2", "gateway:a")))
    assert found["dns:192.0.2.53"] == (FAIL, None)
    assert found["gateway:a"] == found["internet:check-1"] == (SKIP, "dns:192.0.2.53")


def test_a_resolver_that_lies_is_to_blame_though_another_one_would_not() -> None:
    liar = (named(name, "10.0.0.5") for name in ("internet:check-1", "internet:check-2", "gateway:a"))
    found = settled(RESOLVER, check("dns:192.0.2.54", PASS), *liar)
    assert found["gateway:a"] == (SKIP, "dns:192.0.2.53")
    assert found["dns:192.0.2.54"] == (PASS, None)


@pytest.mark.parametrize(
    "hosts",
    [
        (named("internet:check-1", "10.0.0.5"), named("gateway:a", "10.0.0.5")),
        (named("internet:check-1", "10.0.0.5"), named("internet:check-2", "10.0.0.5"), named("gateway:a", "10.0.0.6")),
        (named("internet:check-1", "10.0.0.5"), named("internet:check-2", "10.0.0.5"), named("gateway:a", "10.0.0.5", PASS, None)),
        (*(named(f"internet:check-{n}", "10.0.0.5", FAIL, Symptom.REWRITTEN) for n in (1, 2)), named("gateway:a", "10.0.0.5")),
        (*(named(f"internet:check-{n}", "10.0.0.5") for n in (1, 2)), named("gateway:a", "10.0.0.5"), check("internet:proxy", PASS)),
    ],
    ids=["two may share one", "another address", "one is who was meant", "a portal's page", "the proxy's address"],
)
def test_hosts_at_one_address_blame_nobody_else(hosts: tuple[Check[Facts], ...]) -> None:
    found = settled(RESOLVER, *hosts)
    assert found["dns:192.0.2.53"] == (PASS, None)
    assert RESOLVER.id not in {because for _, because in found.values()}


def test_without_names_a_host_is_not_to_blame() -> None:
    found = settled(
        check("dns:192.0.2.53", FAIL, Symptom.SERVFAIL),
        check("gateway:a", FAIL, Symptom.SERVFAIL, phase="resolve"),
        check("internet:check-1", FAIL, Symptom.SERVFAIL, phase="resolve", expected=True),
    )
    assert found["gateway:a"] == found["internet:check-1"] == (SKIP, "dns:192.0.2.53")


def test_one_living_resolver_leaves_the_name_to_blame() -> None:
    found = settled(
        check("dns:192.0.2.53", FAIL, Symptom.TIMEOUT),
        check("dns:192.0.2.54", PASS),
        check("gateway:a", FAIL, Symptom.NXDOMAIN, phase="resolve"),
    )
    assert found["gateway:a"] == (FAIL, None)


def test_behind_a_dead_proxy() -> None:
    found = settled(
        check("internet:proxy", FAIL, Symptom.PROXY_REFUSED),
        check("internet:check-1", FAIL, Symptom.REFUSED, phase="tcp", expected=True),
        check("gateway:a", FAIL, Symptom.REFUSED, phase="tcp", protocol="https"),
        check("gateway:b", FAIL, Symptom.REFUSED, phase="tcp", protocol="tls"),
    )
    assert found["internet:check-1"] == found["gateway:a"] == (SKIP, "internet:proxy")
    assert found["gateway:b"] == (FAIL, None)


def test_a_silent_gateway_without_internet_is_no_finding_of_its_own() -> None:
    silent = check("internet:198.51.100.2:53", FAIL, Symptom.TIMEOUT, expected=True, **VIA)
    gateway = check("gateway:a", FAIL, Symptom.TIMEOUT, phase="tcp", **VIA)
    assert settled(silent, gateway)["gateway:a"] == (SKIP, "internet:198.51.100.2:53")


def test_a_closed_network_makes_no_premise_of_the_internet() -> None:
    silent = check("internet:198.51.100.2:53", FAIL, Symptom.TIMEOUT, expected=False, **VIA)
    gateway = check("gateway:a", FAIL, Symptom.TIMEOUT, phase="tcp", **VIA)
    assert settled(silent, gateway)["gateway:a"] == (FAIL, None)


def test_a_gateway_that_speaks_keeps_what_it_said() -> None:
    silent = check("internet:198.51.100.2:53", FAIL, Symptom.TIMEOUT, expected=True, **VIA)
    gateway = check("gateway:a", FAIL, Symptom.REFUSED, phase="tcp", **VIA)
    assert settled(silent, gateway)["gateway:a"] == (FAIL, None)


def test_a_name_that_leads_where_no_route_goes_means_the_default_route() -> None:
    found = settled(
        check("address:route", PASS, routers=[], needed=False),
        check("gateway:a", FAIL, Symptom.NO_ROUTE, phase="tcp", address="192.0.2.9"),
    )
    assert found == {"address:route": (FAIL, None), "gateway:a": (SKIP, "address:route")}


def test_a_missing_route_is_blamed_on_the_uplink_that_is_not_there() -> None:
    absent = check("link:eth7", FAIL, Symptom.ABSENT, configured=True, used=True)
    found = settled(
        absent,
        check("address:eth7", SKIP, because="link:eth7"),
        check("address:route", PASS, routers=[], needed=False),
        check("gateway:a", FAIL, Symptom.NO_ROUTE, phase="tcp"),
    )
    assert found["address:route"] == found["gateway:a"] == (SKIP, "link:eth7")


def test_a_missing_route_beside_an_uplink_with_an_address_is_its_own_fault() -> None:
    found = settled(
        check("link:eth7", FAIL, Symptom.ABSENT, configured=True),
        check("address:eth0", PASS, addresses=["192.0.2.10/24"]),
        check("address:route", PASS, routers=[], needed=False),
        check("gateway:a", FAIL, Symptom.NO_ROUTE, phase="tcp"),
    )
    assert found["address:route"] == (FAIL, None)
    assert found["gateway:a"] == (SKIP, "address:route")


def test_a_name_denied_by_a_resolver_that_denies_them_all_is_the_resolvers_matter() -> None:
    found = settled(
        check("dns:192.0.2.53", FAIL, Symptom.NXDOMAIN),
        check("dns:192.0.2.54", PASS),
        check("gateway:a", FAIL, Symptom.NXDOMAIN, phase="resolve", resolver="192.0.2.53"),
        check("gateway:b", FAIL, Symptom.NXDOMAIN, phase="resolve", resolver="192.0.2.54"),
    )
    assert found["gateway:a"] == (SKIP, "dns:192.0.2.53")
    assert found["gateway:b"] == (FAIL, None)


def test_behind_what_failed_what_was_not_looked_at_stays_so() -> None:
    found = settled(
        check("dns:192.0.2.53", FAIL, Symptom.TIMEOUT),
        check("internet:proxy", FAIL, Symptom.PROXY_REFUSED),
        check("internet:check-1", UNKNOWN, Symptom.NOT_LOOKED, phase="resolve", expected=True),
        check("gateway:a", UNKNOWN, Symptom.NOT_LOOKED, phase="resolve", protocol="https"),
        check("gateway:b", UNKNOWN, Symptom.NOT_LOOKED, phase="resolve", protocol="tls"),
    )
    assert found["internet:check-1"] == found["gateway:a"] == found["gateway:b"] == (UNKNOWN, None)


def test_a_router_that_our_own_kernel_sends_nothing_to_is_not_dead() -> None:
    found = settled(
        check("router:192.0.2.1", FAIL, Symptom.REFUSED_LOCALLY, interface="eth0"),
        check("gateway:a", FAIL, Symptom.TIMEOUT, phase="tcp", **VIA),
    )
    assert found["gateway:a"] == (FAIL, None)


@pytest.mark.parametrize(("outcome", "symptom"), [(FAIL, Symptom.REFUSED_LOCALLY), (UNKNOWN, Symptom.NOT_LOOKED)])
def test_hosts_at_one_address_that_we_did_not_ask_blame_no_resolver(outcome: Outcome, symptom: Symptom) -> None:
    hosts = [named(name, "10.0.0.5", outcome, symptom) for name in ("internet:check-1", "internet:check-2", "gateway:a")]
    assert settled(RESOLVER, *hosts)["dns:192.0.2.53"] == (PASS, None)
