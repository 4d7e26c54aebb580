"""Batch 10: words of payment hosts, what stands on the other end of a serial line, modules and SIMs, VPNs on the terminal, the machine
itself, routers after a power cut."""

from __future__ import annotations

import os
import socket
import subprocess
from email.utils import formatdate

from probes.settings import Dialect
from tests.lab.field import ways
from tests.lab.field.batch_05 import PRINTER, PRINTER_MAC
from tests.lab.field.entry import Report
from tests.lab.field.slow_line import slow_line
from tests.lab.field.tunnel import NEAR, tunnel
from tests.lab.scenario import double, fault, healthy
from tests.support.patience import until
from tests.support.servers import ser2net
from tests.support.servers.acquirer import Acquirer
from tests.support.servers.far_end import FarEnd
from tests.support.servers.iso import codec
from tests.support.servers.iso.answers import replies
from tests.support.servers.iso.frame import framed
from tests.support.servers.iso.request import Request
from tests.support.servers.modem import Modem
from tests.support.servers.printer import Printer
from tests.support.world import World, acquirers, behaviours, devices, faults, machine, netns, own_side, plan, shapes

GATEWAY = plan.GATEWAY_A
DOWN, SET = "network.internet_down", "operator.network_misconfigured"
PRIVATE_HOST = "10.77.0.10"
BANNER = "\\r\\nser2net port \\p device \\d [\\B] (Debian GNU/Linux)\\r\\n\\r\\n"
NMEA = b"$GPGSV,1,1,00*79\r\n$GPGGA,,,,,,0,,,,,,,,*66\r\n$GPVTG,,T,,M,,N,,K,N*2C\r\n$GPRMC,,V,,,,,,,,,,N*53\r\n"
# opens one connection after another to the host, and gives none of them back
LEAKS = """
import socket, sys
kept = []
try:
    while True: kept.append(socket.create_connection((sys.argv[1], int(sys.argv[2]))))
except OSError: print(flush=True)
sys.stdin.read()
"""
# has the port for itself, as a program that looks for modems behind every new serial device
TAKES = """
import fcntl, os, sys, termios
port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY); fcntl.ioctl(port, termios.TIOCEXCL)
print(flush=True); sys.stdin.read()
"""


def few_fields(request: Request, connection: socket.socket) -> None:
    """Approved, with the date, the trace number and the code, and without the terminal's number and the function that were sent."""
    fields = {number: request.fields[number] for number in (7, 11)} | {39: "00"}
    connection.sendall(framed(request.framing, codec.encode(request.dialect, "0810", fields)))


def bitmap_in_bytes(request: Request, connection: socket.socket) -> None:
    """Approved; the bitmaps are in eight bytes each, where the terminal's dialect has sixteen hexadecimal digits."""
    fields = {number: request.fields[number] for number in (7, 11, 70)} | {39: "00"}
    text = codec.encode(request.dialect, "0810", fields)
    connection.sendall(framed(request.framing, text[:4] + bytes.fromhex(text[4:36].decode()) + text[36:]))


def without_a_reason(connection: socket.socket) -> None:
    """200, and not a word nor a space behind it; the body comes in pieces."""
    head = f"HTTP/1.1 200\r\nServer: nginx/1.4.6 (Ubuntu)\r\nDate: {formatdate(usegmt=True)}\r\nContent-Type: text/html\r\n"
    behaviours.say(f"{head}Transfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n2\r\nok\r\n0\r\n\r\n".encode())(connection)


class WithDrawer(Printer):
    """The contact of the cash drawer is open: the drawer stands open, or none is connected."""

    def _status(self, number: int) -> bytes:
        said = super()._status(number)
        return bytes((said[0] | 0x04,)) if number == 1 else said


def behind_a_banner(w: World) -> None:
    """A box makes a network port of the printer's serial one, and introduces itself to everybody who connects, as Debian sets it up."""
    box = ways.machine_beside(w, "p", PRINTER_MAC, f"{PRINTER}/24")
    printer = FarEnd(Printer())
    w.cleanup.callback(printer.close)
    lines = ["connection: &printer", "  accepter: tcp,3000", f"  connector: serialdev,{printer.node},9600n81,local",
             "  options:", f'    banner: "{BANNER}"', "    kickolduser: true"]  # fmt: skip
    (w.folder / "ser2net.yaml").write_text("\n".join(lines).replace("\\", "\\\\") + "\n")
    assert ser2net.PROGRAM is not None
    inside = ["ip", "netns", "exec", box]
    argv = [*inside, ser2net.PROGRAM, "-n", "-c", str(w.folder / "ser2net.yaml"), "-P", str(w.folder / "ser2net.pid")]
    process = subprocess.Popen(argv, stderr=subprocess.DEVNULL)
    w.cleanup.callback(process.wait)
    w.cleanup.callback(process.terminate)
    until(lambda: ":3000 " in netns.command(*inside, "ss", "-ltn"), lambda: "ser2net did not start")
    devices.configured(w, f"socket://{PRINTER}:3000", "escpos", name="printer", role="printer")


def waiting_processes(w: World) -> None:
    """Forty processes wait for a disk of the network that does not answer; the load counts them, the processor has nothing to do."""
    machine._file(w, "/proc/loadavg", "42.17 41.80 39.55 1/312 20433\n")
    w.config["system"].pop("load_per_core", None)


def way_of_the_support_dead(w: World) -> None:
    """The provider's support comes in through a tunnel; its other end is gone, device, address and route stay. Payments go past it."""
    _, far = tunnel(w, through=("10.50.0.0/16",))
    far.stop()


def module_fell_off(w: World) -> None:
    """The only uplink is a cellular module that gets too little power: it is gone from the bus, its interface and its ports with it."""
    w.config["uplink"] = [{"interface": "wwan0", "kind": "cellular"}]
    netns.ip(w.terminal, "link delete eth0")
    devices.configured(w, "/dev/ttyUSB97", "at", name="modem", role="modem")


def connections_kept(w: World) -> None:
    """The application opens a connection for every payment and closes none: there is no port left to go to this host from."""
    own_side._narrow(w)
    devices.application_absent(w)
    argv = ["ip", "netns", "exec", w.terminal, devices._program(w, devices.application_of(w)), "-c", LEAKS]
    devices._beside(w, [*argv, GATEWAY.v4, str(plan.GATEWAY_PORT)])


def taken_by_a_search_for_modems(w: World) -> None:
    """The PIN pad came back after a power cut, and a program that looks for modems had its port before the application."""
    far, near = os.openpty()
    w.cleanup.callback(os.close, far)
    node = os.ttyname(near)
    devices.application(w)
    devices._beside(w, [devices._program(w, "modem-manager"), "-c", TAKES, node])
    os.close(near)
    devices.configured(w, node, "enq", name="pinpad", role="pinpad", owner="app", required=True)


def mask_too_wide(w: World) -> None:
    """255.0.0.0 was typed in for 255.255.255.0, and the acquirer's private host seems to be one of the shop's own network."""
    ways.gateway_moved(w, PRIVATE_HOST)
    netns.ip(w.router, "address replace 10.20.30.1/24 dev lan0", f"address del {plan.ROUTER}/24 dev lan0")
    netns.ip(w.terminal, "address flush dev eth0 scope global", "address add 10.20.30.40/8 dev eth0",
             "route replace default via 10.20.30.1 dev eth0 metric 100")  # fmt: skip
    shapes._resolver(w, ("10.20.30.1",), upstream=(plan.NAME_SERVER.v4,))
    w.set_resolvers("10.20.30.1")


def kill_switch_left(w: World) -> None:
    """A VPN's program has ended, and its rules stay: out by the tunnel, to the VPN's server, within the shop, and nowhere else."""
    for text in ('oifname "lo" accept', 'oifname "tun0" accept', f"ip daddr {plan.LAN} accept",
                 "ip daddr 203.0.113.44 udp dport 1194 accept", "drop"):  # fmt: skip
        faults.rule(w.terminal, "leaving", text)


def not_from_a_vpn(w: World) -> None:
    """All goes through a VPN that somebody installed; the acquirer takes nothing from the addresses of such providers."""
    tunnel(w)
    faults.rule(w.net, "arriving", f"ip saddr {NEAR} ip daddr {GATEWAY.v4} drop")


def began_without_a_line(w: World) -> None:
    """The router began without its line, and the program that gives leases and names did not start for it; the switch in it works."""
    faults.wan_unplugged(w)
    w.shop_dns.stop()
    faults.link_local_only(w)


def address_taken_back(w: World) -> None:
    """The provider gave the line's address to somebody else; the router keeps it, in both families, and shows a line that is up."""
    for text in (f"ip saddr {plan.WAN}", f"ip6 saddr {plan.WAN_6}", f"ip6 saddr {plan.LAN_6}"):
        faults.rule(w.net, "early", f'iifname "shop0" {text} drop')


REPORTS: tuple[Report, ...] = (
    Report("tilln/jmeter-iso8583#54", healthy("ISO 8583: approved, in a reply of three fields",
           lambda w: acquirers.speaks(w, Acquirer(Dialect.ISO87_ASCII, answer=few_fields)))),
    Report("seanmonstar/httparse#29", healthy("HTTPS: 200 without a word behind it",
           acquirers.inside_tls(without_a_reason, protocol="https"))),
    Report("lsongdev/node-escpos#288", healthy("a printer whose cash drawer stands open",
           lambda w: devices.device(w, WithDrawer(), "escpos", name="printer", role="printer"))),
    Report("cminyard/ser2net#85", healthy("the printer's port on the network introduces itself first", behind_a_banner)),
    Report("arthur-zhang/morning-up-up#28 (D 状态的进程与 load average)", healthy("a load of forty, and an idle processor",
           waiting_processes, notices=("system.cpu_overloaded",))),
    Report("NethServer/dev#5479", healthy("the tunnel for the support is dead, payments do not go through it",
           way_of_the_support_dead, notices=("network.tunnel_down",))),
    Report("leeshua.com, POS机应答码大全", fault("ISO 8583: 90, the day is being closed", "system.gateway_error",
           lambda w: acquirers.speaks(w, Acquirer(answer=replies("90"))))),
    Report("juks/iso-8583-socket-queue#27", fault("ISO 8583: the reply's bitmap is in bytes, not in hexadecimal digits",
           "system.gateway_protocol_error", lambda w: acquirers.speaks(w, Acquirer(Dialect.ISO87_ASCII, answer=bitmap_in_bytes)))),
    Report("Kodo-kakaku/luci-app-gpoint#35", fault("the modem's port for positions is configured", "operator.serial_misconfigured",
           lambda w: devices.device(w, lambda _: NMEA, "at", name="modem", role="modem"), "degraded")),
    Report("Xinyuan-LilyGO/LilyGo-T-SIM7080G#3", fault("registered for voice, denied for data", "operator.data_plan_stopped",
           lambda w: devices.device(w, Modem(stats={"CREG": 1, "CGREG": 3, "CEREG": 3}, attached=0), "at", role="modem"),
           "degraded")),
    Report("Siriling/5G-Modem-Support#11 (能否针对掉模块、断网等情况)", double("the cellular module fell off the bus",
           ("operator.interface_disabled", "operator.device_unplugged"), module_fell_off)),
    Report("emqx/emqx#17893", fault("the application keeps its connections to the host, and no port is left for it",
           "system.sockets_exhausted", connections_kept)),
    Report("rusefi/rusefi#4359", fault("a search for modems has the PIN pad's port", "system.port_busy", taken_by_a_search_for_modems)),
    Report("m-labs/artiq#1930", fault("the mask is too wide, and the acquirer's private host seems to be in the shop", SET,
           mask_too_wide), doubtful=True),
    Report("nstinus/nordvpn#14", fault("the rules of a VPN's kill switch are left behind", "system.local_firewall", kill_switch_left)),
    Report("1andrevich/Re-filter-lists#421", fault("all goes through a VPN, and the acquirer takes nothing from there",
           "network.gateway_blocked", not_from_a_vpn)),
    Report("Ansuel/tch-nginx-gui#1002", fault("an upload fills the line, every packet waits", "network.slow",
           lambda w: slow_line(w, 0.6), "degraded")),
    Report("mschlenstedt/Loxberry#699", fault("logs have filled their file system", "system.disk_full",
           lambda w: machine.disk(w, filled_mb=8), "degraded")),
    Report("hq450/fancyss#960 (断网情况下开机/重启会导致dnsmasq启动失败)", fault("the router began without its line, and gives no leases",
           "network.dhcp_failed", began_without_a_line)),
    Report("coolsnowwolf/lede#7914 (运营商释放IP后，有V4V6但断网)", fault("the provider took the line's address back, both families",
           DOWN, address_taken_back, world={"ipv6": True})),
)  # fmt: skip
