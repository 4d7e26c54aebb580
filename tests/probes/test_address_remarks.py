"""An address that no machine can have, and one where nothing arrives: remarked, and no fault as long as something comes back."""

from __future__ import annotations

from pathlib import Path

import pytest

from probes import address, conflict
from probes.edge.kernel import ipv6
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


@pytest.mark.parametrize(
    ("mtu", "own", "servers", "symptom"),
    [
        (1279, "", ("2001:db8::53",), Symptom.IPV6_OFF),
        (1280, "", ("2001:db8::53",), Symptom.NO_ADDRESS),
        (1024, "fe80::1", ("2001:db8::53",), Symptom.NO_ADDRESS),
        (1024, "", ("192.0.2.53", "2001:db8::53"), Symptom.NO_ADDRESS),
        (1024, "", (), Symptom.NO_ADDRESS),
        (1024, "169.254.7.7", ("2001:db8::53",), Symptom.IPV6_OFF),
    ],
)
def test_a_card_that_speaks_no_ipv6_where_nothing_else_is_spoken(mtu: int, own: str, servers: tuple[str, ...], symptom: Symptom) -> None:
    link = Link(index=2, name="nowhere0", flags=0x41, hardware=1, mtu=mtu)
    scope = 253 if own.startswith("fe80") else 0
    addresses = (Address(index=2, address=own, prefix=16, scope=scope),) if own else ()
    assert address.probe("nowhere0", Network(links=(link,), addresses=addresses), None, servers=servers).symptom is symptom


def test_ipv6_is_off_where_the_kernel_was_told_so(tmp_path: Path) -> None:
    for name, text in {"eth0": "1\n", "eth1": "0\n"}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "disable_ipv6").write_text(text)
    assert [ipv6.is_off(name, tmp_path) for name in ("eth0", "eth1", "eth2")] == [True, False, False]


def test_an_address_that_somebody_else_has_too_is_told_whatever_else_is_missing() -> None:
    link = Link(index=2, name="eth0", flags=0x41, hardware=1, mtu=1500)
    taken = Address(index=2, address="2001:db8::10", prefix=64, scope=0, tentative=True, duplicate=True)
    seen = Network(links=(link,), addresses=(taken,))
    assert address.probe("eth0", seen, None).symptom is Symptom.NO_ADDRESS
    assert conflict.refused("eth0", seen) == "2001:db8::10" and conflict.refused("eth1", seen) == ""
    assert conflict.probe("eth0", seen).symptom is Symptom.ADDRESS_CONFLICT
