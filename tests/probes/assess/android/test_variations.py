"""Dumps as other makers and releases print them: line ends of Windows, tabs, keys that are missing or stand elsewhere, hostile names."""

from __future__ import annotations

from pathlib import Path

import pytest

from probes.android_path import _ADDRESS_OF
from probes.assess.android import connectivity, events, power, properties, telephony, wifi

SAMPLES = Path(__file__).with_name("samples")


@pytest.mark.parametrize("ends", ["\r\n", "\n\n"], ids=repr)
@pytest.mark.parametrize("blanks", ["  ", "\t"], ids=repr)
@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.txt")), ids=lambda path: path.stem)
def test_line_ends_and_blanks_say_nothing(path: Path, ends: str, blanks: str) -> None:
    plain = path.read_text(encoding="utf-8")
    text = plain.replace("  ", blanks).replace("\n", ends) if "usb" not in path.stem else plain.replace("\n", "\r\n")
    for parse in (connectivity.parse, wifi.parse, telephony.parse, lambda each: events.parse(each, "com.example.pay")):
        assert parse(text) == parse(plain)
    if ends == "\r\n":
        assert power.parse(text) == power.parse(plain)
        assert properties.parse(text) == properties.parse(plain)


CELLULAR_A13 = """Active default network: 101

Current Networks:
  NetworkAgentInfo{network{101}  handle{437827395597}  ni{MOBILE[LTE] CONNECTED extra: iot} created=2024-03-01T08:00:00.000Z \
Score(Policies : EVER_VALIDATED) firstValidated=1200 lastValidated=3311  lp{{InterfaceName: rmnet_data2 LinkAddresses: [ 2001:db8::1/64 ] \
DnsAddresses: [ /2001:db8:57::8 ] Domains: null MTU: 1500 HttpProxy: [ProxyInfo] localhost:8888 Routes: [ fe80::/64 -> :: rmnet_data2 mtu \
0,::/0 -> fe80::1%rmnet_data2 rmnet_data2 mtu 1500 ] Stacked: [[ {InterfaceName: v4-rmnet_data2 LinkAddresses: [ 192.0.0.4/32 ] \
DnsAddresses: [ ] Domains: null MTU: 0 Routes: [ 0.0.0.0/0 -> 192.0.0.4 v4-rmnet_data2 mtu 0 ]} ]] }}  nc{[ Transports: CELLULAR \
Capabilities: SUPL&FOTA&INTERNET&NOT_RESTRICTED&TRUSTED&NOT_VPN&FOREGROUND Specifier: <TelephonyNetworkSpecifier [mSubId = 1]>]} }
Network Requests:
"""


def test_a_network_of_ipv6_alone_has_no_router_of_its_own_translation() -> None:
    seen = connectivity.parse(CELLULAR_A13)
    assert seen is not None and seen.default is not None
    assert (seen.default.routers, seen.default.addresses, seen.default.validated) == (("fe80::1",), ("2001:db8::1/64",), False)


def test_a_network_name_tells_nothing_of_the_supplicant() -> None:
    name = '"x, Supplicant state: DISCONNECTED, RSSI: -1"'
    info = f"WifiInfo: SSID: {name}, BSSID: 02:00:00:00:00:01, MAC: 02:00:00:00:00:02, Supplicant state: COMPLETED, RSSI: -56"
    seen = wifi.parse(f"Wifi is enabled\nWifi is connected to {name}\n{info}\n")
    assert seen == wifi.Wifi(enabled=True, joined=True, supplicant="COMPLETED", signal_dbm=-56)


def test_the_first_of_two_wifi_clients_is_the_one_that_programs_use() -> None:
    first, second = (f"==== {name} ClientModeManager instance ====\n" for name in ("Primary", "Secondary"))
    joined = 'Wifi is connected to "x"\nWifiInfo: SSID: "x", BSSID: 02:00:00:00:00:01, MAC: x, Supplicant state: COMPLETED, RSSI: -56\n'
    seen = wifi.parse(f"Wifi is enabled\n{first}Wifi is not connected\n{second}{joined}")
    assert seen == wifi.Wifi(enabled=True, joined=False)
    off = wifi.parse('Wi-Fi is disabled\nmWifiInfo SSID: "x", BSSID: <none>, MAC: x, Supplicant state: COMPLETED, RSSI: -50\n')
    assert off == wifi.Wifi(enabled=False), "what it had last is still printed"


def test_calls_over_wifi_that_are_refused_are_no_refusal() -> None:
    infos = (
        "NetworkRegistrationInfo{ domain=PS transportType=WLAN registrationState=DENIED rejectCause=33}, "
        "NetworkRegistrationInfo{ domain=PS transportType=WWAN registrationState=HOME rejectCause=0}"
    )
    state = f"mServiceState={{mVoiceRegState=0(IN_SERVICE), mDataRegState=0(IN_SERVICE), mNetworkRegistrationInfos=[{infos}]}}"
    (slot,) = telephony.parse(f"last known state:\n  Phone Id=0\n    {state}\n    mDataConnectionState=2(CONNECTED)\n")
    assert (slot.denied, slot.in_service, slot.connected) == (False, True, True)


def test_one_slot_without_its_number() -> None:
    (slot,) = telephony.parse("last known state:\n  mCallState=0\n  mServiceState=0 0 voice home data home\n  mDataConnectionState=2\n")
    assert (slot.number, slot.in_service, slot.connected) == (0, True, True)


@pytest.mark.parametrize(("said", "absent"), [("ABSENT,", True), ("LOADED,", False), (" Absent , absent ", True)])
def test_a_slot_that_says_nothing_is_none(said: str, absent: bool) -> None:
    sim = properties.sim_of({"gsm.sim.state": said})
    assert sim is not None and sim.absent is absent


def test_no_slot_says_anything() -> None:
    assert properties.sim_of({"gsm.sim.state": ","}) is None


def test_a_battery_that_is_not_there_has_no_temperature() -> None:
    seen = power.parse(
        "Current Battery Service state:\n\tAC powered:  true\n\tpresent: false\n\tlevel: 0\n\tscale: 100\n\ttemperature: 0\n"
    )
    assert seen is not None and (seen.present, seen.temperature_c, seen.powered) == (False, None, True)


def test_an_event_with_its_year() -> None:
    line = "2024-06-24 05:00:00.000123 +0800  1500  1600 I am_anr  : [0,21001,com.example.pay,1,x]\n"
    assert events.parse(line, "com.example.pay") == events.AppEvents(anrs=1, last_anr="2024-06-24 05:00:00.000123", hung=21001)


@pytest.mark.parametrize(
    "said",
    [
        "PING www.one.example (192.0.2.1) 56(84) bytes of data.",
        "PING www.one.example(2001:db8::1) 56 data bytes",
        "PING www.one.example(host.one.example (2001:db8::1)) 56 data bytes",
        "Ping www.one.example (192.0.2.1): 56(84) bytes.",
    ],
)
def test_a_name_that_ping_found(said: str) -> None:
    assert _ADDRESS_OF.search(f"{said}\n")
    assert not _ADDRESS_OF.search("ping: unknown host www.one.example\n")
