"""What examinations show of things, and what of it is a change: each kind of the record, once, with before and after."""

from __future__ import annotations

from typing import Any

import pytest

from agent.record.differences import Difference, Known, compare, flickered
from agent.record.things import MOST, things_in
from probes.model import Check, Facts, Outcome, Symptom
from tests.support.checks import check

UP = check("link:eth0", kind="ethernet", admin_up=True, carrier=True, speed_mbps=1000, duplex="full")
WIFI = check("link:wlan0", kind="wifi", carrier=True)
FAIL = Outcome.FAIL
PRINTER: dict[str, Any] = {"node": "/dev/ttyUSB0", "role": "printer"}
BEFORE_AND_AFTER: list[tuple[str, list[Check[Facts]], list[Check[Facts]], Difference]] = [
    (
        "a cable pulled",
        [UP],
        [check("link:eth0", FAIL, Symptom.NO_CARRIER, kind="ethernet", carrier=False)],
        Difference(what="link", subject="eth0", before="up 1000/full", after="no_carrier"),
    ),
    (
        "a socket that negotiated less",
        [UP],
        [check("link:eth0", kind="ethernet", carrier=True, speed_mbps=10, duplex="half")],
        Difference(what="link", subject="eth0", before="up 1000/full", after="up 10/half"),
    ),
    (
        "another address",
        [UP, check("address:eth0", addresses=("10.0.0.7/24", "fe80::1/64"))],
        [UP, check("address:eth0", addresses=("10.0.0.9/24", "fe80::1/64"))],
        Difference(what="address", subject="eth0", before="10.0.0.7/24", after="10.0.0.9/24"),
    ),
    (
        "a lease that ran out",
        [UP, check("address:eth0", addresses=("10.0.0.7/24",), routers=("10.0.0.1",))],
        [UP, check("address:eth0", FAIL, Symptom.NO_ADDRESS, addresses=())],
        Difference(what="address", subject="eth0", before="10.0.0.7/24", after=""),
    ),
    (
        "another router's address",
        [UP, check("address:eth0", addresses=("10.0.0.7/24",), routers=("10.0.0.1",))],
        [UP, check("address:eth0", addresses=("10.0.0.7/24",), routers=("10.0.0.254",))],
        Difference(what="router", subject="eth0", before="10.0.0.1", after="10.0.0.254"),
    ),
    (
        "another machine at the router's address",
        [UP, check("router:10.0.0.1", interface="eth0", mac="02:00:00:00:00:01")],
        [UP, check("router:10.0.0.1", interface="eth0", mac="02:00:00:00:00:02")],
        Difference(what="router", subject="10.0.0.1", before="02:00:00:00:00:01", after="02:00:00:00:00:02"),
    ),
    (
        "other name servers",
        [check("dns:10.0.0.1"), check("dns:1.1.1.1")],
        [check("dns:9.9.9.9")],
        Difference(what="resolvers", subject="", before="10.0.0.1 1.1.1.1", after="9.9.9.9"),
    ),
    (
        "no name server any more",
        [check("dns:10.0.0.1")],
        [check("dns:config", FAIL, Symptom.NO_RESOLVER)],
        Difference(what="resolvers", subject="", before="10.0.0.1", after=""),
    ),
    (
        "a host at another address",
        [check("gateway:a", address="192.0.2.1")],
        [check("gateway:a", FAIL, Symptom.TIMEOUT, address="10.0.0.1")],
        Difference(what="gateway_address", subject="a", before="192.0.2.1", after="10.0.0.1"),
    ),
    (
        "another certificate",
        [check("gateway:a", certificate={"subject": "CN=a", "not_after": "2026-03-01T00:00:00Z"})],
        [check("gateway:a", certificate={"subject": "CN=a", "not_after": "2027-03-01T00:00:00Z"})],
        Difference(what="gateway_certificate", subject="a", before="CN=a, until 2026-03-01", after="CN=a, until 2027-03-01"),
    ),
    (
        "an application restarted",
        [check("app:pay", pids=(12, 13), names=("pay",))],
        [check("app:pay", pids=(40, 41), names=("pay",))],
        Difference(what="app", subject="pay", before="pay 12 13", after="pay 40 41"),
    ),
    (
        "an application that ended",
        [check("app:pay", pids=(12,), names=("pay",))],
        [check("app:pay", FAIL, Symptom.NOT_RUNNING)],
        Difference(what="app", subject="pay", before="pay 12", after=""),
    ),
    (
        "a device pulled out",
        [check("serial:printer", **PRINTER)],
        [check("serial:printer", FAIL, Symptom.DEVICE_MISSING, role="printer")],
        Difference(what="device", subject="printer", before="/dev/ttyUSB0", after=""),
    ),
    (
        "a device that the system counts anew",
        [check("serial:printer", **PRINTER)],
        [check("serial:printer", FAIL, Symptom.DEVICE_RENUMBERED, role="printer", found_at="/dev/ttyUSB1")],
        Difference(what="device", subject="printer", before="/dev/ttyUSB0", after="/dev/ttyUSB1"),
    ),
    (
        "a port that nobody configured went",
        [check("serial:present", devices=({"node": "/dev/ttyUSB0", "usb": "067b:2303", "maker": "Prolific"},))],
        [check("serial:present", devices=())],
        Difference(what="device", subject="067b:2303 Prolific", before="/dev/ttyUSB0", after=""),
    ),
    (
        "a port that nobody configured came",
        [check("serial:present", devices=())],
        [check("serial:present", devices=({"node": "/dev/ttyUSB0", "usb": "067b:2303", "maker": "Prolific"},))],
        Difference(what="device", subject="067b:2303 Prolific", before="", after="/dev/ttyUSB0"),
    ),
    (
        "paper",
        [check("serial:printer", paper="adequate", **PRINTER)],
        [check("serial:printer", FAIL, Symptom.PAPER_OUT, paper="out", **PRINTER)],
        Difference(what="printer", subject="printer", before="paper_adequate", after="paper_out"),
    ),
    (
        "the cover, whatever is said of the paper then",
        [check("serial:printer", paper="adequate", **PRINTER)],
        [check("serial:printer", FAIL, Symptom.COVER_OPEN, paper="out", **PRINTER)],
        Difference(what="printer", subject="printer", before="paper_adequate", after="cover_open"),
    ),
    (
        "another access point",
        [check("link:wlan0", kind="wifi", network="shop", access_point="02:00:00:00:00:01")],
        [check("link:wlan0", kind="wifi", network="shop", access_point="02:00:00:00:00:02")],
        Difference(what="wifi", subject="wlan0", before="shop 02:00:00:00:00:01", after="shop 02:00:00:00:00:02"),
    ),
    (
        "a SIM card taken out",
        [check("serial:modem", sim="ready", node="/dev/ttyUSB2")],
        [check("serial:modem", FAIL, Symptom.SIM_MISSING, sim="no SIM", node="/dev/ttyUSB2")],
        Difference(what="sim", subject="modem", before="ready", after="no SIM"),
    ),
    (
        "a charger pulled",
        [check("system:battery", charging=True)],
        [check("system:battery", charging=False)],
        Difference(what="power", subject="", before="mains", after="battery"),
    ),
    (
        "a disk that filled",
        [check("system:disk:/")],
        [check("system:disk:/", FAIL, Symptom.DISK_FULL)],
        Difference(what="disk", subject="/", before="ok", after="disk_full"),
    ),
]


def known_of(checks: list[Check[Facts]], uplink: str = "") -> Known:
    found, known = compare({}, things_in(checks, uplink, {}))
    assert found == [], "the first sight of a thing is no change"
    return known


@pytest.mark.parametrize(("before", "after", "change"), [row[1:] for row in BEFORE_AND_AFTER], ids=[row[0] for row in BEFORE_AND_AFTER])
def test_each_change_is_one(before: list[Check[Facts]], after: list[Check[Facts]], change: Difference) -> None:
    known = known_of(before)
    found, known = compare(known, things_in(after, "", known))
    assert found == [change]
    assert compare(known, things_in(after, "", known))[0] == [], "it is told once"


def test_another_interface_carries_the_default_route() -> None:
    known = known_of([UP, WIFI], "eth0")
    assert compare(known, things_in([UP, WIFI], "wlan0", known))[0] == [Difference(what="uplink", subject="", before="eth0", after="wlan0")]


def test_what_follows_from_a_pulled_cable_is_no_change_of_its_own() -> None:
    up = [UP, check("address:eth0", addresses=("10.0.0.7/24",), routers=("10.0.0.1",)), check("dns:10.0.0.1")]
    known = known_of([*up, check("router:10.0.0.1", interface="eth0", mac="02:00:00:00:00:01")], "eth0")
    pulled = [
        check("link:eth0", FAIL, Symptom.NO_CARRIER, kind="ethernet"),
        check("address:eth0", FAIL, Symptom.NO_ADDRESS, addresses=()),
        check("router:10.0.0.1", Outcome.SKIP, because="link:eth0", interface="eth0"),
        check("dns:10.0.0.1", Outcome.SKIP, because="link:eth0"),
    ]
    found, known = compare(known, things_in(pulled, "", known))
    assert [each.what for each in found] == ["link"]
    found, _ = compare(known, things_in([*up, check("router:10.0.0.1", interface="eth0", mac="02:00:00:00:00:01")], "eth0", known))
    assert [(each.what, each.after) for each in found] == [("link", "up 1000/full")]


USUAL: list[tuple[str, list[Check[Facts]]]] = [
    ("nothing was looked at", [check("system:examination", Outcome.UNKNOWN, Symptom.HUNG, "hung", target="examination")]),
    ("the link could not be looked at", [check("link:eth0", Outcome.UNKNOWN, Symptom.NOT_LOOKED, "memory")]),
    ("the speed is not known yet", [check("link:eth0", kind="ethernet", carrier=True)]),
    ("errors on the line", [check("link:eth0", Outcome.WARN, Symptom.LINK_ERRORS, kind="ethernet", speed_mbps=1000, duplex="full")]),
    ("one process beside the one that stays", [check("app:pay", pids=(12, 99), names=("pay",))]),
    ("another address of the same IPv6 network", [UP, check("address:eth0", addresses=("10.0.0.7/24", "2001:db8:1:2:9::9/64"))]),
    ("a router that is silent now", [UP, check("router:10.0.0.1", FAIL, Symptom.ROUTER_SILENT, interface="eth0", neighbour="failed")]),
    ("a printer that does not say", [check("serial:printer", paper="unknown", **PRINTER)]),
]


@pytest.mark.parametrize("later", [row[1] for row in USUAL], ids=[row[0] for row in USUAL])
def test_what_is_no_change(later: list[Check[Facts]]) -> None:
    usual = [
        UP,
        check("address:eth0", addresses=("10.0.0.7/24", "2001:db8:1:2:1::1/64")),
        check("router:10.0.0.1", interface="eth0", mac="02:00:00:00:00:01"),
        check("app:pay", pids=(12, 13), names=("pay",)),
        check("serial:printer", paper="adequate", **PRINTER),
    ]
    known = known_of(usual)
    assert compare(known, things_in(later, "", known))[0] == []


def test_a_host_of_several_machines_changes_only_to_one_that_is_new() -> None:
    """As names that are answered with another address each time."""
    known, told = known_of([check("gateway:a", address="192.0.2.1")]), []
    for last in (2, 1, 3, 2, 1, 3, 1, 2, 9):
        found, known = compare(known, things_in([check("gateway:a", address=f"192.0.2.{last}")], "", known))
        told += [each.after for each in found]
    assert told == ["192.0.2.2", "192.0.2.3", "192.0.2.9"]


def test_a_carrier_that_was_gone_and_back_between_two_looks() -> None:
    known = known_of([UP])
    [found] = flickered({"eth0": 4}, {"eth0": 10, "eth1": 3}, known, [])
    assert found == Difference(what="link", subject="eth0", before="up 1000/full", after="up 1000/full", count=3)
    assert flickered({"eth0": 4}, {"eth0": 5}, known, []) == []
    assert flickered({}, {"eth0": 10}, known, []) == [], "how often before this start is not known"


@pytest.mark.parametrize("value", ["\x1b[2J\u202e" * 50, "\ud800", "a\nb"])
def test_what_comes_from_outside_is_escaped_and_cut(value: str) -> None:
    facts: dict[str, Any] = {"certificate": {"subject": value, "not_after": "2026"}, "address": "192.0.2.1"}
    found = things_in([check("gateway:a", **facts)], "", {})
    shown = found["gateway_certificate", "a"]
    assert shown.isprintable()
    assert len(shown) <= 120


def test_there_is_an_end_to_what_is_known() -> None:
    many = [check(f"app:{number}", pids=(number,), names=("x",)) for number in range(2 * MOST)]
    assert len(known_of(many)) <= MOST
