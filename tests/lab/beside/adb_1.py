"""Android terminals over adb, first batch: what makers, releases and people do to one."""

from __future__ import annotations

from tests.lab.beside import terminals_1 as made
from tests.lab.beside.entry import Contact, broken, well
from tests.lab.beside.plugged import oddly_named
from tests.support.android import dumps
from tests.support.android.dumps import connectivity, properties
from tests.support.android.handset import DENIED, Handset
from tests.support.servers.adb import Said

CONTACTS: tuple[Contact, ...] = (
    broken(
        "a terminal that goes by cable, its cable out, its Wi-Fi switched off",
        "BelledonneCommunications/linphone-android#1015",
        "operator.cable_unplugged",
        made.cable_out,
        before=made.cable_in,
    ),
    well(
        "a terminal on Ethernet of which Android knows no default network, and which reaches everything",
        "mixpanel/mixpanel-android#445",
        made.as_it_is(made.WIRED_WELL | {made.NETWORK: Said(connectivity(9, None)), "ip route get": Said(made.OUT_BY_WIRE)}),
    ),
    well(
        "the battery's values were set by hand and stopped at 2 %",
        "Android's source: BatteryService.java, dumpInternal",
        made.as_it_is(
            {"dumpsys battery": Said(dumps.battery(2, first="  (UPDATES STOPPED -- use 'reset' to restart)\n", status=3, mains=False))}
        ),
    ),
    broken(
        "no card, and beside the empty slot one of an eSIM without a profile, which says NOT_READY",
        "bttc, general utilities: gsm.sim.state of a husky",
        "operator.sim_missing",
        made.as_it_is(made.no_card_and_no_profile),
    ),
    broken(
        "the card's contacts are worn: CARD_IO_ERROR",
        "Android's source: IccCardConstants.java",
        "operator.sim_missing",
        made.card_not_read,
        before=made.card_read,
    ),
    broken(
        "registered, and mobile data is switched off in its settings",
        "Notes on a DiLink 5.1 head unit: mobile_data=0, read over adb",
        "operator.radio_off",
        made.data_off,
        before=made.data_on,
        doubtful=True,
    ),
    broken(
        "airplane mode with Wi-Fi switched on again, and its network is not there",
        "Android's source: WifiSettingsStore.java, WIFI_ENABLED_AIRPLANE_OVERRIDE",
        "operator.wifi_not_joined",
        made.network_not_there,
        before=made.wifi_on_a_plane,
    ),
    broken(
        "the Wi-Fi's password was changed, and Android has noticed",
        "Android's source: WifiConfiguration.java, DISABLED_BY_WRONG_PASSWORD",
        "operator.wifi_password",
        made.key_was_changed,
        before=made.key_is_right,
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
        made.as_it_is(made.behind_a_portal),
    ),
    broken(
        "joined with -89 dBm, and nothing answers",
        "Android's source: WifiInfo.java, toString",
        "network.weak_signal",
        made.as_it_is(made.far_from_the_router),
        doubtful=True,
    ),
    broken(
        "the payment application hangs, says Android, and its process is there",
        "open-learning-exchange/myplanet#5118",
        "system.payment_app_down",
        made.hangs,
        "outage|degraded",
        pays="no|unknown",
    ),
    broken(
        "the payment application crashes every minute, and is there for a moment in between",
        "thetwom/toc2#8",
        "system.payment_app_down",
        made.crashes_again_and_again,
        "outage|degraded",
        pays="no|unknown",
    ),
    well(
        "the payment application is there by its service's process alone",
        "Android's guide: android:process, a name that begins with a colon",
        made.as_it_is(made.ALONE),
    ),
    broken(
        "a pidof that knows no name and lists every process, and the application is not there",
        "iGio90/Dwarf#30",
        "system.payment_app_down",
        made.as_it_is(made.EVERYBODY),
    ),
    well(
        "a maker's shell that may run neither dumpsys nor settings",
        "Zackptg5/Bash-For-Android#3",
        made.as_it_is(dict.fromkeys(("dumpsys", "cmd ", "settings", "logcat", "pm path"), DENIED)),
    ),
    well(
        "96 % of 52 GB are used and 2 GB are free",
        "Android's source: StorageManager.java, DEFAULT_THRESHOLD_MAX_BYTES",
        made.as_it_is({"df -k": made.FULL}),
    ),
    well(
        "a mobile network of IPv6 alone, whose IPv4 is translated on the device",
        "Android's source: LinkProperties.java, Stacked",
        made.as_it_is(
            {"getprop": Said(properties(13, gsm__sim__state="LOADED,ABSENT")), made.NETWORK: Said(connectivity(13, 104, made.SIX_ALONE))}
        ),
    ),
)
