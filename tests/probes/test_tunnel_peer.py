"""Who stands at the other end of a tunnel, as far as its addresses and routes tell."""

from __future__ import annotations

import pytest

from probes.edge.kernel.netlink import IFF_POINTOPOINT, Address, Link, Route
from probes.edge.kernel.network import Network
from probes.tunnel import _peer


@pytest.mark.parametrize(
    ("own", "peer", "via", "found"),
    [
        ("10.8.0.2/24", "", "", "10.8.0.1"),
        ("10.8.0.77/16", "", "", "10.8.0.1"),
        ("10.8.0.1/24", "", "", None),  # we are that one
        ("10.8.0.2/32", "", "", None),
        ("10.8.0.1/31", "", "", None),
        ("10.8.0.6/32", "10.8.0.5", "", "10.8.0.5"),
        ("10.8.0.2/24", "", "10.8.0.9", "10.8.0.9"),
        ("fd00::2/64", "", "", "fd00::1"),
    ],
)
def test_the_other_end(own: str, peer: str, via: str, found: str | None) -> None:
    bare, _, prefix = own.partition("/")
    routes = (Route(family=2, destination="192.0.2.0", prefix=24, gateway=via, index=5),) if via else ()
    network = Network(
        links=(Link(index=5, name="tun0", flags=IFF_POINTOPOINT, hardware=65534, mtu=1420, kind="tun"),),
        addresses=(Address(index=5, address=bare, prefix=int(prefix), scope=0, peer=peer),),
        routes=routes,
    )
    assert _peer("tun0", network) == found
