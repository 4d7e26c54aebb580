"""What lies in a network of the terminal's own was never sent out: neither the host nor the path is blamed."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from agent.diagnosis.causes import Cause, Severity
from agent.diagnosis.diagnose import diagnose
from agent.diagnosis.evidence import contacted
from agent.examination.dependencies import settle
from agent.examination.own_networks import in_the_way
from probes.edge.kernel.netlink import IFF_UP, Address, Link, Route
from probes.edge.kernel.network import Network
from probes.model import Check, Facts, Outcome, Symptom, check_of
from probes.model.facts import GatewayFacts, LinkFacts, OverlapFacts, Phase, ReachFacts, ResolverFacts

HOST = "203.0.113.7"
KINDS = {"lo": "", "eth0": "", "br-1": "bridge", "eth1": "", "tun0": "tun", "veth1": "veth"}
NETWORK = Network(
    links=tuple(Link(index=n, name=name, flags=IFF_UP, hardware=1, kind=kind) for n, (name, kind) in enumerate(KINDS.items(), 1)),
    addresses=(
        Address(index=2, address="192.0.2.10", prefix=24, scope=0),
        *(Address(index=n, address="203.0.113.1", prefix=24, scope=0) for n in (3, 4, 5, 6)),
    ),
    routes=(Route(family=2, destination="0.0.0.0", prefix=0, gateway="192.0.2.1", index=2),),
)


def gateway(interface: str, symptom: Symptom = Symptom.REFUSED, *, named: bool = True, **more: object) -> Check[GatewayFacts]:
    facts = GatewayFacts(host="gw.example", port=443, phase=Phase.TCP, interface=interface, address=HOST, via="", protocol="tls")
    known = facts.with_(resolver="192.0.2.53" if named else None).with_(**more)
    return check_of(known, Outcome.FAIL, symptom, name="a", target="gw.example:443")


def overlaps(*checks: Check[Facts]) -> list[tuple[str, str | None, str | None]]:
    found = in_the_way(checks, NETWORK)
    return [(c.id, c.facts.of, c.facts.network) for c in found if isinstance(c.facts, OverlapFacts)]


@pytest.mark.parametrize("symptom", [Symptom.REFUSED, Symptom.TIMEOUT, Symptom.UNREACHABLE])
@pytest.mark.parametrize(
    ("interface", "of", "network"), [("br-1", "bridge", "203.0.113.0/24"), ("eth1", "socket", "203.0.113.0/24"), ("lo", "itself", HOST)]
)
def test_a_host_in_a_network_of_our_own(interface: str, of: str, network: str, symptom: Symptom) -> None:
    seen = gateway(interface, symptom)
    assert overlaps(seen) == [(f"address:overlap:{interface}", of, network)]
    settled = settle([seen, *in_the_way([seen], NETWORK)])
    assert [(c.outcome, c.because) for c in settled if c.name == "a"] == [(Outcome.SKIP, f"address:overlap:{interface}")]
    assert [(f.code, f.subject, f.severity) for f in diagnose(settled).findings] == [
        (Cause.NETWORK_MISCONFIGURED, network, Severity.OUTAGE)
    ]


@pytest.mark.parametrize(
    "seen",
    [
        gateway("eth0"),  # the uplink
        gateway("tun0"),  # tunnels have a cause of their own
        gateway("br-1", via="203.0.113.9"),  # a router of its own leads there
        gateway("br-1", phase=Phase.TLS),  # somebody accepted
        gateway("br-1", Symptom.RESET),  # likewise: who takes nothing refuses
        gateway("lo", Symptom.RESET),
        gateway("br-1", Symptom.REFUSED_LOCALLY),
        gateway("eth1", named=False, address="10.1.2.3"),  # typed in, and private: a machine of the shop's
        gateway("lo", address="127.0.0.1"),
        gateway("lo", address="0.0.0.0"),  # as a list of blocked names has it
        gateway(""),
    ],
)
def test_what_may_well_be_meant_so(seen: Check[Facts]) -> None:
    assert overlaps(seen) == []


def test_an_interface_that_is_an_uplink_by_the_configuration_is_none_of_them() -> None:
    assert overlaps(gateway("eth1"), check_of(LinkFacts(configured=True), Outcome.PASS, name="eth1")) == []


def test_a_refusal_from_a_container_proves_nothing_about_the_internet() -> None:
    facts = ReachFacts(port=53, expected=True, answer="refused", address=HOST, interface="br-1", via="")
    seen = check_of(facts, Outcome.PASS, name=f"{HOST}:53")
    assert contacted(seen)
    settled = settle([seen, *in_the_way([seen], NETWORK)])
    assert not any(contacted(check) for check in settled)


def test_a_name_server_in_a_network_of_our_own_prevents_what_it_was_asked_for() -> None:
    server = check_of(ResolverFacts(interface="lo"), Outcome.FAIL, Symptom.REFUSED, name="203.0.113.1")
    lost = gateway("", phase=Phase.RESOLVE, address=None, resolver="203.0.113.1")
    settled = settle([server, lost, *in_the_way([server, lost], NETWORK)])
    assert {c.id: c.because for c in settled if c.outcome is Outcome.SKIP} == {
        "dns:203.0.113.1": "address:overlap:lo",
        "gateway:a": "address:overlap:lo",
    }
    assert [f.code for f in diagnose(settled).findings] == [Cause.NETWORK_MISCONFIGURED]


def test_where_payments_pass_a_check_host_among_containers_is_a_remark() -> None:
    paid = check_of(GatewayFacts(host="gw.example", port=443, phase=Phase.DONE, via="192.0.2.1"), Outcome.PASS, name="a")
    facts = ReachFacts(port=53, expected=True, address=HOST, interface="br-1", via="", by_us=True)
    seen = check_of(facts, Outcome.FAIL, Symptom.UNREACHABLE, name=f"{HOST}:53")
    settled = settle([paid, seen, *in_the_way([paid, seen], NETWORK)])
    assert [(f.code, f.severity) for f in diagnose(settled).findings] == [(Cause.NETWORK_MISCONFIGURED, Severity.NOTICE)]


def default(index: int, gateway: str) -> Route:
    return Route(family=2, destination="0.0.0.0", prefix=0, gateway=gateway, index=index)


@pytest.mark.parametrize(
    ("routes", "hardware", "found"),
    [
        ((default(3, "203.0.113.2"), default(2, "192.0.2.1")), frozenset(), ["address:overlap:br-1"]),
        ((default(3, "203.0.113.2"), default(2, "192.0.2.1")), frozenset({"eth1"}), []),  # a socket is among its ports
        ((default(3, "203.0.113.2"),), frozenset(), []),  # nothing else leads out
    ],
)
def test_a_default_route_into_a_network_of_containers(routes: tuple[Route, ...], hardware: frozenset[str], found: list[str]) -> None:
    ports = tuple(replace(link, master=3) if link.name == "eth1" else link for link in NETWORK.links)
    seen = gateway("br-1", Symptom.TIMEOUT, via="203.0.113.2", address="198.51.100.7")
    assert [c.id for c in in_the_way([seen], replace(NETWORK, links=ports, routes=routes), hardware)] == found
