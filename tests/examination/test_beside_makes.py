"""What makers, releases and people do to an Android terminal, in the forms that real ones print: found by what it tells of itself."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from agent.examination.beside_memory import BesideMemory
from tests.support.android import dumps
from tests.support.android.dumps import MOBILE, WIFI, WIRED, Agent, connectivity, properties
from tests.support.android.examined import look
from tests.support.android.handset import DENIED, NO_WAY, NONE, TIMED_OUT, Handset, Says
from tests.support.android.terminal import PACKAGE, AndroidTerminal
from tests.support.servers.adb import Said

NETWORK, MOBILE_SAYS = "dumpsys connectivity", "dumpsys telephony.registry"
HOST = "timeout 5 toybox nc"
ALONE: Says = {HOST: NO_WAY, "ping": Said(err="ping: unknown host\n", status=2), "settings get global mobile_data": Said("1\n")}
NO_SIM: Says = {"getprop": Said(properties(9)), MOBILE_SAYS: Said("Can't find service: telephony.registry\n")}
NO_STATUS: Says = {"cmd wifi status": Said(err="cmd: Unknown command: status\n", status=255)}
WIFI_OFF: Says = NO_STATUS | {"dumpsys wifi": Said(dumps.wifi("<unknown ssid>", "UNINITIALIZED", -127, on=False))}
WIFI_LOST: Says = NO_STATUS | {"dumpsys wifi": Said(dumps.wifi("<unknown ssid>", "DISCONNECTED", -127))}
NOTHING: Says = {NETWORK: Said(connectivity(9, None)), **ALONE}
NO_CARRIER = "2: eth0: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc mq state DOWN mode DEFAULT group default qlen 1000\n"
CARRIER = "2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP mode DEFAULT group default qlen 1000\n"
SWITCHED_OFF = "2: eth0: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN mode DEFAULT group default qlen 1000\n"
REASON = " mNetworkSelectionDisableReason {reason}\n hasEverConnected: true\n"


def lost_wifi(reason: str) -> Says:
    return NO_STATUS | {"dumpsys wifi": Said(dumps.wifi("<unknown ssid>", "DISCONNECTED", -127, more=REASON.format(reason=reason)))}


def sim(state: str, telephony: str) -> Says:
    return {"getprop": Said(properties(11, gsm__sim__state=state)), MOBILE_SAYS: Said(telephony)}


def ago(seconds: float) -> str:
    return time.strftime("%m-%d %H:%M:%S.000", time.localtime(time.time() - seconds))


def event(seconds_ago: float, what: str) -> str:
    return f"{ago(seconds_ago)}  1234  1300 I {what}]\n"


def crashes(*seconds_ago: float) -> Says:
    """Before the moment at which the terminal is asked."""
    return {"logcat": lambda _: Said("".join(event(each, f"am_crash: [4000,0,{PACKAGE},1,Error,x,Main.java,7") for each in seconds_ago))}


def hang(seconds_ago: float, pid: int) -> Says:
    """Before the moment at which the terminal is asked."""
    return {"logcat": lambda _: Said(event(seconds_ago, f"am_anr  : [0,{pid},{PACKAGE},1,Input dispatching timed out"))}


def heated(tenths: int) -> Says:
    return {"dumpsys battery": Said(dumps.battery(90).replace("temperature: 291", f"temperature: {tenths}"))}


JOINED: Says = {"cmd wifi status": Said(dumps.wifi_status("Shop", -55))}
NAMED = dumps.processes((77, "com.android.launcher3"), (78, f"{PACKAGE}.other"))
OLD_PS = "USER      PID   PPID  VSIZE  RSS   WCHAN            PC  NAME\n" + "".join(
    f"u0_a{n}    {n}   501   1012844 30296 SyS_epoll_ b17ef438 S {name}\n"
    for n, name in ((1, "init"), (55, "com.android.phone"), (61, PACKAGE))
)
EVERYBODY = Said(" ".join(map(str, range(1, 90))) + "\n")
DOWN, OFF = "system.payment_app_down", "operator.radio_off"
BY_WIFI: Says = {NETWORK: Said(connectivity(14, 101, WIFI))}
BY_WIRE: Says = {**NO_SIM, **WIFI_OFF}
ON_A_PLANE: Says = {"settings get global airplane_mode_on": Said("1\n")}
OF_THE_KERNEL: Says = {"ip route get": Said("192.0.2.1 via 192.168.50.1 dev eth0 src 192.168.50.41\n")}
DF = "Filesystem 1K-blocks Used Available Use% Mounted on\n/dev/dm "
PORTAL, SIGNED_IN = (Agent(called="WIFI", more=f"&CAPTIVE_PORTAL{more}") for more in ("", "&VALIDATED"))


@pytest.mark.parametrize(
    ("says", "uplink", "pays", "causes"),
    [
        pytest.param({**BY_WIRE, "ip -o link": Said(NO_CARRIER)}, "ethernet", "no", ["operator.cable_unplugged"], id="cable out"),
        pytest.param({**BY_WIRE, "ip -o link": Said(NO_CARRIER)}, "", "no", ["operator.cable_unplugged"], id="cable alone"),
        pytest.param(
            {**BY_WIRE, NETWORK: Said(connectivity(9, None) + "    of long ago\n" * 80000), "ip -o link": Said(NO_CARRIER)},
            "ethernet",
            "no",
            ["operator.cable_unplugged"],
            id="cable out, a long dump",
        ),
        pytest.param({**BY_WIRE, "ip -o link": Said(CARRIER)}, "ethernet", "no", ["network.dhcp_failed"], id="no lease"),
        pytest.param({**BY_WIRE, "ip -o link": Said(SWITCHED_OFF)}, "ethernet", "no", ["operator.interface_disabled"], id="socket off"),
        pytest.param({**BY_WIRE, "ip -o link": Said(NO_CARRIER)}, "wifi", "no", [OFF], id="an unused socket"),
        pytest.param({**NO_SIM, **WIFI_LOST, "ip -o link": Said(NO_CARRIER)}, "", "no", ["operator.wifi_not_joined"], id="Wi-Fi on"),
        pytest.param(
            {**sim("ABSENT,NOT_READY", dumps.telephony_11((1, 1, -1), (1, 1, -1)))}, "", "no", ["operator.sim_missing"], id="eSIM slot"
        ),
        pytest.param(
            {**sim("ABSENT,NOT_READY", dumps.telephony_11((3, 3, -1), (3, 3, -1)))}, "", "no", ["operator.sim_missing"], id="slots off"
        ),
        pytest.param(
            {**sim("NOT_READY,NOT_READY", dumps.telephony_11((3, 3, -1), (3, 3, -1)))}, "", "no", [OFF], id="no slot is said to be empty"
        ),
        pytest.param({**sim("CARD_IO_ERROR", dumps.telephony_8(1, 1, -1))}, "cellular", "no", ["operator.sim_missing"], id="worn card"),
        pytest.param(
            {**sim("READY", dumps.telephony_8(0, 0, 0)), "settings get global mobile_data": Said("0\n")},
            "cellular",
            "no",
            [OFF],
            id="data off",
        ),
        pytest.param(
            {
                **sim("LOADED,ABSENT", dumps.telephony_11((0, 0, 0), (3, 3, -1))),
                "settings get global mobile_data": Said("null\n"),
                "settings get global mobile_data1": Said("0\n"),
            },
            "cellular",
            "no",
            [OFF],
            id="data of this card off",
        ),
        pytest.param(
            {**sim("READY", dumps.telephony_8(0, 0, 0))}, "cellular", "no", ["operator.data_plan_stopped"], id="data on, and none comes"
        ),
        pytest.param(
            {**NO_SIM, **WIFI_LOST, **ON_A_PLANE},
            "wifi",
            "no",
            ["operator.wifi_not_joined"],
            id="Wi-Fi on a plane",
        ),
        pytest.param(
            {**NO_SIM, "cmd wifi status": Said(dumps.wifi_status("Shop", -55))},
            "wifi",
            "no",
            ["network.dhcp_failed"],
            id="no lease by Wi-Fi",
        ),
        pytest.param(
            {**sim("READY", dumps.telephony_8(1, 1, -1).replace("EmergOnly=false", "EmergOnly=true"))},
            "cellular",
            "no",
            ["unknown.indeterminate"],
            id="emergency calls alone",
        ),
        pytest.param({**sim("READY", dumps.telephony_11((2, 2, -1)))}, "cellular", "no", ["unknown.indeterminate"], id="emergency, 11"),
        pytest.param(
            {**sim("READY", dumps.telephony_11((1, 1, -1)))}, "cellular", "no", ["network.not_registered"], id="no network at all"
        ),
        pytest.param({**NO_SIM, **WIFI_LOST, **ON_A_PLANE}, "cellular", "no", [OFF], id="on a plane"),
        pytest.param(
            {**NO_SIM, **lost_wifi("NETWORK_SELECTION_DISABLED_BY_WRONG_PASSWORD")}, "wifi", "no", ["operator.wifi_password"], id="password"
        ),
        pytest.param(
            {**NO_SIM, **lost_wifi("NETWORK_SELECTION_DISABLED_AUTHENTICATION_FAILURE")},
            "wifi",
            "no",
            ["operator.wifi_password"],
            id="password, Android 7",
        ),
        pytest.param(
            {**NO_SIM, **lost_wifi("NETWORK_SELECTION_ENABLE")}, "wifi", "no", ["operator.wifi_not_joined"], id="a password that is right"
        ),
        pytest.param(
            {**NO_SIM, **WIFI_LOST, **sim("ABSENT", dumps.telephony_8(1, 1, 0))},
            "wifi",
            "no",
            ["operator.wifi_not_joined"],
            id="empty slot",
        ),
    ],
)
def test_without_a_network(tmp_path: Path, says: Says, uplink: str, pays: str, causes: list[str]) -> None:
    seen, _ = look(tmp_path, Handset({**NOTHING, **says}), memory=BesideMemory(over_adb=True, uplink=uplink))
    assert (seen.diagnosis.can_pay.value, [finding.code.value for finding in seen.diagnosis.findings]) == (pays, causes)


@pytest.mark.parametrize(
    ("says", "pays", "causes"),
    [
        pytest.param(
            {"dumpsys battery": Said(dumps.battery(2, first="  (UPDATES STOPPED -- use 'reset' to restart)\n", status=3, mains=False))},
            "yes",
            [],
            id="battery by hand",
        ),
        pytest.param({"df -k": Said(f"{DF}9 990 600000 99% /data\n")}, "yes", [], id="large"),
        pytest.param(
            {"df -k": Said(f"{DF}9 9900000 400000 96% /data\n")},
            "yes",
            ["system.disk_full"],
            id="full",
        ),
        pytest.param(
            heated(613),
            "yes",
            ["system.overheating"],
            id="hot",
        ),
        pytest.param(heated(520), "yes", [], id="warm"),
        pytest.param({"pidof": NONE, "ps -A": Said(dumps.processes((9, f"{PACKAGE}:engine")))}, "yes", [], id="its service alone"),
        pytest.param({"pidof": NONE, "ps -A": Said(NAMED)}, "no", [DOWN], id="others alone"),
        pytest.param({"pidof": EVERYBODY, "ps -A": Said(NAMED)}, "no", [DOWN], id="a pidof of all"),
        pytest.param({"pidof": EVERYBODY, "ps": DENIED}, "yes", [], id="a pidof of all and no ps"),
        pytest.param({"pidof": DENIED, "ps -A": Said("USER PID PC NAME\n"), "ps": Said(OLD_PS)}, "yes", [], id="an old ps"),
        pytest.param(hang(90, 4711), "no", [DOWN], id="hangs"),
        pytest.param(hang(90, 4000), "yes", [], id="hung, and was started again"),
        pytest.param(hang(4000, 4711), "yes", [], id="hung long ago"),
        pytest.param(crashes(60, 200, 300), "no", [DOWN], id="crashes"),
        pytest.param(crashes(60, 2000, 3000), "yes", [], id="crashed once lately"),
        pytest.param(crashes(-60, -200, -300), "yes", [], id="crashes that lie ahead"),
        pytest.param({NETWORK: Said(connectivity(9, None)), **OF_THE_KERNEL}, "yes", [], id="own Ethernet"),
        pytest.param(
            {NETWORK: Said(connectivity(12, 101, PORTAL)), HOST: TIMED_OUT},
            "no",
            ["network.captive_portal"],
            id="portal",
        ),
        pytest.param({NETWORK: Said(connectivity(12, 101, SIGNED_IN))}, "yes", [], id="signed in"),
        pytest.param({NETWORK: Said(connectivity(9, 104, MOBILE))}, "yes", [], id="mobile"),
        pytest.param({NETWORK: Said(connectivity(10, 100, WIRED))}, "yes", [], id="wired"),
        pytest.param({NETWORK: Said(connectivity(10, 101, WIFI) + "    of long ago\n" * 80000), **JOINED}, "yes", [], id="a long dump"),
        pytest.param({NETWORK: Said("    of long ago\n" * 80000), **JOINED}, "yes", [], id="a dump without its beginning"),
        pytest.param({NETWORK: DENIED, **JOINED}, "yes", [], id="no dump"),
        pytest.param({**BY_WIFI, "cmd wifi status": Said(dumps.wifi_status("Shop", -60))}, "yes", [], id="Wi-Fi"),
    ],
)
def test_with_a_network(tmp_path: Path, says: Says, pays: str, causes: list[str]) -> None:
    seen, _ = look(tmp_path, Handset(says, AndroidTerminal()))
    assert (seen.diagnosis.can_pay.value, [finding.code.value for finding in seen.diagnosis.findings]) == (pays, causes)


def test_a_weak_signal_is_told_beside_what_fails(tmp_path: Path) -> None:
    far: Says = {**BY_WIFI, "cmd wifi status": Said(dumps.wifi_status("Shop", -89))}
    works, _ = look(tmp_path, Handset(far))
    assert [(f.code.value, f.severity.value) for f in works.diagnosis.findings] == [("network.weak_signal", "notice")]
    fails, _ = look(tmp_path, Handset({**far, HOST: TIMED_OUT}))
    assert "network.weak_signal" in [finding.code.value for finding in fails.diagnosis.findings]
