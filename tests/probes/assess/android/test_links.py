"""The wired socket and the way out, as `ip` of an Android terminal tells of them."""

from __future__ import annotations

import pytest

from probes.assess.android.links import Way, Wired, way_out, wired

LO = "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000\\    link/loopback 00\n"
WLAN = "4: wlan0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP mode DORMANT group default qlen 3000\\    link/ether 02\n"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("", None),
        ("Cannot open netlink socket: Permission denied\n", None),
        (LO + WLAN, None),
        (LO + "2: eth0: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc mq state DOWN\n" + WLAN, Wired("eth0", True, False)),
        ("2: eth0: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN\n", Wired("eth0", False, False)),
        ("2: eth0: <NO-CARRIER,UP> mtu 1500\n3: eth1@if9: <BROADCAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP\n", Wired("eth1", True, True)),
        ("2: eth0: <" + "A," * 5000 + "> mtu 1500\n", None),
    ],
)
def test_the_wired_socket(text: str, seen: Wired | None) -> None:
    assert wired(text) == seen


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("", None),
        ("RTNETLINK answers: Network is unreachable\n", None),
        ("local 192.0.2.1 dev lo src 192.0.2.1 uid 2000 \n    cache <local>\n", None),
        ("192.0.2.1 dev dummy0 src 10.0.0.1 uid 2000\n", None),
        (
            "192.0.2.1 via 192.168.50.1 dev eth0  table eth0  src 192.168.50.41  uid 2000 \n    cache \n",
            Way(interface="eth0", kind="ethernet", router="192.168.50.1", address="192.168.50.41"),
        ),
        ("192.0.2.1 dev rmnet_data0 table 1004 src 100.64.1.7\n", Way(interface="rmnet_data0", kind="cellular", address="100.64.1.7")),
        ("192.0.2.1 dev ccmni1\n", Way(interface="ccmni1", kind="cellular")),
        ("192.0.2.1 dev tun0 src 10.8.0.2\n", Way(interface="tun0", kind="other", address="10.8.0.2")),
    ],
)
def test_the_way_out(text: str, seen: Way | None) -> None:
    assert way_out(text) == seen
