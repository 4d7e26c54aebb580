"""Batch 5: dialled lines, printers on the network, cards that answer for each other, numbers in certificates."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
import subprocess

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.lab.field import ways
from tests.lab.field.entry import Report
from tests.lab.field.pppoe import dialled
from tests.lab.field.tunnel import SERVER, tunnel
from tests.lab.scenario import Make, fault, healthy, together
from tests.support.servers.modem import Modem
from tests.support.servers.printer import Printer
from tests.support.world import World, behaviours, devices, faults, host_faults, machine, netns, plan, questions
from tests.support.world.ca import DAY, pem

FAILING, DOWN, SET, TYPED = (
    "network.dns_failing",
    "network.internet_down",
    "operator.network_misconfigured",
    "operator.gateway_misconfigured",
)
GATEWAY = plan.GATEWAY_A
PRINTER, PRINTER_MAC = "192.168.50.60", "02:00:00:00:50:60"


def printer_at(address: str, *, there: bool = True, answers: bool = True) -> Make:
    """A receipt printer configured by an address of the shop's network. `there`: some machine has that address; `answers`: the printer."""

    def serve(connection: socket.socket) -> None:
        device = Printer()
        while came := connection.recv(256):
            connection.sendall(device(came))

    def make(w: World) -> None:
        if there:
            box = ways.machine_beside(w, "p", PRINTER_MAC, f"{address}/24")
            if answers:
                w.serve("printer", plan.Host(("x",), address, ""), 9100, serve, namespace=box)
        devices.configured(w, f"socket://{address}:9100", "escpos", name="printer", role="printer")

    return make


def one_clock_off(w: World) -> None:
    """One machine behind the first check has never heard of the time."""
    host_faults.check_host_does(w, behaviours.http(204, skew_s=-2 * 3600), 1)


def answered_over_the_other(w: World) -> None:
    """Two cards in one network; the router has learnt the second card's MAC for the first one's address."""
    mac = "02:00:00:00:50:11"
    netns.sysctl(w.terminal, {"ipv4/conf/all/rp_filter": "0", "ipv4/conf/eth0/rp_filter": "0"})
    ways.second_socket(w, "wlp47s0", "192.168.50.11/24", mac)
    netns.sysctl(w.terminal, {"ipv4/conf/wlp47s0/rp_filter": "0"})
    netns.ip(w.router, f"neigh replace {plan.TERMINAL} lladdr {mac} dev lan0 nud permanent")


def without_a_router(w: World) -> None:
    """A modem's interface that is one end of a point-to-point link: the default route names no router, and needs none."""
    netns.ip(w.terminal, f"route add {SERVER}/32 via {plan.ROUTER} dev eth0")
    tunnel(w, "wwan0", through=("default metric 10",))
    w.set_resolvers(plan.NAME_SERVER.v4)


def above_full(w: World) -> None:
    said = {"type": "Battery", "present": "1", "energy_now": "5210000", "energy_full": "5000000", "status": "Full"}
    entries = {f"BAT0/{key}": value for key, value in said.items()} | {"AC/type": "Mains", "AC/online": "1"}
    machine._class(w, "power_supply", entries)


def own_hotspot_at_the_routers_address(w: World) -> None:
    """The terminal's own access point came with the address that the shop's router has."""
    ways.own_network(w, "wlan0", f"{plan.ROUTER}/24")


def nothing_after_the_handshake(w: World) -> None:
    """Answers come by another way than questions go: the box on the one way never sees a connection whole, and drops what follows."""
    faults.rule(w.router, "passing", 'iifname "lan0" tcp flags & (syn | rst) == 0 drop')


def modem_stick(w: World) -> None:
    """A stick that is a network card of its own, and a router; it has no data."""
    netns.ip(w.terminal, "link set eth0 down", "link set eth0 name usb0", "link set usb0 up",
             f"address replace {plan.TERMINAL}/24 dev usb0", f"route replace default via {plan.ROUTER} dev usb0")  # fmt: skip
    faults.wan_silent(w)


def empty_answers_lost(w: World) -> None:
    """The terminal's own resolver hands on every answer but the empty ones; the host's name has no IPv6 address."""
    ways.everywhere(w, {GATEWAY.name: (GATEWAY.v4,)})
    real = questions.forward(plan.ROUTER, 0)

    def answer(asked: bytes) -> bytes | None:
        said = real(asked)
        return said if said and said[6:8] != b"\0\0" else None

    w.cleanup.callback(questions.Responder(w.terminal, "127.0.0.53", answer).stop)
    w.set_resolvers("127.0.0.53")


def stub_that_validates_nothing_any_more(w: World) -> None:
    w.cleanup.callback(questions.Responder(w.terminal, "127.0.0.53", questions.code(questions.SERVFAIL)).stop)
    w.set_resolvers("127.0.0.53")


def cellular_without_a_route(w: World) -> None:
    netns.ip(w.terminal, "link set eth0 down", "address flush dev eth0", "link set eth0 name wwan0", "link set wwan0 up",
             f"address add {plan.TERMINAL}/24 dev wwan0")  # fmt: skip
    w.config["uplink"] = [{"interface": "wwan0", "kind": "cellular"}]
    devices.device(w, Modem(), "at", name="modem", role="modem")


def modem(**stats: int) -> Make:
    return lambda w: devices.device(w, Modem(stats=stats), "at", role="modem") and None


def rsa_leaf(w: World, *names: x509.GeneralName) -> ssl.SSLContext:
    """A leaf of the acquirer's with an RSA key and these names."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    now = datetime.datetime.now(datetime.UTC)
    via = w.authority.intermediate
    leaf = x509.CertificateBuilder(
        via.certificate.subject, x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, GATEWAY.name)]), key.public_key(),
        x509.random_serial_number(), now - 30 * DAY, now + 365 * DAY,
    ).add_extension(x509.SubjectAlternativeName(names), critical=False).sign(via.key, hashes.SHA256())  # fmt: skip
    path = w.folder / "rsa.pem"
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(private + pem(leaf) + pem(via.certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def numbered(*names: x509.GeneralName) -> Make:
    """The host is configured by number, and its certificate has these names."""

    def make(w: World) -> None:
        host_faults.gateway_does(w, behaviours.tls(rsa_leaf(w, *names)))
        w.config["gateway"][0]["host"] = GATEWAY.v4

    return make


def small_group(w: World) -> None:
    """TLS 1.2 with a group of 1024 bits, which today's libraries refuse."""
    context = rsa_leaf(w, x509.DNSName(GATEWAY.name))
    parameters = w.folder / "dh.pem"
    subprocess.run(["openssl", "dhparam", "-dsaparam", "-out", str(parameters), "1024"], check=True, capture_output=True)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0")
    context.load_dh_params(str(parameters))
    host_faults.gateway_does(w, behaviours.tls(context))


REPORTS: tuple[Report, ...] = (
    Report("MetPX/sarracenia#317", healthy("one of the checks' machines is two hours slow", one_clock_off)),
    Report("fengzean/fengzean.github.io#14 (ubuntu下PPPOE拨号上网方法)", healthy("the terminal dials its line itself", dialled)),
    Report("omacom/omarchy#12070", healthy("what one card asks is answered over the other", answered_over_the_other, fixed=True)),
    Report("openwrt/packages#11200", healthy("a default route over a point-to-point link, without a router", without_a_router, fixed=True)),
    Report("greshake/i3status-rust#16", healthy("a battery that holds more than it can", above_full)),
    Report("botletics/SIM7000-LTE-Shield#50", healthy("not registered for voice, for data at home", modem(CREG=0, CGREG=1, CEREG=1))),
    Report("receiptline/receiptio#6", healthy("a receipt printer on the network", printer_at(PRINTER))),
    Report("Boostport/kubernetes-vault#129", healthy("the host is configured by number, its certificate has it",
           numbered(x509.IPAddress(ipaddress.ip_address(GATEWAY.v4))))),
    Report("opentable/star-printing#9", fault("the network printer has another address since yesterday", "operator.device_unplugged",
           printer_at(PRINTER, there=False), "degraded"), doubtful=True),
    Report("lsongdev/node-escpos#421", fault("at the network printer's address is something that is none",
           "operator.serial_misconfigured", printer_at(PRINTER, answers=False), "degraded"), doubtful=True),
    Report("coolsnowwolf/lede#4939 (pppoe拨号成功但是无法上网)", fault("the line is dialled and nothing comes over it", DOWN,
           together(dialled, faults.wan_silent))),
    Report("WebThingsIO/gateway-wifi-setup#22", fault("the terminal's own access point has the router's address", SET,
           own_hotspot_at_the_routers_address, fixed=True), doubtful=True),
    Report("vernesong/OpenClash#5313 (旁路由 conntrack 半开)", fault("every connection is accepted, and nothing follows", DOWN,
           nothing_after_the_handshake, fixed=True), doubtful=True),
    Report("seanmonstar/reqwest#1027", fault("the host's group for the key exchange is too small", "system.tls_incompatible", small_group)),
    Report("espressif/esp-iot-solution#517", fault("a modem stick that is a router, without data", DOWN, modem_stick)),
    Report("systemd/systemd#25944", fault("the terminal's own resolver loses empty answers", "network.dns_slow", empty_answers_lost,
           "degraded")),
    Report("systemd/systemd#38401", fault("the terminal's own resolver fails for every name, and the clock is right", FAILING,
           stub_that_validates_nothing_any_more)),
    Report("Ysurac/openmptcprouter#3877", fault("cellular: an address and no way out", SET, cellular_without_a_route, fixed=True)),
    Report("MaJerle/GSM_AT_commands_parser#3", fault("the modem may make emergency calls only", "operator.data_plan_stopped",
           modem(CREG=8, CGREG=8, CEREG=8), "degraded"), doubtful=True),
    Report("canonical/lxd#2457", fault("the host's number stands in its certificate as a name", TYPED,
           numbered(x509.DNSName(GATEWAY.v4)))),
)  # fmt: skip
