"""Which interfaces only carry the packets of another one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from probes import address
from probes.edge.kernel.carriers import carried, parents
from probes.edge.kernel.netlink import IFF_UP, Address, Link, Route
from probes.edge.kernel.network import Network
from probes.edge.kernel.tunnels import line_below
from probes.edge.kernel.uplink import choose
from probes.model import Outcome, Symptom
from probes.settings import Role, Uplink

ETH, OTHER, UPPER, TOP = 2, 3, 4, 5
PACKETS = "sk RefCnt Type Proto  Iface R Rmem   User   Inode\n0000000000000000 3      3    {protocol}   {index}     1 0      0      1234\n"
SESSIONS = "Id       Address              Device\n07000000 02:00:00:00:50:01     eth0\n"


def link(index: int, name: str, kind: str = "", **more: Any) -> Link:
    return Link(index=index, name=name, flags=IFF_UP, hardware=1, kind=kind, **more)


def network(*links: Link, addressed: int = UPPER) -> Network:
    return Network(
        links=(link(ETH, "eth0"), *links),
        addresses=(Address(index=addressed, address="192.0.2.7", prefix=24, scope=0),),
        routes=(Route(family=2, destination="0.0.0.0", prefix=0, gateway="192.0.2.1", index=addressed),),
    )


def told(tmp_path: Path, **files: str) -> Path:
    (tmp_path / "net").mkdir()
    for name, text in files.items():
        (tmp_path / "net" / name).write_text(text)
    return tmp_path


VLAN = network(link(UPPER, "eth0.5", "vlan", parent=ETH))
PORT = Network(links=(link(ETH, "eth0", master=UPPER), link(OTHER, "eth1", master=UPPER), link(UPPER, "br0", "bridge")))
PPP = network(link(UPPER, "ppp0", "ppp"))


def test_a_parent_carries_and_is_needed(tmp_path: Path) -> None:
    assert carried(VLAN, tmp_path) == {"eth0": ("eth0.5",)}
    assert parents(VLAN, tmp_path) == {"eth0.5": ("eth0",)}


def test_a_port_carries_and_none_of_them_is_needed(tmp_path: Path) -> None:
    assert carried(PORT, tmp_path) == {"eth0": ("br0",), "eth1": ("br0",)}
    assert parents(PORT, tmp_path) == {}


def test_the_other_end_of_a_pair_is_no_parent(tmp_path: Path) -> None:
    assert carried(network(link(UPPER, "veth1", "veth", parent=ETH)), tmp_path) == {}


@pytest.mark.parametrize(
    "files",
    [{"pppoe": SESSIONS}, *({"packet": PACKETS.format(protocol=each, index=ETH)} for each in ("8863", "8864"))],
)
def test_the_socket_below_pppoe(tmp_path: Path, files: dict[str, str]) -> None:
    assert carried(PPP, told(tmp_path, **files)) == {"eth0": ("ppp0",)}


@pytest.mark.parametrize(
    "files", [{}, {"packet": PACKETS.format(protocol="0003", index=ETH)}, {"pppoe": "Id Address Device\n"}, {"pppoe": "x"}]
)
def test_a_link_of_ppp_over_something_else(tmp_path: Path, files: dict[str, str]) -> None:
    assert carried(PPP, told(tmp_path, **files)) == {}


def test_all_that_travels_on_it_however_far_up_and_no_circle(tmp_path: Path) -> None:
    found = network(link(UPPER, "eth0.5", "vlan", parent=ETH), link(TOP, "mv0", "macvlan", parent=UPPER))
    assert carried(found, tmp_path)["eth0"] == ("eth0.5", "mv0")
    circle = Network(links=(link(ETH, "a", "vlan", parent=OTHER), link(OTHER, "b", "vlan", parent=ETH)))
    assert carried(circle, tmp_path) == {"a": ("b",), "b": ("a",)}


def test_it_needs_no_address_where_what_it_carries_has_one() -> None:
    seen = address.probe("eth0", VLAN, None, ("eth0.5",))
    assert (seen.outcome, seen.facts.addresses) == (Outcome.PASS, ())
    for without in (address.probe("eth0", VLAN, None), address.probe("eth0", network(addressed=OTHER), None, ("eth0.5",))):
        assert (without.outcome, without.symptom) == (Outcome.FAIL, Symptom.NO_ADDRESS)


def test_an_uplink_s_parent_and_what_travels_on_a_configured_one_are_looked_at() -> None:
    assert [each.interface for each in choose([], VLAN, (), ())] == ["eth0.5", "eth0"]
    configured = choose([Uplink(interface="eth0", role=Role.BACKUP)], VLAN, (), ())
    assert [(each.interface, each.role, each.configured) for each in configured] == [
        ("eth0", Role.BACKUP, True),
        ("eth0.5", Role.BACKUP, False),
    ]


def test_what_is_dialled_in_over_a_socket_is_no_tunnel(monkeypatch: pytest.MonkeyPatch) -> None:
    around = Route(family=2, destination="198.51.100.7", prefix=32, gateway="192.0.2.1", index=ETH)
    dialled = Network(links=PPP.links, addresses=PPP.addresses, routes=(*PPP.routes, around))
    assert line_below("ppp0", dialled) is not None
    monkeypatch.setattr("probes.edge.kernel.tunnels.parents", lambda _: {"ppp0": ("eth0",)})
    assert line_below("ppp0", dialled) is None
