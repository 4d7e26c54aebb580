"""Dumps of Android 7 to 14, in the forms that they have: each is read by its keys, and what is not there is not known."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.assess.android import connectivity, events, power, properties, telephony, usb, wifi

SAMPLES = Path(__file__).with_name("samples")


def sample(name: str) -> str:
    return (SAMPLES / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "kind", "interface", "addresses", "resolvers", "routers"),
    [
        ("a7-cellular", "cellular", "rmnet0", ("100.64.10.21/30",), ("192.0.2.53", "192.0.2.54"), ("100.64.10.22",)),
        ("a10-wifi", "wifi", "wlan0", ("fe80::a:b/64", "192.168.50.23/24"), ("192.168.50.1",), ("192.168.50.1",)),
        ("a12-ethernet", "ethernet", "eth0", ("192.168.50.10/24",), ("192.168.50.1",), ("192.168.50.1",)),
    ],
)
def test_the_default_network(
    name: str, kind: str, interface: str, addresses: tuple[str, ...], resolvers: tuple[str, ...], routers: tuple[str, ...]
) -> None:
    seen = connectivity.parse(sample(f"connectivity-{name}"))
    assert seen is not None and seen.default is not None
    default = seen.default
    assert (default.kind, default.interface, default.addresses) == (kind, interface, addresses)
    assert (default.resolvers, default.routers) == (resolvers, routers)
    assert default.internet and default.validated and not default.portal


def test_a_vpn_over_a_network_behind_a_portal_and_what_is_history() -> None:
    seen = connectivity.parse(sample("connectivity-a14-newest-vpn"))
    assert seen is not None and seen.default is not None
    assert (seen.default.number, seen.default.kind, seen.default.vpn, seen.default.routers) == (312, "other", True, ())
    voice, beneath, _ = seen.networks
    assert (voice.kind, voice.internet, voice.routers) == ("cellular", False, ("fe80::1",))
    assert (beneath.kind, beneath.portal, beneath.validated) == ("wifi", True, False)
    assert [network.number for network in seen.networks] == [310, 311, 312]


def test_no_network_is_not_no_answer() -> None:
    seen = connectivity.parse(sample("connectivity-none"))
    assert seen is not None and seen.default is None and seen.networks == ()
    for none in ("", "Can't find service: connectivity\n", sample("connectivity-a12-ethernet")[:40]):
        assert connectivity.parse(none) is None


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("a9-off-net", wifi.Wifi(enabled=True, joined=False, supplicant="DISCONNECTED")),
        ("a11-disabled", wifi.Wifi(enabled=False)),
        ("a14-connected", wifi.Wifi(enabled=True, joined=True, supplicant="COMPLETED", signal_dbm=-56)),
    ],
)
def test_wifi(name: str, seen: wifi.Wifi) -> None:
    assert wifi.parse(sample(f"wifi-{name}")) == seen
    assert "Shop" not in repr(wifi.parse(sample(f"wifi-{name}")))
    assert wifi.parse("cmd: Can't find service: wifi\n") is None


def test_a_mobile_network_of_android_8() -> None:
    (slot,) = telephony.parse(sample("telephony-a8"))
    assert slot.in_service and not slot.off and slot.connected is True


def test_an_empty_slot_beside_a_card_whose_voice_alone_is_refused() -> None:
    empty, card = telephony.parse(sample("telephony-a11-two-slots"))
    assert empty.off and not empty.in_service
    assert card.in_service and not card.off and not card.denied and card.connected is True


def test_a_card_that_the_network_refuses() -> None:
    (slot,) = telephony.parse(sample("telephony-a13-denied"))
    assert (slot.in_service, slot.denied, slot.reject_cause, slot.connected) == (False, True, 33, False)


def test_the_battery_and_not_its_event_log() -> None:
    seen = power.parse(sample("battery-a11") + "\nBattery event log:\n  level: 100\n")
    assert seen is not None
    assert (seen.percent, seen.temperature_c, seen.charging, seen.powered, seen.set_by_hand) == (9.0, 27.4, False, False, False)
    by_hand = power.parse("Current Battery Service state: (UPDATES STOPPED -- use 'reset' to restart)\n  level: 1\n  scale: 100\n")
    assert by_hand is not None and by_hand.set_by_hand
    assert power.parse("Can't find service: battery\n") is None


@pytest.mark.parametrize(
    ("status", "powered", "charging"),
    [(2, True, True), (5, True, True), (3, False, False), (4, False, False), (3, True, None), (4, True, None), (1, True, None)],
)
def test_whether_it_charges(status: int, powered: bool, charging: bool | None) -> None:
    """One that is plugged in and does not charge may have a charger that is too weak: nobody can tell."""
    text = sample("battery-a11").replace("status: 3", f"status: {status}")
    seen = power.parse(text.replace("AC powered: false", f"AC powered: {str(powered).lower()}"))
    assert seen is not None and seen.charging is charging


def test_what_is_plugged_in_and_what_once_was() -> None:
    seen = usb.parse(sample("usb-a10-printer"))
    assert seen == (usb.Plugged(usb="067b:2303", maker="Prolific Technology Inc.", model="USB-Serial Controller"),)
    assert usb.parse("USB Manager State:\n  Current Functions: mtp\n") is None


@pytest.mark.parametrize(
    ("name", "printers", "others"),
    [
        ("usb-a8-printer", ["0483:5720"], ["067b:2303"]),
        ("usb-a13-two", ["0fe6:811e"], ["0bda:8153"]),
        ("usb-a10-printer", [], ["067b:2303"]),
    ],
)
def test_which_of_them_prints(name: str, printers: list[str], others: list[str]) -> None:
    for text in (sample(name), sample(name).replace("\n", "\r\n")):
        seen = usb.parse(text)
        assert seen is not None
        assert sorted(each.usb for each in seen if each.printer) == printers
        assert sorted(each.usb for each in seen if not each.printer) == others


def test_a_printer_of_a_class_of_its_own() -> None:
    seen = usb.parse(sample("usb-a10-printer").replace("vendor_id=1659", "vendor_id=1208"))
    assert seen is not None and [each.printer for each in seen] == [True]
    named = usb.parse(sample("usb-a10-printer").replace("USB-Serial Controller", "Thermal Printer"))
    assert named is not None and [each.printer for each in named] == [True]


def test_the_payment_application() -> None:
    seen = events.parse(sample("events"), "com.example.pay")
    assert (seen.anrs, seen.crashes, seen.last_crash, seen.started) == (1, 1, "06-24 05:01:00.000", "06-24 05:01:02.000")
    assert events.parse(sample("events"), "com.example.other") == events.AppEvents()


@pytest.mark.parametrize(
    ("said", "absent", "ready", "locked"),
    [
        ("ABSENT", True, False, ""),
        ("ABSENT,LOADED", False, True, ""),
        ("READY", False, True, ""),
        ("PIN_REQUIRED", False, False, "PIN_REQUIRED"),
        ("PUK_REQUIRED,ABSENT", False, False, "PUK_REQUIRED"),
        ("NOT_READY", False, False, ""),
        ("UNKNOWN", False, False, ""),
    ],
)
def test_the_sim(said: str, absent: bool, ready: bool, locked: str) -> None:
    sim = properties.sim_of(properties.parse(f"[gsm.sim.state]: [{said}]\n"))
    assert sim is not None and (sim.absent, sim.ready, sim.locked) == (absent, ready, locked)
    assert properties.sim_of(properties.parse("[gsm.sim.state]: []\n")) is None


def test_whether_it_has_started() -> None:
    assert properties.booted(properties.parse(sample("getprop"))) is True
    assert properties.booted(properties.parse("[ro.product.model]: [X]\n[sys.boot_completed]: []\n")) is False
    assert properties.booted({}) is None


@given(st.text(max_size=400), st.sampled_from(sorted(path.stem for path in SAMPLES.glob("*.txt"))), st.integers(0, 4000))
def test_nothing_that_a_device_says_breaks_it(noise: str, name: str, cut: int) -> None:
    text = sample(name)[:cut] + noise + sample(name)[cut:]
    connectivity.parse(text)
    wifi.parse(text)
    telephony.parse(text)
    power.parse(text)
    usb.parse(text)
    events.parse(text, "com.example.pay")
    properties.sim_of(properties.parse(text))


@pytest.mark.parametrize(
    "hostile",
    ["\n" * 1_000_000, "I am_anr" + " " * 400_000, "[a]: [\n" * 150_000, "Phone Id=" * 100_000, "host_manager={" * 70_000, " " * 1_000_000],
)
def test_a_hostile_device_takes_no_time(hostile: str) -> None:
    """Each of these took minutes where an expression tried every way through it; the test's own time limit is what fails."""
    connectivity.parse("Active default network: 1\n" + hostile)
    wifi.parse(hostile)
    telephony.parse(hostile)
    power.parse("Current Battery Service state\n" + hostile)
    usb.parse(hostile)
    events.parse(hostile, "com.example.pay")
    properties.parse(hostile)
    connectivity.parse("Active default network: " + "9" * 5000)
