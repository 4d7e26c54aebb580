"""A terminal on a real network of four machines and a switch: there, elsewhere, asleep, and gone, alone or with all others."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.patience import PATIENCE_S
from tests.support.shop_lan import BOX, MAC, OTHER, OTHER_MAC, ROUTER, TILL, ShopLan

pytestmark = pytest.mark.root
LOOK = """
import sys, msgspec
from probes.beside_lan import Asked, on_lan
from probes.ground.deadline import Deadline
from probes.settings import Beside
settings, asked = msgspec.json.decode(sys.argv[1], type=Beside), msgspec.json.decode(sys.argv[2], type=Asked)
print(msgspec.json.encode(on_lan(settings, asked, Deadline(60))).decode())
"""
DHCP_RANGE = "--dhcp-range=192.168.50.100,192.168.50.150,12h"
NO_RIGHTS = ("setpriv", "--reuid", "65534", "--clear-groups", "--bounding-set", "-all")


class Shop(ShopLan):
    def look(self, *, by: tuple[str, ...] = (), asked: dict[str, Any] | None = None, seen: bool = True, **settings: Any) -> dict[str, Any]:
        table = json.dumps({"name": "till-2", "address": TILL, **settings})
        words = (*by, sys.executable, "-c", LOOK, table, json.dumps({"seen_before": seen, **(asked or {})}))
        found: dict[str, Any] = json.loads(self.run("box", *words))
        return found

    def move(self, to: str) -> None:
        self.ip("till", "addr", "del", f"{TILL}/24", "dev", "till0")
        self.ip("till", "addr", "add", f"{to}/24", "dev", "till0")


@pytest.fixture
def shop() -> Iterator[Shop]:
    made = Shop()
    try:
        yield made
    finally:
        made.close()


def verdict(seen: dict[str, Any]) -> tuple[str, str | None]:
    return seen["outcome"], seen.get("symptom")


GONE, UNKNOWN = ("fail", "terminal_gone"), ("unknown", "nobody_there")


def test_it_is_there_and_its_ports_are_tried_only_when_they_may_be(shop: Shop) -> None:
    shop.serve("till", 8443)
    seen = shop.look(ports=[8443, 20007], asked={"may_try": [8443]})
    assert (seen["outcome"], seen["facts"]["answered_by"], seen["facts"]["ports"]) == ("pass", "icmp", {"8443": "open"})
    assert seen["facts"]["mac"] == MAC
    closed = shop.look(ports=[8443, 20007], asked={"may_try": [8443, 20007]})
    assert (*verdict(closed), closed["facts"]["ports"]["20007"]) == ("fail", "refused", "refused")


@pytest.mark.parametrize(
    ("rule", "word", "says"),
    [
        ("", "refused", ("fail", "refused")),
        ("drop", "timeout", ("fail", "timeout")),
        ("reject with icmpx type admin-prohibited", "prohibited", ("fail", "prohibited")),
    ],
    ids=["nobody listens", "dropped", "forbidden"],
)
def test_a_port_that_is_shut_says_how(shop: Shop, rule: str, word: str, says: tuple[str, str]) -> None:
    if rule:
        shop.filter("till", 20007, rule)
    shut = shop.look(ports=[20007], asked={"may_try": [20007]})
    assert (*verdict(shut), shut["facts"]["ports"]) == (*says, {"20007": word})


def test_one_that_has_its_client_is_no_fault(shop: Shop) -> None:
    """It accepts and hangs up, or its place is taken and it says nothing yet: it listens."""
    shop.hang_up("till", 20007)
    shop.serve("till", 9100)
    seen = shop.look(ports=[20007, 9100], asked={"may_try": [20007, 9100]})
    assert (seen["outcome"], seen["facts"]["ports"]) == ("pass", {"20007": "busy", "9100": "open"})


def test_what_this_machine_does_not_send_is_no_fault_of_the_terminals(shop: Shop) -> None:
    rules = "table inet own { chain out { type filter hook output priority 0; tcp dport 20007 reject; }; }"
    shop.run("box", "nft", rules)
    held = shop.look(ports=[20007], asked={"may_try": [20007]})
    assert verdict(held) == ("unknown", "not_looked") and "own firewall" in held["because"]


def test_the_ports_of_one_that_sleeps_are_no_fault(shop: Shop) -> None:
    shop.silent("till")
    shop.filter("till", 20007, "drop")
    asleep = shop.look(ports=[20007], asked={"may_try": [20007]})
    assert verdict(asleep) == ("unknown", "timeout") and "sleeps" in asleep["because"]


def test_a_shut_port_goes_before_open_debugging(shop: Shop) -> None:
    shop.serve("till", 5555)
    shut = shop.look(ports=[20007], asked={"may_try": [20007, 5555]})
    assert verdict(shut) == ("fail", "refused") and shut["facts"]["debugging_open"]


def test_what_a_port_said_stands_until_it_is_tried_again(shop: Shop) -> None:
    held = shop.look(ports=[20007], asked={"said": {"20007": "refused"}})
    assert (*verdict(held), held["facts"]["ports"]) == ("fail", "refused", {"20007": "refused"})
    assert shop.look(asked={"said": {"5555": "open"}})["symptom"] == "debugging_open"
    shop.serve("till", 20007)
    tried = shop.look(ports=[20007], asked={"may_try": [20007, 5555], "said": {"20007": "refused", "5555": "open"}})
    assert tried["outcome"] == "pass"


@pytest.mark.parametrize("by", [(), NO_RIGHTS], ids=["root", "nobody"])
@pytest.mark.parametrize("known", [False, True], ids=["new", "old entry"])
def test_one_that_sleeps_answers_arp_alone(shop: Shop, by: tuple[str, ...], known: bool) -> None:
    shop.silent("till")
    if known:
        shop.remember(TILL, MAC)
    seen = shop.look(by=by)
    assert (seen["outcome"], seen["facts"]["answered_by"]) == ("pass", "arp")


def test_the_router_answers_arp_for_everybody(shop: Shop) -> None:
    shop.unplug("till")
    shop.run("router", "sysctl", "-qw", "net.ipv4.conf.router0.proxy_arp=1")
    shop.ip("router", "link", "add", "line0", "type", "veth", "peer", "name", "line1")
    shop.ip("router", "link", "set", "line0", "up")
    shop.ip("router", "route", "add", f"{TILL}/32", "dev", "line0")
    shop.ip("box", "route", "add", "default", "via", ROUTER)
    assert verdict(shop.look(mac=MAC)) == GONE
    assert verdict(shop.look()) == GONE, "nobody wrote down its MAC address"
    assert verdict(shop.look(seen=False)) == UNKNOWN
    there = shop.look(address=ROUTER)
    assert (there["outcome"], there["facts"]["answered_by"]) == ("pass", "icmp")


def test_what_only_the_kernels_table_says_is_told_as_that(shop: Shop) -> None:
    """To an ordinary user, who may not ask by ARP: one that was switched off a moment ago, and one with a fixed entry."""
    shop.silent("till")
    shop.run("box", "ip", "neigh", "flush", "all")
    assert shop.look(by=NO_RIGHTS)["facts"]["answered_by"] == "arp", "it was asked in that moment"
    shop.unplug("till")
    believed = shop.look(by=NO_RIGHTS)
    facts = believed["facts"]
    assert (believed["outcome"], facts["answered_by"]) == ("pass", "neighbour") and 0 <= facts["entry_age_s"] <= 60
    assert "CAP_NET_RAW" in facts["text"]
    assert verdict(shop.look()) == UNKNOWN, "who may ask is not deceived"
    shop.ip("box", "neigh", "replace", TILL, "lladdr", MAC, "dev", "box0", "nud", "permanent")
    fixed = shop.look(by=NO_RIGHTS)
    assert verdict(fixed) == ("unknown", "not_looked") and "fixed entry" in fixed["because"]


def test_over_ipv6(shop: Shop) -> None:
    assert shop.look(address="fd00:50::2")["outcome"] == "pass"
    shop.silent("till")
    assert shop.look(address="fd00:50::2")["facts"]["answered_by"] in ("neighbour", "arp"), "by whether its entry has grown old since"
    link_local = next(
        word.partition("/")[0] for word in shop.run("till", "ip", "-6", "addr", "show", "dev", "till0").split() if "fe80" in word
    )
    assert shop.look(address=f"{link_local}%box0")["outcome"] == "pass"
    shop.unplug("till")
    shop.run("box", "ip", "neigh", "flush", "all")
    shop.ip("box", "route", "add", "default", "via", ROUTER)
    assert verdict(shop.look(address="fd00:50::2")) == GONE


@pytest.mark.parametrize("by", [(), NO_RIGHTS], ids=["root", "nobody"])
@pytest.mark.parametrize("silent", [False, True], ids=["others answer", "others answer arp alone"])
def test_gone_while_others_are_there(shop: Shop, by: tuple[str, ...], silent: bool) -> None:
    for name in ("router", "other") if silent else ():
        shop.silent(name)
    shop.unplug("till")
    shop.remember(TILL, MAC)
    for address, mac in ((ROUTER, "02:00:00:00:50:03"), (OTHER, OTHER_MAC)):
        shop.remember(address, mac)
    assert verdict(shop.look(by=by)) == GONE
    assert verdict(shop.look(by=by, seen=False)) == UNKNOWN, "it was never there"


@pytest.mark.parametrize("by", [(), NO_RIGHTS], ids=["root", "nobody"])
def test_a_switch_that_lost_its_power_is_no_terminals_fault(shop: Shop, by: tuple[str, ...]) -> None:
    """The box has a carrier, and its table still knows everybody."""
    for name in ("till", "router", "other"):
        shop.unplug(name)
    for address, mac in ((TILL, MAC), (ROUTER, "02:00:00:00:50:03"), (OTHER, OTHER_MAC)):
        shop.remember(address, mac)
    alone = shop.look(by=by, mac=MAC)
    assert verdict(alone) == UNKNOWN and alone["facts"]["others"] == 0


def test_its_address_is_another_one_now(shop: Shop) -> None:
    shop.move("192.168.50.77")
    assert verdict(shop.look(mac=MAC)) == GONE, "nobody has asked for it yet"
    for found in (shop.look(mac=MAC, asked={"may_search": True}), shop.look(asked={"mac": MAC}), shop.look(address="", mac=MAC)):
        assert (found["outcome"], found["facts"]["address"], found["facts"]["mac"]) == ("pass", "192.168.50.77", MAC)


def test_another_machine_has_its_address(shop: Shop) -> None:
    shop.unplug("till")
    shop.ip("other", "addr", "add", f"{TILL}/24", "dev", "other0")
    taken = shop.look(mac=MAC)
    assert (*verdict(taken), taken["facts"]["moved"]) == (*GONE, OTHER_MAC)
    shop.serve("other", 20007)
    replaced = shop.look(ports=[20007], asked={"mac": MAC, "may_try": [20007]})
    assert (*verdict(replaced), replaced["facts"]["moved"]) == (*UNKNOWN, OTHER_MAC) and not replaced["facts"].get("ports")
    shop.plug("till")
    shop.move("192.168.50.77")
    shop.run("till", "ping", "-c", "1", "-W", "5", "192.168.50.5")
    found = shop.look(mac=MAC)
    assert (found["outcome"], found["facts"]["address"], found["facts"]["moved"]) == ("pass", "192.168.50.77", OTHER_MAC)


@pytest.mark.parametrize("address", [BOX, "fd00:50::1"])
def test_an_address_of_this_machine_itself_is_no_terminal(shop: Shop, address: str) -> None:
    own = shop.look(address=address, ports=[8443], asked={"may_try": [8443]})
    assert verdict(own) == ("unknown", "not_looked") and "this machine's own" in own["because"] and not own["facts"].get("ports")


def test_debugging_is_open_to_anybody(shop: Shop) -> None:
    shop.serve("till", 5555)
    assert verdict(shop.look(asked={"may_try": [5555]})) == ("warn", "debugging_open")
    assert shop.look()["outcome"] == "pass", "not tried now"


def test_a_real_dhcp_server_tells_where_it_is_and_that_it_was_there(shop: Shop, tmp_path: Path) -> None:
    leases, script = tmp_path / "leases", tmp_path / "bound"
    script.write_text('#!/bin/sh\n[ "$1" = bound ] && ip addr replace "$ip/$mask" dev "$interface"\nexit 0\n')
    script.chmod(0o755)
    options = [
        "--no-ping",
        "--dhcp-authoritative",
        "--user=root",
        "--pid-file=",
        "--port=0",
        "--conf-file=/dev/null",
        "--interface=router0",
    ]
    shop.start(
        "router",
        "dnsmasq",
        "-k",
        *options,
        "--interface=router0",
        "--dhcp-range=192.168.50.100,192.168.50.150,12h",
        f"--dhcp-leasefile={leases}",
    )
    shop.ip("till", "-4", "addr", "flush", "dev", "till0")
    shop.run("till", "busybox", "udhcpc", "-i", "till0", "-n", "-q", "-f", "-t", "10", "-T", "1", "-s", str(script))
    end = time.monotonic() + PATIENCE_S
    while MAC not in (leases.read_text() if leases.exists() else "") and time.monotonic() < end:
        time.sleep(0.1)
    found = shop.look(mac=MAC, lease_file=str(leases), seen=False)
    assert (found["outcome"], found["facts"]["lease_runs"]) == ("pass", True)
    assert found["facts"]["address"] == found["facts"]["leased"] != TILL
    shop.unplug("till")
    assert verdict(shop.look(mac=MAC, lease_file=str(leases), seen=False)) == GONE, "the router knows it"
    missing = shop.look(mac=MAC, lease_file="/nowhere", seen=False)
    assert verdict(missing) == UNKNOWN and "/nowhere cannot be read (No such file or directory)" in missing["facts"]["text"]
