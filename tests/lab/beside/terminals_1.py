"""The terminals of the first batch over adb: what their commands print, in the forms that real ones print."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.lab.beside.plugged import plugged_in
from tests.support.android import dumps
from tests.support.android.dumps import MOBILE, WIFI, WIRED, Agent, connectivity, properties
from tests.support.android.handset import NO_WAY, NONE, TIMED_OUT, Handset, Says
from tests.support.android.terminal import PACKAGE, AndroidTerminal
from tests.support.servers.adb import Said
from tests.support.world import World

NETWORK, MOBILE_SAYS = "dumpsys connectivity", "dumpsys telephony.registry"
HOST = "timeout 5 toybox nc"
NO_RADIO: Says = {
    MOBILE_SAYS: Said("Can't find service: telephony.registry\n"),
    "cmd wifi status": Said(err="No shell command\n", status=255),
}
WIFI_OFF: Says = {"dumpsys wifi": Said(dumps.wifi("<unknown ssid>", "UNINITIALIZED", -127, on=False))}
LINKS = (
    "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000\n"
    "2: eth0: <{flags}> mtu 1500 qdisc mq state {state} mode DEFAULT group default qlen 1000\n"
)
OUT_BY_WIRE = "192.0.2.1 via 192.168.50.1 dev eth0  table eth0  src 192.168.50.41  uid 2000 \n    cache \n"
SWITCHED_ON: Says = {"settings get global airplane_mode_on": Said("0\n"), "settings get global mobile_data": Said("1\n")}
WITHOUT_CARD = {"gsm__sim__state": ""}


def now(less_s: float = 0.0) -> str:
    return time.strftime("%m-%d %H:%M:%S.000", time.localtime(time.time() - less_s))


def as_it_is(says: Says, usual: AndroidTerminal | None = None) -> Callable[[World], None]:
    """A terminal that says so, and is looked at for the first time."""
    return lambda w: (plugged_in(w, Handset(says, usual)), None)[1]


def later(says: Says, then: Says) -> tuple[Callable[[World], None], Callable[[World], None]]:
    """How it was, and what it says then; in this order."""
    held: list[Handset] = []

    def before(w: World) -> None:
        held[:] = [Handset(says)]
        plugged_in(w, held[0])

    return before, lambda _: held[0].says.update(then)


def nothing_answers(command: str) -> Said:
    """Connecting, and names, which are asked of the same silence."""
    return TIMED_OUT if command.startswith("timeout") else Said(err="ping: unknown host\n", status=2)


WIRED_WELL: Says = {
    "getprop": Said(properties(9)),
    NETWORK: Said(connectivity(9, 100, WIRED)),
    "ip -o link": Said(LINKS.format(flags="BROADCAST,MULTICAST,UP,LOWER_UP", state="UP")),
    **NO_RADIO,
    **WIFI_OFF,
    **SWITCHED_ON,
}
cable_in, cable_out = later(
    WIRED_WELL,
    {
        NETWORK: Said(connectivity(9, None)),
        "ip -o link": Said(LINKS.format(flags="NO-CARRIER,BROADCAST,MULTICAST,UP", state="DOWN")),
        HOST: NO_WAY,
        "ping": Said(err="ping: unknown host\n", status=2),
    },
)
WIFI_WELL: Says = {
    "getprop": Said(properties(10, gsm__sim__state="ABSENT")),
    NETWORK: Said(connectivity(10, 101, WIFI)),
    "cmd wifi status": Said(err="cmd: Unknown command: status\n", status=255),
    "dumpsys wifi": Said(dumps.wifi('"Shop"', "COMPLETED", -51)),
    MOBILE_SAYS: Said(dumps.telephony_8(1, 1, 0)),
    **SWITCHED_ON,
}
GONE_FROM_WIFI: Says = {NETWORK: Said(connectivity(10, None)), HOST: NO_WAY, "ping": Said(err="ping: unknown host\n", status=2)}
wifi_on_a_plane, network_not_there = later(
    WIFI_WELL,
    GONE_FROM_WIFI
    | {
        "settings get global airplane_mode_on": Said("1\n"),
        MOBILE_SAYS: Said(dumps.telephony_8(3, 3, -1)),
        "dumpsys wifi": Said(dumps.wifi("<unknown ssid>", "DISCONNECTED", -127)),
    },
)
REFUSED_KEY = (
    "WifiConfigManager - Configured networks Begin ----\n"
    ' ID: 0 SSID: "Shop" PROVIDER-NAME: null BSSID: null FQDN: null PRIO: 0 HIDDEN: false\n'
    " NetworkSelectionStatus NETWORK_SELECTION_TEMPORARY_DISABLED\n"
    " mNetworkSelectionDisableReason NETWORK_SELECTION_DISABLED_BY_WRONG_PASSWORD\n hasEverConnected: true\n KeyMgmt: WPA_PSK\n"
    "WifiConfigManager - Configured networks End ----\n"
)
key_is_right, key_was_changed = later(
    WIFI_WELL,
    GONE_FROM_WIFI | {"dumpsys wifi": Said(dumps.wifi("<unknown ssid>", "DISCONNECTED", -127, more=REFUSED_KEY))},
)
MOBILE_WELL: Says = {
    "getprop": Said(properties(8, gsm__sim__state="READY")),
    NETWORK: Said(connectivity(8, 104, MOBILE)),
    "cmd wifi status": Said(err="cmd: Unknown command: status\n", status=255),
    MOBILE_SAYS: Said(dumps.telephony_8(0, 0, 2)),
    **WIFI_OFF,
    **SWITCHED_ON,
}
WITHOUT_DATA: Says = {NETWORK: Said(connectivity(8, None)), HOST: NO_WAY, "ping": Said(err="ping: unknown host\n", status=2)}
data_on, data_off = later(
    MOBILE_WELL,
    WITHOUT_DATA | {MOBILE_SAYS: Said(dumps.telephony_8(0, 0, 0, "specificDisabled")), "settings get global mobile_data": Said("0\n")},
)
card_read, card_not_read = later(
    MOBILE_WELL,
    WITHOUT_DATA | {"getprop": Said(properties(8, gsm__sim__state="CARD_IO_ERROR")), MOBILE_SAYS: Said(dumps.telephony_8(1, 1, -1))},
)
no_card_and_no_profile = {
    "getprop": Said(properties(14, gsm__sim__state="ABSENT,NOT_READY")),
    NETWORK: Said(connectivity(14, None)),
    MOBILE_SAYS: Said(dumps.telephony_11((1, 1, -1), (1, 1, -1))),
    HOST: NO_WAY,
    "ping": Said(err="ping: unknown host\n", status=2),
    **SWITCHED_ON,
}


def at_a_portal(command: str) -> Said:
    """It lets port 443 of anybody through to itself, answers names, and drops the rest."""
    return Said() if command.endswith((" 443 </dev/null", " 53 </dev/null")) else TIMED_OUT


behind_a_portal: Says = {
    "getprop": Said(properties(12)),
    NETWORK: Said(connectivity(12, 101, Agent(called="WIFI", more="&NOT_METERED&CAPTIVE_PORTAL"))),
    "cmd wifi status": Said(dumps.wifi_status("Mall-Free", -58)),
    HOST: at_a_portal,
}
far_from_the_router: Says = {
    "getprop": Said(properties(12)),
    NETWORK: Said(connectivity(12, 101, Agent(called="WIFI", more="&NOT_METERED"))),
    "cmd wifi status": Said(dumps.wifi_status("Shop", -89)),
    HOST: TIMED_OUT,
    "ping -c 1 -W 1": Said(err="ping: unknown host gw-a.pay.example\n", status=2),
}


def hangs(w: World) -> None:
    log = (
        f"{now(5000)}  1000  1234  1300 I am_proc_start: [0,4711,10061,{PACKAGE},activity,{{{PACKAGE}/{PACKAGE}.Main}}]\n"
        f"{now(90)}  1000  1234  1301 I am_anr  : [0,4711,{PACKAGE},952680005,Input dispatching timed out (Waiting to send non-key event"
        " because the touched window has not finished processing certain input events.  Wait queue length: 22.)]\n"
    )
    plugged_in(w, Handset({"logcat": Said(log), "ps -A": Said(dumps.processes((4711, PACKAGE)))}))


def crashes_again_and_again(w: World) -> None:
    log = "".join(
        f"{now(600 - 60 * n)}  1234  1300 I am_proc_start: [0,{5000 + n},10061,{PACKAGE},restart,{{{PACKAGE}/.Main}}]\n"
        f"{now(590 - 60 * n)}  1234  1301 I am_crash: [{5000 + n},0,{PACKAGE},952680005,IllegalStateException,no, comma,Main.java,77]\n"
        f"{now(590 - 60 * n)}  1234  1301 I am_proc_died: [0,{5000 + n},{PACKAGE},0,2]\n"
        for n in range(10)
    )
    plugged_in(w, Handset({"logcat": Said(log), "ps -A": Said(dumps.processes((5010, PACKAGE)))}, AndroidTerminal(pid=5010)))


ALONE: Says = {
    "pidof": NONE,
    "ps -A": Said(dumps.processes((4711, f"{PACKAGE}:engine"))),
    "logcat": Said(""),
}
EVERYBODY: Says = {
    "pidof": Said(" ".join(str(n) for n in range(1, 300) if n % 7) + "\n"),
    "ps -A": Said(dumps.processes((611, "com.android.launcher3"))),
    "logcat": Said(""),
}
FULL = Said("Filesystem     1K-blocks     Used Available Use% Mounted on\n/dev/block/dm-9 54525952 52344912 2181040  96% /data\n")
SIX_ALONE = Agent(
    number=104,
    transport="CELLULAR",
    called="MOBILE[LTE]",
    interface="rmnet_data1",
    addresses=("2001:db8:64::7/64",),
    routes=("::/0 -> fe80::1",),
    resolvers=("2001:db8:113::53",),
    rest=" Stacked: [{InterfaceName: v4-rmnet_data1 LinkAddresses: [ 192.0.0.4/32 ] DnsAddresses: [ ] Routes: [ 0.0.0.0/0 -> 192.0.0.4"
    " v4-rmnet_data1 mtu 0 ]}]",
)
