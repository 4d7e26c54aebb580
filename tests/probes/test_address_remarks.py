"""An address that no machine can have, and one where nothing arrives: remarked, and no fault as long as something comes back."""

from __future__ import annotations

import pytest

from probes import address
from probes.edge.kernel.netlink import Address, Link, Route
from probes.edge.kernel.network import Network
from probes.model import Outcome, Symptom

PASS, ODD = (Outcome.PASS, None), (Outcome.WARN, Symptom.ADDRESS_RESERVED)


def network(own: str, *, master: str = "", routed: bool = True) -> Network:
    bare, _, prefix = own.partition("/")
    links = [Link(index=2, name="eth0", flags=0x41, hardware=1, mtu=1500, master=3 if master else 0)]
    links += [Link(index=3, name="up0", flags=0x41, hardware=1, mtu=1500, kind=master)] if master else []
    routes = [Route(family=2, destination="0.0.0.0", prefix=0, gateway="192.0.2.1", index=2)] if routed else []
    return Network(links=tuple(links), addresses=(Address(index=2, address=bare, prefix=int(prefix), scope=0),), routes=tuple(routes))


@pytest.mark.parametrize(
    ("own", "seen"),
    [
        ("192.0.2.10/24", PASS),
        ("192.0.2.0/24", ODD),
        ("192.0.2.255/24", ODD),
        ("192.0.2.127/25", ODD),
        ("192.0.3.255/23", ODD),
        ("192.0.2.255/23", PASS),
        ("192.0.2.0/31", PASS),
        ("192.0.2.255/32", PASS),
        ("127.0.0.5/24", ODD),
        ("224.0.0.5/24", ODD),
        ("240.0.0.5/24", ODD),
        ("2001:db8::/64", PASS),
    ],
)
def test_an_address_that_is_its_networks_own(own: str, seen: tuple[Outcome, Symptom | None]) -> None:
    found = address.probe("eth0", network(own), None)
    assert (found.outcome, found.symptom) == seen


@pytest.mark.parametrize(
    ("master", "odd"), [("bridge", True), ("bond", True), ("team", True), ("openvswitch", True), ("vrf", False), ("", False)]
)
def test_a_port_with_an_address_and_a_way_out(master: str, odd: bool) -> None:
    found = address.probe("eth0", network("192.0.2.10/24", master=master), None)
    assert (found.symptom is Symptom.ADDRESS_ON_PORT) is odd and (found.facts.port_of == "up0") is odd
    assert address.probe("eth0", network("192.0.2.10/24", master=master, routed=False), None).outcome is Outcome.PASS
