"""Second batch, after what the first one showed was mended: other terminals, other networks, other printers."""

from __future__ import annotations

import socket

from tests.lab.beside import lan_1, printers_1
from tests.lab.beside.entry import Contact, broken, well
from tests.lab.beside.terminals_1 import HOST, MOBILE_SAYS, MOBILE_WELL, NETWORK, SWITCHED_ON, WITHOUT_DATA, as_it_is, later
from tests.lab.field import ways
from tests.support.android import dumps
from tests.support.android.dumps import WIFI, Agent, connectivity, properties
from tests.support.android.handset import NO_WAY, NONE, Says
from tests.support.android.terminal import AndroidTerminal
from tests.support.servers.adb import Said
from tests.support.servers.printer import Printer
from tests.support.world import World, faults

NO_NAME = Said(err="ping: unknown host\n", status=2)
BY_WIFI: Says = {
    "getprop": Said(properties(11)),
    NETWORK: Said(connectivity(11, 101, WIFI)),
    "cmd wifi status": Said(dumps.wifi_status("Shop", -55)),
    MOBILE_SAYS: Said("Can't find service: telephony.registry\n"),
    **SWITCHED_ON,
}
ASKING = (
    "  NetworkAgentInfo{ ni{[type: WIFI[], state: CONNECTING/OBTAINING_IPADDR, reason: (unspecified), extra: , failover: false]}"
    "  network{102}  lp{{InterfaceName: wlan0 LinkAddresses: [ ] DnsAddresses: [ ] Domains: null MTU: 0 Routes: [ ]}}"
    "  nc{[ Transports: WIFI Capabilities: INTERNET&NOT_RESTRICTED&TRUSTED&NOT_VPN]} }\n"
)
has_a_lease, gets_no_lease = later(
    BY_WIFI,
    {
        NETWORK: Said(connectivity(11, None).replace("Current Networks:\n", f"Current Networks:\n{ASKING}")),
        "cmd wifi status": Said(dumps.wifi_status("Shop", -55).replace("IP: /192.168.50.23", "IP: null")),
        HOST: NO_WAY,
        "ping": NO_NAME,
    },
)
paid_for, emergency_calls_alone = later(
    MOBILE_WELL,
    WITHOUT_DATA | {MOBILE_SAYS: Said(dumps.telephony_8(1, 1, -1).replace("EmergOnly=false", "EmergOnly=true"))},
)
private_dns: Says = BY_WIFI | {
    NETWORK: Said(connectivity(11, 101, Agent(more="")).replace("Domains: null", "UsePrivateDns: true PrivateDnsServerName: dns.example")),
    HOST: lambda command: Said() if " 53 </dev/null" in command else Said(err="nc: gw-a.pay.example: No address associated\n", status=1),
    "ping": NO_NAME,
    "settings get global private_dns_mode": Said("hostname\n"),
}
long_dump: Says = BY_WIFI | {NETWORK: Said(connectivity(11, 101, WIFI) + "    NetworkRequest [ REQUEST id=2, of long ago ]\n" * 30000)}
no_services: Says = {
    "getprop": Said(properties(11, gsm__sim__state="LOADED")),
    "dumpsys": lambda command: Said(f"Can't find service: {command.split()[1]}\n"),
    "cmd ": Said(err="cmd: Can't find service: wifi\n", status=20),
    "settings": Said(err="cmd: Can't find service: settings\n", status=20),
    "pidof": NONE,
    "ps -A": Said(dumps.processes((1444, "zygote64"))),
    "pm path": Said(err="cmd: Can't find service: package\n", status=20),
    "logcat": Said(""),
}


def with_returns(w: World) -> None:
    """A shell behind a terminal of its own, which ends each line as terminals do."""
    usual = AndroidTerminal()

    def answer(command: str) -> Said:
        said = usual.answer(command)
        return Said(out=said.out.replace("\n", "\r\n"), err=said.err.replace("\n", "\r\n"), status=said.status, then=said.then)

    as_it_is({"": answer})(w)


def two_have_its_address(w: World) -> None:
    """A printer that was set by hand: both answer ARP."""
    ways.machine_beside(w, "f", lan_1.ANOTHER_MAC, f"{lan_1.TILL}/24")


def ends_after_an_answer(connection: socket.socket) -> None:
    """One answer for each connection."""
    came = connection.recv(256)
    connection.sendall(Printer()(came))
    connection.shutdown(socket.SHUT_WR)


CONTACTS: tuple[Contact, ...] = (
    broken(
        "joined to the Wi-Fi, and nobody gives it an address",
        "lakinduakash/linux-wifi-hotspot#460",
        "network.dhcp_failed",
        gets_no_lease,
        before=has_a_lease,
    ),
    broken(
        "a card for which there are emergency calls alone",
        "sonyxperiadev/kernel#888",
        "operator.data_plan_stopped",
        emergency_calls_alone,
        before=paid_for,
        doubtful=True,
    ),
    broken(
        "private DNS to a host that cannot be reached, and no name is found",
        "netbirdio/android-client#168",
        "network.dns_failing",
        as_it_is(private_dns),
    ),
    well("a dump of more than a megabyte", "osservatorionessuno/bugbane#109", as_it_is(long_dump)),
    broken(
        "the system's services are gone, and start again or not",
        "leancodepl/patrol#565",
        "system.payment_app_down",
        as_it_is(no_services),
        doubtful=True,
    ),
    well("every line ends with a carriage return", "Android's source: adb, shell protocol of a terminal", with_returns),
    broken(
        "61 °C, in the sun behind the window",
        "Android's source: BatteryService.java, temperature in tenths",
        "system.overheating",
        as_it_is({"dumpsys battery": Said(dumps.battery(90).replace("temperature: 291", "temperature: 613"))}),
        "degraded",
        pays="yes",
    ),
    well(
        "Android's own check never answers here, and payment goes",
        "kaixuan1115/notes#22 (Captive Portal)",
        as_it_is(BY_WIFI | {NETWORK: Said(connectivity(11, 101, Agent(more="&PARTIAL_CONNECTIVITY")))}),
    ),
    well(
        "another machine answers for its address beside itself",
        "openshift/assisted-installer-agent#433",
        two_have_its_address,
        "unknown",
        pays="unknown",
        before=lambda w: lan_1.there(w, mac=lan_1.TILL_MAC) and None,
    ),
    well(
        "the cable of the machine that looks is out",
        "netalertx/NetAlertX#651",
        faults.cable_out,
        "unknown",
        pays="unknown",
        before=lambda w: lan_1.there(w) and None,
    ),
    well(
        "a printer that ends the connection after each answer",
        "DantSu/ESCPOS-ThermalPrinter-Android#334",
        lambda w: printers_1.on_the_network(w, ends_after_an_answer) and None,
    ),
    broken(
        "the paper is nearly at its end",
        "mike42/escpos-php#43",
        "operator.paper_low",
        lambda w: printers_1.on_the_network(w, printers_1.status(b"\x12", b"\x12", b"\x12", b"\x1e")) and None,
        "ok",
        pays="yes",
    ),
)
