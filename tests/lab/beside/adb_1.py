"""Android terminals over adb, first batch: what makers, releases and people do to one, in the forms that real ones print."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.lab.beside import dumps
from tests.lab.beside.dumps import MOBILE, WIFI, WIRED, Agent, connectivity, properties
from tests.lab.beside.entry import Contact, broken, well
from tests.lab.beside.handset import DENIED, NO_WAY, NONE, TIMED_OUT, Handset, Says, oddly_named, plugged_in
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

CONTACTS: tuple[Contact, ...] = (
    broken(
        "a terminal that goes by cable, its cable out, its Wi-Fi switched off",
        "BelledonneCommunications/linphone-android#1015",
        "operator.cable_unplugged",
        cable_out,
        before=cable_in,
    ),
    well(
        "a terminal on Ethernet of which Android knows no default network, and which reaches everything",
        "mixpanel/mixpanel-android#445",
        as_it_is(WIRED_WELL | {NETWORK: Said(connectivity(9, None))}),
    ),
    well(
        "the battery's values were set by hand and stopped at 2 %",
        "Android's source: BatteryService.java, dumpInternal",
        as_it_is(
            {"dumpsys battery": Said(dumps.battery(2, first="  (UPDATES STOPPED -- use 'reset' to restart)\n", status=3, mains=False))}
        ),
    ),
    broken(
        "no card, and beside the empty slot one of an eSIM without a profile, which says NOT_READY",
        "bttc, general utilities: gsm.sim.state of a husky",
        "operator.sim_missing",
        as_it_is(no_card_and_no_profile),
    ),
    broken(
        "the card's contacts are worn: CARD_IO_ERROR",
        "Android's source: IccCardConstants.java",
        "operator.sim_missing",
        card_not_read,
        before=card_read,
    ),
    broken(
        "registered, and mobile data is switched off in its settings",
        "Notes on a DiLink 5.1 head unit: mobile_data=0, read over adb",
        "operator.radio_off",
        data_off,
        before=data_on,
        doubtful=True,
    ),
    broken(
        "airplane mode with Wi-Fi switched on again, and its network is not there",
        "Android's source: WifiSettingsStore.java, WIFI_ENABLED_AIRPLANE_OVERRIDE",
        "operator.wifi_not_joined",
        network_not_there,
        before=wifi_on_a_plane,
    ),
    broken(
        "the Wi-Fi's password was changed, and Android has noticed",
        "Android's source: WifiConfiguration.java, DISABLED_BY_WRONG_PASSWORD",
        "operator.wifi_password",
        key_was_changed,
        before=key_is_right,
    ),
    well(
        "a terminal without a serial number, named by its USB port",
        "Android's source: adblib, ListDevices, (no serial number)",
        lambda w: (
            oddly_named(
                w,
                Handset({}),
                "(no serial number)     device usb:1-2 product:px model:PX_900 device:px transport_id:4\n",
                "transport:usb:1-2",
                "transport-id:4",
                adb="usb:1-2",
            )
            and None
        ),
    ),
    well(
        "a terminal whose serial number begins with a blank",
        "Genymobile/scrcpy#3534",
        lambda w: (
            oddly_named(
                w,
                Handset({}),
                " PX900400611           device usb:1-3 product:rk3288 model:rk3288 device:rk3288 transport_id:15\n",
                "transport: PX900400611",
                "transport:usb:1-3",
                "transport-id:15",
                adb="usb:PX900400611",
            )
            and None
        ),
    ),
    broken(
        "a free Wi-Fi whose page Android itself has seen, and which lets 443 pass",
        "Mentra-Community/MentraOS#2806",
        "network.captive_portal",
        as_it_is(behind_a_portal),
    ),
    broken(
        "joined with -89 dBm, and nothing answers",
        "Android's source: WifiInfo.java, toString",
        "network.weak_signal",
        as_it_is(far_from_the_router),
        doubtful=True,
    ),
    broken(
        "the payment application hangs, says Android, and its process is there",
        "open-learning-exchange/myplanet#5118",
        "system.payment_app_down",
        hangs,
        "outage|degraded",
        pays="no|unknown",
    ),
    broken(
        "the payment application crashes every minute, and is there for a moment in between",
        "thetwom/toc2#8",
        "system.payment_app_down",
        crashes_again_and_again,
        "outage|degraded",
        pays="no|unknown",
    ),
    well(
        "the payment application is there by its service's process alone",
        "Android's guide: android:process, a name that begins with a colon",
        as_it_is(ALONE),
    ),
    broken(
        "a pidof that knows no name and lists every process, and the application is not there",
        "iGio90/Dwarf#30",
        "system.payment_app_down",
        as_it_is(EVERYBODY),
    ),
    well(
        "a maker's shell that may run neither dumpsys nor settings",
        "Zackptg5/Bash-For-Android#3",
        as_it_is(dict.fromkeys(("dumpsys", "cmd ", "settings", "logcat", "pm path"), DENIED)),
    ),
    well(
        "96 % of 52 GB are used and 2 GB are free",
        "Android's source: StorageManager.java, DEFAULT_THRESHOLD_MAX_BYTES",
        as_it_is({"df -k": FULL}),
    ),
    well(
        "a mobile network of IPv6 alone, whose IPv4 is translated on the device",
        "Android's source: LinkProperties.java, Stacked",
        as_it_is({"getprop": Said(properties(13, gsm__sim__state="LOADED,ABSENT")), NETWORK: Said(connectivity(13, 104, SIX_ALONE))}),
    ),
)
