"""Batch 11: what shops meet most days: a line that is dead or not paid for, leases, addresses and sockets, Wi-Fi in a cable's place,
a locked SIM, the host's codes, gates and certificates, a clock without a battery."""

from __future__ import annotations

import os
import ssl

from tests.lab.field import radio, ways
from tests.lab.field.entry import Report
from tests.lab.scenario import fault, healthy
from tests.support.servers.acquirer import Acquirer
from tests.support.servers.iso.answers import replies
from tests.support.servers.modem import Modem
from tests.support.servers.printer import Printer
from tests.support.servers.time_server import time_server
from tests.support.world import World, acquirers, behaviours, devices, dhcp, faults, host_faults, netns, plan, questions, shapes
from tests.support.world.ca import Pair, make
from tests.support.world.verdict import NOBODY

DOWN, ROUTER_GONE = "network.internet_down", "network.router_unreachable"
GATEWAY = plan.GATEWAY_A
DAY_S = 86400
TO_ALL = "10.0.0.1"
ENDED_SERVICES = ("198.51.100.201", "198.51.100.202")
PAY_HERE = "http://www.one.example/arrears.html"


def certificate_by_name(w: World) -> None:
    """Several hosts share the address: the right certificate is for who asks by name, all others get the one of the installation."""
    named = acquirers.own_context(w)
    unnamed = w.authority.context(make("snakeoil.local", names=("snakeoil.local",)))

    def choose(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        if name == GATEWAY.name:
            connection.context = named

    unnamed.sni_callback = choose
    host_faults.gateway_does(w, behaviours.tls(unnamed))


def time_comes_to_the_wrong_port(w: World) -> None:
    """The router hands every answer of a time server to port 123, whatever port had asked."""
    w.cleanup.enter_context(time_server(w.net, plan.PUBLIC.v4))
    faults.rule(w.router, "passing", 'oifname "lan0" udp sport 123 udp dport set 123')
    w.config["network"]["ntp"] = [plan.PUBLIC.v4]


def page_of_the_router(w: World) -> None:
    """The line is dead. Until it is back the router answers every question for a name with one address, and every page with its own."""
    faults.wan_unplugged(w)
    netns.ip(w.router, f"address add {TO_ALL}/32 dev lo")

    def to_all(asked: bytes) -> bytes:
        return ways.with_address(asked, TO_ALL) if ways.asked_kind(asked) == questions.A else ways.without_records(asked)

    ways.answering(to_all)(w)
    faults.rule(w.router, "diverted", f'iifname "lan0" meta nfproto ipv4 udp dport 53 dnat ip to {plan.ROUTER}')
    page = behaviours.http(302, Location="http://router.asus.com/error_page.htm?flag=1")
    w.serve("page", plan.Host(("x",), plan.ROUTER, ""), 18017, page, namespace=w.router)
    faults.rule(w.router, "diverted", f'iifname "lan0" meta nfproto ipv4 tcp dport 80 dnat ip to {plan.ROUTER}:18017')


def not_dialled_again(w: World) -> None:
    """The provider hung up in the night, as every other day, and the router's port never came back: it has no address outside, no way
    out, and no name server to ask, so that it refuses every question."""
    netns.ip(w.router, "address flush dev wan0", "link set wan0 down")
    for family in ("-4", "-6"):
        netns.command("ip", "-n", w.router, family, "route", "flush", "exact", "default")
    host_faults.dns_without_upstream(w)


def in_arrears(w: World) -> None:
    """The line was not paid for: the provider's name server answers, every page leads to where one pays, and all else is hung up on."""
    w.serve("arrears", plan.PUBLIC, 8088, behaviours.http(302, Location=PAY_HERE))
    faults.rule(w.net, "diverted", f'iifname "shop0" meta nfproto ipv4 tcp dport 80 dnat ip to {plan.PUBLIC.v4}:8088')
    for text in (f"ip daddr {plan.NAME_SERVER.v4} meta l4proto {{ tcp, udp }} th dport 53 accept",
                 f"ip daddr {plan.PUBLIC.v4} tcp dport 8088 accept",
                 f"ip daddr {plan.PROVIDER} icmp type echo-request accept", "meta l4proto tcp reject with tcp reset", "drop"):  # fmt: skip
        faults.rule(w.net, "arriving", f'iifname "shop0" {text}')


def services_that_ended(w: World) -> None:
    """Two name servers for everybody, typed in years ago; who ran them has given it up."""
    w.set_resolvers(*ENDED_SERVICES)
    faults.rule(w.net, "early", f"ip daddr {{ {', '.join(ENDED_SERVICES)} }} drop")


def all_leases_given(w: World) -> None:
    """The guests' phones have every address; the terminal gave itself one, and a last way out, as avahi-autoipd does."""
    assert not dhcp.lease(w.terminal, w.folder)
    netns.ip(w.terminal, "address add 169.254.88.21/16 dev eth0", "route add default dev eth0 scope link metric 1000")


def box_with_our_address(w: World) -> None:
    """A new device with a page to set it up was given the terminal's address."""
    faults.address_conflict(w)
    here = plan.Host(("x",), plan.TERMINAL, "")
    w.serve("box", here, 80, behaviours.http(200, b"<html>Tasmota</html>"), namespace=w.terminal[:-1] + "x")


def in_the_second_socket(w: World) -> None:
    """The cable is in the socket that nobody has set up; the one that is has none."""
    faults.cable_out(w)
    netns.ip(w.router, f"link add name port2 type veth peer name eth1 address 02:00:00:00:50:11 netns {w.terminal}",
             "link set port2 master lan0", "link set port2 up")  # fmt: skip
    w.config["uplink"] = [{"interface": "eth0"}]


def asks_for_the_pin(w: World) -> None:
    """The only uplink is cellular, and its SIM wants a PIN since the module was changed: no session, and no address.
    The name server is the last session's."""
    netns.ip(w.terminal, "link set eth0 down", "address flush dev eth0", "link set eth0 name wwan0", "link set wwan0 up")
    w.set_resolvers(plan.NAME_SERVER.v4)
    w.config["uplink"] = [{"interface": "wwan0", "kind": "cellular"}]
    modem = Modem(cpin="+CPIN: SIM PIN", csq=99, stats={"CREG": 0, "CGREG": 0, "CEREG": 0}, attached=0, operator="+COPS: 0")
    devices.device(w, modem, "at", name="modem", role="modem")


def leaf_alone(w: World) -> Pair:
    """Renewed at another authority, and what signed it was left out."""
    via = make("Other Issuing CA", w.authority.root, authority=True, days=900)
    leaf = w.authority.leaf(GATEWAY.name, begins=-1, intermediate=via)
    return Pair(leaf.certificate, leaf.key)


def for_another_group(w: World) -> None:
    """The port's node is for root and its group alone, and who looks is in no such group."""
    end = devices.device(w, Printer(), "escpos", name="printer", role="printer")
    os.chmod(end.node, 0o660)


REPORTS: tuple[Report, ...] = (
    Report("smicallef/spiderfoot#353", healthy("the host has its certificate for who asks by name alone", certificate_by_name)),
    Report("spaze/michalspacek.cz#660", healthy("certificates of six days, this one for two more",
           lambda w: host_faults.certificate(w, days=2, begins=-4.6), notices=("system.gateway_certificate_expiring",))),
    Report("Romanysoft/SpeedTest#15", healthy("the line goes over a satellite", lambda w: radio.satellite(w, 0.35))),
    Report("lancachenet/lancache-dns#148", healthy("the shop's network has numbers that are somebody else's in the Internet",
           lambda w: shapes.renumber(w, "89.16.0.50/24", "89.16.0.1"))),
    Report("balena-os/meta-balena#2000", healthy("the router hands the answers of time servers to the wrong port",
           time_comes_to_the_wrong_port)),
    Report("timsaya/luci-app-bandix#69 (无线中继 设备识别方式问题)", healthy("a Wi-Fi relay answers for the router", radio.relay)),
    Report("RMerl/asuswrt-merlin#1421", fault("the line is dead, and the router shows its own page under every name", DOWN,
           page_of_the_router)),
    Report("coolsnowwolf/lede#13217 (偶发运营商强制pppoe下线后端口也断开还不恢复)", fault(
           "the provider hung up, and the router did not dial again", DOWN, not_dialled_again)),
    Report("ipcjs/bilibili-helper#376 (网页跳转提示我宽带欠费)", fault("the line was not paid for, and every page says so",
           "network.captive_portal", in_arrears)),
    Report("YunoHost/yunohost#2203", fault("both name servers were services that have ended", "network.dns_unreachable",
           services_that_ended)),
    Report("mazi-project/portal#130", fault("every lease is given, the terminal made itself an address", "network.dhcp_failed",
           all_leases_given, world={"dhcp": "exhausted"})),
    Report("arendst/Tasmota#6285", fault("a new device has the terminal's address", "network.address_conflict", box_with_our_address)),
    Report("MichaIng/DietPi#7327", fault("the cable is in the second socket, which is not set up", "operator.cable_unplugged",
           in_the_second_socket)),
    Report("openwrt/openwrt#24446", fault("the Wi-Fi relay is up and hands nothing on", ROUTER_GONE,
           lambda w: radio.relay(w, works=False))),
    Report("opnsense/core#3164", fault("cellular alone, and the SIM wants its PIN", "operator.sim_locked", asks_for_the_pin)),
    Report("mepos.cn, POS机显示97终端未登记，究竟怎么回事?", fault("ISO 8583 in plain: 97, the terminal is not bound to the merchant",
           "operator.terminal_not_registered", lambda w: acquirers.speaks(w, Acquirer(answer=replies("97")), tls=False))),
    Report("greenplum-db/plcontainer#185", fault("a proxy accepts for a program that does not listen", "system.gateway_down",
           acquirers.does(behaviours.reset))),
    Report("sympa-community/sympa#1131", fault("renewed at another authority, and the intermediate was left out",
           "network.tls_intercepted", acquirers.shows(leaf_alone)), doubtful=True),
    Report("YunoHost/yunohost#514", fault("the clock goes on where it was nine days ago, the certificate is of the day before yesterday",
           "system.clock_wrong", lambda w: host_faults.certificate(w, begins=-2), shift_s=-9 * DAY_S)),
    Report("paxapos/fiscalberry#28 (Permiso denegado a /dev/ttyUSB0)", fault("the printer's port is for another group",
           "system.port_permission", for_another_group, "degraded", user=NOBODY)),
)  # fmt: skip
