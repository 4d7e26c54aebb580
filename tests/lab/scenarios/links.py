"""The terminal's own sockets: cable, switch of the interface, radio."""

from __future__ import annotations

from typing import Any

from tests.lab.scenario import Make, Scenario, as_user, fault, together
from tests.support.servers.modem import Modem
from tests.support.world import World, devices, faults, machine, netns

TEMP_DISABLED = b"network id / ssid / bssid / flags\n0\tshop\tany\t[CURRENT][TEMP-DISABLED]\n"
OF_TWO = b"network id / ssid / bssid / flags\n0\tguest\tany\t[DISABLED]\n1\tshop\tany\t[TEMP-DISABLED]\n"
NOT_IN_REACH = b"network id / ssid / bssid / flags\n0\tshop\tany\t\n"


def routes_gone_too(w: World) -> None:
    faults.cable_out(w)
    netns.ip(w.terminal, "route flush table main")


def named(interface: str, **more: str) -> Make:
    return lambda w: w.config.update(uplink=[{"interface": interface, **more}])


def adapter_pulled(w: World) -> None:
    """The network adapter itself is gone."""
    netns.ip(w.terminal, "link delete eth0")


def wifi_down(w: World) -> None:
    machine.wifi(w)
    netns.ip(w.router, "link set port1 down")
    w.config["uplink"] = [{"interface": "wlan0"}]


def with_supplicant(networks: bytes) -> Make:
    return together(wifi_down, lambda w: machine.supplicant(w, networks))


def radio(kind: str, name: str, *, hard: bool) -> Make:
    def make(w: World) -> None:
        netns.ip(w.terminal, "link set eth0 down", f"link set eth0 name {name}", f"link set {name} up")
        machine.radio_switched_off(w, kind, hard=hard)
        w.config["uplink"] = [{"interface": name}]

    return make


def modem_radio_off(w: World) -> None:
    netns.ip(w.router, "link set port1 down")
    netns.ip(w.terminal, "link set eth0 down", "link set eth0 name wwan0", "link set wwan0 up")
    devices.device(w, Modem(cfun=4), "at", name="modem", role="modem")


def cellular(**modem: Any) -> Make:
    """The uplink is a modem's; it is ready, and a network has taken it. The interface has a carrier and no address."""

    def make(w: World) -> None:
        netns.ip(w.terminal, "link set eth0 down", "link set eth0 name wwan0", "address flush dev wwan0", "link set wwan0 up")
        devices.device(w, Modem(**modem), "at", name="modem", role="modem")

    return make


def no_carrier(w: World) -> None:
    netns.ip(w.router, "link set port1 down")


def mobile_network_missing(w: World) -> None:
    """No modem is configured that could be asked."""
    netns.ip(w.terminal, "link set eth0 down", "link set eth0 name wwan0", "address flush dev wwan0", "link set wwan0 up")


NO_CONTEXT = {"cgact": "+CGACT: 1,0", "cgdcont": '+CGDCONT: 1,"IP","cmnet","0.0.0.0",0,0', "cgpaddr": "+CGPADDR: 1,0.0.0.0"}
UNKNOWN_APN = {**NO_CONTEXT, "ceer": "+CEER: Missing or unknown APN"}
NOT_SUBSCRIBED = {**NO_CONTEXT, "ceer": "+CEER: 33"}
APN, PLAN = "operator.apn_misconfigured", "operator.data_plan_stopped"
DOUBT = "unknown.indeterminate"
DATA = "no data: APN / plan / SIM"
CABLE, DISABLED = "operator.cable_unplugged", "operator.interface_disabled"
JOINED, PASSWORD, RADIO = "operator.wifi_not_joined", "operator.wifi_password", "operator.radio_off"
_cable = fault("cable pulled out at the router", CABLE, faults.cable_out, fixed=True)
_down = fault("interface switched off", DISABLED, faults.interface_down, fixed=True)
SCENARIOS: tuple[Scenario, ...] = (
    _cable,
    as_user(_cable),
    fault("cable out, and the routes went with it", CABLE, routes_gone_too, fixed=True),
    fault("cable out, IPv6 alone", CABLE, faults.cable_out, world={"ipv4": False, "ipv6": True}),
    fault("cable out, no configuration", CABLE, faults.cable_out, world={"public": True}, bare=True),
    fault("cable out, two gateways, both families", CABLE, faults.cable_out, world={"ipv6": True, "gateways": "ab"}),
    _down,
    as_user(_down),
    fault("a configured uplink that does not exist", DISABLED, together(faults.no_default_route, named("eth7")), fixed=True),
    fault("the network adapter is gone", DISABLED, together(named("eth0"), adapter_pulled)),
    fault("interface off, IPv6 alone", DISABLED, faults.interface_down, world={"ipv4": False, "ipv6": True}),
    fault("Wi-Fi switched off by its switch", RADIO, radio("wlan", "wlan0", hard=True), fixed=True),
    fault("airplane mode", RADIO, radio("wlan", "wlan0", hard=False)),
    fault("cellular radio blocked", RADIO, radio("wwan", "wwan0", hard=False)),
    fault("modem radio off, cellular uplink", RADIO, modem_radio_off, "outage"),
    fault("the network does not know the APN", APN, cellular(**UNKNOWN_APN), group=DATA, fixed=True),
    fault("the network does not know the APN, no carrier", APN, together(cellular(**UNKNOWN_APN), no_carrier), group=DATA),
    fault("no APN is set", APN, cellular(cgact="", cgdcont='+CGDCONT: 1,"IP","","0.0.0.0",0,0', cgpaddr=""), group=DATA),
    fault("the plan carries no data any more", PLAN, cellular(**NOT_SUBSCRIBED), group=DATA),
    fault("no data context, and the modem does not say why", DOUBT, cellular(**NO_CONTEXT), group=DATA, category="operator"),
    fault("a healthy modem, and a cellular interface without a carrier", DOUBT, together(cellular(), no_carrier),
          group=DATA, category="operator"),
    fault("a cellular interface without an address, and no modem to ask", DOUBT, mobile_network_missing, group=DATA,
          category="unknown"),
    fault("Wi-Fi joined to nothing", JOINED, wifi_down, fixed=True),
    fault("Wi-Fi network not in reach", JOINED, with_supplicant(NOT_IN_REACH)),
    fault("Wi-Fi known by the configuration alone", JOINED, together(named("eth0", kind="wifi"), faults.cable_out)),
    as_user(fault("Wi-Fi joined to nothing", JOINED, wifi_down)),
    fault("Wi-Fi password refused", PASSWORD, with_supplicant(TEMP_DISABLED), fixed=True),
    fault("Wi-Fi password refused, one of two networks", PASSWORD, with_supplicant(OF_TWO)),
    fault("Wi-Fi password refused, a backup is there", PASSWORD, with_supplicant(TEMP_DISABLED), world={"backup": True}),
    as_user(fault("Wi-Fi password refused", PASSWORD, with_supplicant(TEMP_DISABLED))),
)  # fmt: skip
