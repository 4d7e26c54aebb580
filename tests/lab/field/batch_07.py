"""Batch 7: what resolv.conf says and how the C library reads it, programs of the terminal between application and host, odd routers."""

from __future__ import annotations

import socket
import sys

from tests.lab.field import ways
from tests.lab.field.batch_05 import PRINTER, PRINTER_MAC
from tests.lab.field.entry import Report
from tests.lab.scenario import fault, healthy, together
from tests.support.servers.acquirer import Acquirer
from tests.support.servers.modem import Modem
from tests.support.world import World, acquirers, behaviours, devices, faults, host_faults, machine, netns, plan, shapes

FAILING, SET, DOWN = "network.dns_failing", "operator.network_misconfigured", "network.internet_down"
GATEWAY = plan.GATEWAY_A
SIX = {"ipv4": False, "ipv6": True}
# takes plain connections at the terminal itself and hands them on through TLS
STUNNEL = """
import socket, ssl, sys, threading
here = socket.create_server(("127.0.0.1", int(sys.argv[2]))); print(flush=True)
def hand(a, b):
    try:
        while data := a.recv(4096): b.sendall(data)
        b.shutdown(socket.SHUT_WR)
    except OSError: pass
def serve(near):
    try:
        raw = socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=3); raw.settimeout(None)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT); context.check_hostname = False; context.verify_mode = ssl.CERT_NONE
        far = context.wrap_socket(raw)
    except OSError: return near.close()
    threading.Thread(target=hand, args=(far, near), daemon=True).start(); hand(near, far)
while True: threading.Thread(target=serve, args=(here.accept()[0],), daemon=True).start()
"""


def through_stunnel(w: World) -> None:
    """The application speaks in plain to a program of the terminal, which speaks TLS to the host."""
    acquirers.speaks(w, Acquirer())
    devices._beside(w, ["ip", "netns", "exec", w.terminal, sys.executable, "-c", STUNNEL, GATEWAY.v4, str(plan.GATEWAY_PORT)])
    w.config["gateway"][0] |= {"host": "127.0.0.1", "tls": False}
    w.config["gateway"][0].pop("ca_file")


def control_temperature(w: World) -> None:
    """An AMD processor: the value that rules the fans is 27 degrees above the one of the die."""
    chip = {"name": "k10temp", "temp1_label": "Tctl", "temp1_input": "98000", "temp2_label": "Tdie", "temp2_input": "71000"}
    folder = machine._class(w, "hwmon", {f"hwmon0/{key}": value for key, value in chip.items()})
    machine._moving(w, folder / "hwmon0/temp1_input", 98)
    machine._moving(w, folder / "hwmon0/temp2_input", 71)
    w.config["system"].pop("temperature_c", None)


def one_connection_only(w: World) -> None:
    """The host takes one connection of a terminal, and the application has it; it closes every other at once."""
    taken = []

    def behaviour(connection: socket.socket) -> None:
        taken.append(connection)
        while len(taken) == 1 and (came := connection.recv(4096)):
            connection.sendall(came)

    host_faults.gateway_does(w, behaviour)
    w.config["gateway"][0] |= {"protocol": "tcp"}
    w.config["gateway"][0].pop("ca_file")
    devices.Talking(w, GATEWAY.v4, plan.GATEWAY_PORT).send()


class LongWinded(Modem):
    """Tells area, cell and technology besides the registration."""

    def _said(self, command: str) -> str:
        said = super()._said(command)
        return said.replace(": 0,", ": 2,") + ',"3982","00DF3B03",7' if "REG: 0," in said else said


def two_macs_of_the_router(w: World) -> None:
    """A router with a virtual address: who asks for it is answered with the virtual MAC and with the real one."""
    netns.ip(w.router, "link add link lan0 name vrrp1 address 00:00:5e:00:01:01 type macvlan mode bridge", "link set vrrp1 up",
             f"address del {plan.ROUTER}/24 dev lan0", "address add 192.168.50.2/24 dev lan0",
             f"address add {plan.ROUTER}/32 dev vrrp1")  # fmt: skip


def dates_of_no_use(w: World) -> None:
    """One check's machine tells a date that is none, the other's tells none."""
    for number, line in ((1, b"Date: aaaa\r\n"), (2, b"")):
        host_faults.check_host_does(w, behaviours.say(b"HTTP/1.1 204 No Content\r\n" + line + b"Connection: close\r\n\r\n"), number)


def shim_for_containers(w: World) -> None:
    """Beside the card's own address, a second one on a device above it, for a part of the network where containers are."""
    netns.ip(w.terminal, "link add link eth0 name shim0 type macvlan mode bridge", "link set shim0 up",
             "address add 192.168.50.240/32 dev shim0", "route add 192.168.50.192/27 dev shim0")  # fmt: skip


def first_answer_swapped(w: World) -> None:
    """The provider puts a page of its own into every first answer; asked again, all is as it should be."""
    asked: list[int] = []
    page, real = behaviours.http(302, Location="http://ds.ads.example/linkto.html"), behaviours.http(204)

    def behaviour(connection: socket.socket) -> None:
        asked.append(1)
        (page if len(asked) == 1 else real)(connection)

    host_faults.check_host_does(w, behaviour, 1)


def wildcard_behind_every_name(w: World) -> None:
    """The C library tries every name under the shop's own domain first, and there all names are one machine."""
    ways.resolver(w, f"--address=/shop.example/{plan.ROUTER}")
    ways.resolv_conf(f"nameserver {plan.ROUTER}\nsearch shop.example\noptions ndots:5\n")(w)


def empty_trust_file(w: World) -> None:
    """An update was cut off: the file of the authorities has no byte."""
    path = w.folder / "ca-certificates.crt"
    path.write_bytes(b"")
    w.config["gateway"][0]["ca_file"] = str(path)


def alias_to_nowhere(w: World) -> None:
    """The shop's name server makes an alias of the host's name, for a name that does not exist."""

    def answer(asked: bytes) -> bytes | None:
        if ways.asked_name(asked) != GATEWAY.name:
            return ways.forward(asked)
        alias = b"\xc0\x0c\0\5\0\1\0\0\0\x3c\0\6\3old\xc0\x11"
        end = 12 + len(GATEWAY.name) + 2 + 4
        return asked[:2] + b"\x81\x83\0\1\0\1\0\0\0\0" + asked[12:end] + alias

    ways.answering(answer)(w)


def port_in_use_over_there(w: World) -> None:
    """A box makes a network port of the printer's serial one; it still believes in a connection that is long gone."""
    box = ways.machine_beside(w, "p", PRINTER_MAC, f"{PRINTER}/24")

    def busy(connection: socket.socket) -> None:
        connection.sendall(b"Port already in use\r\n")

    w.serve("ser2net", plan.Host(("x",), PRINTER, ""), 3020, busy, namespace=box)
    devices.configured(w, f"socket://{PRINTER}:3020", "escpos", name="printer", role="printer")


def broadcast_address(w: World) -> None:
    """The lease gave the last address of the network, which is everybody's."""
    netns.ip(w.terminal, "address flush dev eth0 scope global", "address add 192.168.50.255/24 dev eth0",
             f"route replace default via {plan.ROUTER} dev eth0 metric 100")  # fmt: skip


def no_service(w: World) -> None:
    stats = {"CREG": 0, "CGREG": 0, "CEREG": 0}
    devices.device(w, Modem(csq=99, stats=stats, operator="+CME ERROR: no network service", attached=0), "at", role="modem")


def fourth_alone_answers(w: World) -> None:
    """Four name servers; the C library reads three, and those are nobody."""
    nobody = "".join(f"nameserver 192.168.50.{number}\n" for number in (77, 78, 79))
    ways.resolv_conf(f"{nobody}nameserver {plan.ROUTER}\n")(w)


def another_has_the_routers_address(w: World) -> None:
    """When the router began again, another machine had taken its IPv6 address: it is pinged, and hands nothing on."""
    other = ways.machine_beside(w, "i", "02:00:00:00:66:01")
    netns.ip(w.router, f"address del {plan.ROUTER_6}/64 dev lan0")
    netns.ip(other, f"address add {plan.ROUTER_6}/64 dev eth0 nodad")


REPORTS: tuple[Report, ...] = (
    Report("HyDE-Project/HyDE#108", healthy("a processor's value for its fans is far above its die's", control_temperature)),
    Report("linuxmuster/linuxmuster-base7#205", healthy("an address that ends in 255, in the middle of its network",
           lambda w: shapes.renumber(w, "10.20.30.255/23", "10.20.30.1"), fixed=True)),
    Report("vyos/vyos-documentation#2162", healthy("the application reaches the host through a program beside it", through_stunnel,
           fixed=True)),
    Report("openhab/openhab1-addons#3819", healthy("the host takes one connection, and the application has it", one_connection_only,
           notices=("system.gateway_down",))),
    Report("vshymanskyy/TinyGSM#503", healthy("a modem that tells its cell besides its registration",
           lambda w: devices.device(w, LongWinded(stats={"CREG": 2, "CEREG": 5}), "at", role="modem") and None)),
    Report("FRRouting/frr#18379", healthy("the router's address is answered for with two MACs", two_macs_of_the_router, fixed=True)),
    Report("TritonDataCenter/node-http-signature#121", healthy("one check tells no date, the other one that is none", dates_of_no_use)),
    Report("nasty-project/nasty#448", healthy("a second device above the card, for containers", shim_for_containers)),
    Report("vokins/yhosts#11 (深圳联通宽带劫持手机访问当当网)", healthy("the provider swaps the first answer for a page",
           first_answer_swapped, notices=("network.captive_portal",))),
    Report("iijlab/dnsext#227", healthy("a remark behind the name server's address",
           ways.resolv_conf(f"# Generated by rc.inet1\nnameserver {plan.ROUTER}  # eth0:v4\n"))),
    Report("StreisandEffect/discussions#106", fault("the line is dead, and a program of the terminal accepts for the host", DOWN,
           together(through_stunnel, faults.wan_silent))),
    Report("kubernetes/kubernetes#49113", fault("every name is tried under the shop's domain first, where all names are one", FAILING,
           wildcard_behind_every_name), doubtful=True),
    Report("beyond-all-reason/Beyond-All-Reason#772", fault("the file of the authorities is empty", "system.trust_store_outdated",
           empty_trust_file), doubtful=True),
    Report("mokeyish/smartdns-rs#385 (cname 别名查询)", fault("the shop's name server has an alias to nowhere for the host", FAILING,
           alias_to_nowhere), doubtful=True),
    Report("cminyard/ser2net#33", fault("the printer's port on the network is taken by a connection that is gone", "system.port_busy",
           port_in_use_over_there, "degraded"), doubtful=True),
    Report("RaspAP/raspap-webgui#1279", fault("the address is the broadcast address of its network", SET, broadcast_address),
           doubtful=True),
    Report("Xinyuan-LilyGO/T-Deck-Pro#40", fault("the modem has no network service at all", "network.not_registered", no_service,
           "degraded")),
    Report("parrot/parrot#1240", fault("four name servers, and the one that answers is not read", "network.dns_unreachable",
           fourth_alone_answers, fixed=True)),
    Report("AllStarLink/ASL-Asterisk#91", fault("a comma behind the only name server's address", SET,
           ways.resolv_conf(f"nameserver {plan.ROUTER},\n"), fixed=True)),
    Report("home-assistant/operating-system#3588", fault("IPv6 alone, and another machine has the router's address", DOWN,
           another_has_the_routers_address, world=SIX), doubtful=True),
)  # fmt: skip
