"""Batch 9: translators on the terminal, what old and odd HTTP and TLS hosts leave out, clocks that say they do not know, modems and
printers in words of their own, typing mistakes in what surrounds the payments."""

from __future__ import annotations

import datetime
import socket
import ssl
import struct
import time
from pathlib import Path

from cryptography import x509

from tests.lab.field import ways
from tests.lab.field.batch_05 import PRINTER, PRINTER_MAC, rsa_leaf
from tests.lab.field.clat import translated
from tests.lab.field.entry import Report
from tests.lab.scenario import fault, healthy, nothing
from tests.support.servers.modem import Modem
from tests.support.servers.printer import Printer
from tests.support.world import World, acquirers, behaviours, devices, faults, host_faults, machine, netns, plan, questions

FAILING, SILENT = "network.dns_failing", "network.dns_unreachable"
GATEWAY = plan.GATEWAY_A
SOCKS_AT = 1080
FORMER = ("203.0.113.201", "203.0.113.202")
BEYOND = ("2001:db8:53::1", "2001:db8:53::2")
TOP_UP = "http://www.one.example/topup.html"
DAY_S = 86400


def swap_full(w: World) -> None:
    """What lay idle was written out to a small swap, which is full; almost half of the memory is available."""
    lines = {"MemTotal": 8_140_000, "MemFree": 402_000, "MemAvailable": 3_760_000, "Buffers": 210_000, "Cached": 3_300_000,
             "SwapCached": 61_000, "Active": 3_500_000, "Inactive": 3_200_000, "SwapTotal": 998_396, "SwapFree": 68, "Shmem": 90_000,
             "Slab": 420_000, "SReclaimable": 310_000}  # fmt: skip
    machine._file(w, "/proc/meminfo", "".join(f"{key + ':':<16}{value:>8} kB\n" for key, value in lines.items()))
    w.config["system"].pop("memory_available_percent", None)


def key_exchange_by_rsa(w: World) -> None:
    """TLS 1.2 with ciphers of RSA key exchange alone, which every library knows, and some programs leave out of their lists."""
    context = rsa_leaf(w, x509.DNSName(GATEWAY.name))
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AES256-GCM-SHA384:AES128-GCM-SHA256:AES256-SHA256")
    host_faults.gateway_does(w, behaviours.tls(context))


def answer_of(line: bytes, body: bytes = b"") -> behaviours.Behaviour:
    """An answer with this status line, whose end is the end of the connection: no length, and no goodbye of TLS (RFC 8446 section 6.1)."""

    def behaviour(connection: socket.socket) -> None:
        date = time.strftime("Date: %a, %d %b %Y %H:%M:%S GMT\r\n", time.gmtime()).encode()
        behaviours.say(line + b"\r\n" + date + b"Server: Apache\r\nConnection: close\r\n\r\n" + body)(connection)

    return behaviour


def without_a_goodbye(w: World) -> None:
    acquirers.inside_tls(answer_of(b"HTTP/1.0 200 OK", b"<html>" + b"all is well " * 2000 + b"</html>"), protocol="https")(w)


def without_a_phrase(w: World) -> None:
    """Status lines of a number alone, the host's and the checks'."""
    acquirers.inside_tls(answer_of(b"HTTP/1.1 200", b"x"), protocol="https")(w)
    host_faults.check_host_does(w, answer_of(b"HTTP/1.1 204"))


def carrier_of_six(w: World) -> None:
    """The host has an IPv4 address alone."""
    ways.everywhere(w, {GATEWAY.name: (GATEWAY.v4,)})
    translated(w)


class TimeServer(questions.Responder):
    """Answers at the port of time (RFC 5905)."""

    @staticmethod
    def _bind(address: str) -> socket.socket:
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        made.bind((address, 123))
        return made


def unsynchronised(asked: bytes) -> bytes:
    """Leap indicator 3, no stratum, reference INIT: it does not know the time, and what stands there is the time of its firmware."""
    stamp = struct.pack("!II", int(datetime.datetime(2019, 1, 1, tzinfo=datetime.UTC).timestamp()) + 2_208_988_800, 0)
    return bytes([0xE4, 0, 6, 0xEC]) + bytes(4) + bytes(4) + b"INIT" + bytes(8) + asked[40:48] + stamp + stamp


def router_does_not_know_the_time(w: World) -> None:
    w.cleanup.callback(TimeServer(w.router, plan.ROUTER, unsynchronised).stop)
    w.config["network"]["ntp"] = [plan.ROUTER]


def printing(device: Printer) -> behaviours.Behaviour:
    def serve(connection: socket.socket) -> None:
        while came := connection.recv(256):
            connection.sendall(device(came))

    return serve


def printer_on_the_network(w: World, device: Printer, **settings: str) -> str:
    """Its namespace."""
    box = ways.machine_beside(w, "p", PRINTER_MAC, f"{PRINTER}/24")
    w.serve("printer", plan.Host(("x",), PRINTER, ""), 9100, printing(device), namespace=box)
    devices.configured(w, f"socket://{PRINTER}:9100", "escpos", name="printer", role="printer", **settings)
    return box


def application_has_the_printer(w: World) -> None:
    """The printer takes one connection, and the payment application has it all day; every other is refused."""
    box = printer_on_the_network(w, Printer(), owner="app")
    devices.Talking(w, PRINTER, 9100)
    assert w.servers["printer"].reached(1)
    reset = "tcp dport 9100 tcp flags & (syn | ack) == syn reject with tcp reset"
    netns.nft(box, f"table ip one {{\n chain in {{ type filter hook input priority 0; {reset}\n }}\n}}")


def socks_for_http(w: World) -> None:
    """The proxy's port of SOCKS was typed in: a request of HTTP is no greeting of SOCKS 5, and it hangs up."""

    def socks(connection: socket.socket) -> None:
        if connection.recv(1) == b"\x05":
            connection.sendall(b"\x05\x00")
            behaviours.accept(connection)

    w.serve("socks", plan.PUBLIC, SOCKS_AT, socks)
    w.config["network"]["proxy"] = f"http://{plan.PUBLIC.v4}:{SOCKS_AT}"


def of_the_former_provider(w: World) -> None:
    """The name servers of the provider that the shop had before are set by hand, and serve its own customers alone."""
    for address in FORMER:
        netns.ip(w.net, f"address add {address}/32 dev lo")
        w.cleanup.callback(questions.Responder(w.net, address, questions.code(questions.REFUSED)).stop)
    w.set_resolvers(*FORMER)


def same_network_on_both_sides(w: World) -> None:
    """The provider's box has the shop router's own address and network: the router has an address there, and no way out over itself."""
    netns.ip(w.net, f"address del {plan.PROVIDER}/30 dev shop0", f"address add {plan.ROUTER}/24 dev shop0")
    netns.ip(w.router, "route del default", f"address del {plan.WAN}/30 dev wan0", "address add 192.168.50.23/24 dev wan0")


def host_drops_dated_segments(w: World) -> None:
    """Several terminals are one address to the host, and it takes their timestamps for those of one machine that runs backwards."""
    faults.rule(w.net, "arriving", f"ip daddr {GATEWAY.v4} tcp flags & (syn | ack) == syn tcp option timestamp exists drop")


def key_of_the_old_certificate(w: World) -> None:
    """The client certificate was renewed, its key was not."""
    acquirers.wants_certificate(None, ssl.TLSVersion.TLSv1_3)(w)
    new, old = (str(w.authority.leaf("T-1001").write(Path(w.folder) / f"client-{name}.pem")) for name in ("new", "old"))
    w.config["gateway"][0].update(client_cert_file=new, client_key_file=old)


class Console:
    """A login over a serial line (agetty): echoes what is typed, asks for a password, and begins again."""

    def __init__(self) -> None:
        self._asks_name = True

    def __call__(self, came: bytes) -> bytes:
        said = b""
        for byte in came:
            if byte not in b"\r\n":
                said += bytes([byte]) if self._asks_name else b""
            elif byte == 0x0D:
                said += b"\r\nPassword: " if self._asks_name else b"\r\nLogin incorrect\r\n\r\nraspberrypi login: "
                self._asks_name = not self._asks_name
        return said


def used_up(w: World) -> None:
    """The SIM is registered and has an address; what was paid for is used up, and the carrier sends every page to where one pays again."""
    netns.ip(w.terminal, "link set eth0 down", "address flush dev eth0", "link set eth0 name wwan0", "link set wwan0 up",
             f"address add {plan.TERMINAL}/24 dev wwan0", f"route replace default via {plan.ROUTER} dev wwan0 metric 100")  # fmt: skip
    w.config["uplink"] = [{"interface": "wwan0", "kind": "cellular"}]
    stats = {"CREG": 1, "CGREG": 1, "CEREG": 1}
    devices.device(w, Modem(stats=stats, cgact="+CGACT: 1,1", cgpaddr=f'+CGPADDR: 1,"{plan.TERMINAL}"'), "at", name="modem", role="modem")
    w.serve("top-up", plan.PUBLIC, 80, behaviours.http(200, b"<html><body>Your data is used up. Buy more?</body></html>"))
    w.serve("sent there", plan.Host(("x",), plan.ROUTER, ""), 8081, behaviours.http(302, Location=TOP_UP), namespace=w.router)
    faults.rule(w.router, "diverted", f'iifname "lan0" ip daddr != {{ {plan.PUBLIC.v4}, {plan.ROUTER} }} tcp dport 80 dnat ip to '
                f"{plan.ROUTER}:8081")  # fmt: skip
    faults.rule(w.router, "passing", f'iifname "lan0" ip daddr {plan.PUBLIC.v4} tcp dport 80 accept')
    faults.rule(w.router, "passing", 'iifname "lan0" drop')


class TerseModem(Modem):
    """Says ERROR and no more, until it is told to give its reasons (AT+CMEE, 3GPP TS 27.007 section 9.1). There is no SIM."""

    reasons = 0

    def _said(self, command: str) -> str:
        if command in ("AT+CMEE=0", "AT+CMEE=1", "AT+CMEE=2"):
            self.reasons = int(command[-1])
            return ""
        if command == "AT+CPIN?":
            return ("ERROR", "+CME ERROR: 10", "+CME ERROR: SIM not inserted")[self.reasons]
        return super()._said(command)


def no_sim_and_no_reasons(w: World) -> None:
    modem = TerseModem(stats={"CREG": 0, "CGREG": 0}, csq=99, attached=0, operator="+COPS: 0")
    devices.device(w, modem, "at", name="modem", role="modem")


def printer_at_the_next_number(w: World) -> None:
    """The receipt printer was switched off and on while its old node was held: it is lp1 now."""
    unit = "1-1.device"  # below /sys/class/usbmisc, as the class is what can be covered
    about = {"idVendor": "04b8", "idProduct": "0e15", "serial": "544338593290260000", "product": "TM-T20II", "bDeviceClass": "00"}
    entries = {f"{unit}/{key}": value for key, value in about.items()} | {f"{unit}/1-1:1.0/bInterfaceClass": "07"}
    folder = machine._class(w, "usbmisc", entries | {"lp1/dev": "180:1"})
    (folder / "lp1" / "device").symlink_to(f"../{unit}/1-1:1.0")
    machine.node(w, "usb/lp1")
    machine.usb_without_port(w, "04b8:0e15", driver="usblp", interface_class="07", serial=about["serial"], product=about["product"])
    devices.configured(w, "/dev/usb/lp0", "presence", name="printer", role="printer", usb="04b8:0e15")


REPORTS: tuple[Report, ...] = (
    Report("netdata/netdata#6362", healthy("a small swap is full, half of the memory is available", swap_full)),
    Report("YunoHost/yunohost#639", healthy("two name servers of IPv6 before the one that can be reached, and no IPv6",
           lambda w: w.set_resolvers(*BEYOND, plan.ROUTER), notices=(SILENT,))),
    Report("urllib3/urllib3#3031", healthy("the host knows RSA key exchange alone", key_exchange_by_rsa)),
    Report("curl/curl#17471", healthy("the host's answer ends without a length and without a goodbye", without_a_goodbye)),
    Report("CollaboraOnline/online#2846", healthy("status lines without a phrase", without_a_phrase)),
    Report("systemd/systemd#23674", healthy("IPv6 alone, and a translator of the terminal's own for IPv4", carrier_of_six,
           world=ways.SIX)),
    Report("opnsense/core#518", healthy("the router's time server says that it does not know the time", router_does_not_know_the_time)),
    Report("lukevp/ESC-POS-.NET#174", healthy("the network printer takes one connection, and the application has it",
           application_has_the_printer)),
    Report("dixudx/tumblr-crawler#50 (使用Shadowsock作为代理，提示Connect abort)", fault("a port of SOCKS is configured as a proxy of HTTP",
           "operator.proxy_misconfigured", socks_for_http, "degraded")),
    Report("moby/vpnkit#167", fault("the name servers of a former provider refuse strangers", FAILING, of_the_former_provider)),
    Report("Ansuel/tch-nginx-gui#1193", fault("the router has the same network on both sides", "network.internet_down",
           same_network_on_both_sides)),
    Report("imroc/imroc.github.io#17 (开启tcp_tw_recycle内核参数在NAT环境会丢包)", fault("the host drops what has timestamps",
           "network.gateway_blocked", host_drops_dated_segments)),
    Report("thomasnordquist/MQTT-Explorer#826", fault("the client certificate is new, its key the old one",
           "operator.client_certificate", key_of_the_old_certificate)),
    Report("guanzhi/GmSSL#942 (使用了不受支持的协议)", fault("the host speaks the national TLCP alone, and says so in its own alert",
           "system.tls_incompatible", acquirers.does(behaviours.say(bytes([0x15, 1, 1, 0, 2, 2, 40]))))),
    Report("wwandreww/esc_pos_printer#108", fault("the network printer is out of paper", "operator.paper_out",
           lambda w: printer_on_the_network(w, Printer(paper_end=True)), "degraded")),
    Report("RPi-Distro/repo#31", fault("a login stands at the modem's port", "operator.serial_misconfigured",
           lambda w: devices.device(w, Console(), "at", name="modem", role="modem"), "degraded")),
    Report("u-blox/ubxlib#244", fault("the clock was set by a modem that was never told the time", "system.clock_wrong", nothing,
           shift_s=19600 * DAY_S)),
    Report("medic/cht-core#1628", fault("the SIM's data is used up, the carrier shows where to pay", "network.captive_portal", used_up),
           doubtful=True),
    Report("Xinyuan-LilyGO/LilyGo-T-Call-SIM800#33", fault("no SIM, and the modem gives no reasons unasked", "operator.sim_missing",
           no_sim_and_no_reasons, "degraded"), doubtful=True),
    Report("systemd/systemd#1756", fault("the receipt printer is lp1 since it was switched off and on", "system.port_renumbered",
           printer_at_the_next_number, "degraded"), doubtful=True),
)  # fmt: skip
