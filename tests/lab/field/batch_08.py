"""Batch 8: what a bridge or a renaming leaves behind, more of resolv.conf, second-hand MACs, ends of addresses."""

from __future__ import annotations

import socket
import time

from tests.lab.field import ways
from tests.lab.field.entry import Report
from tests.lab.scenario import fault, healthy, together
from tests.support.servers.modem import Modem
from tests.support.world import World, behaviours, devices, faults, host_faults, machine, netns, plan, shapes
from tests.support.world.names import Dnsmasq

SET = "operator.network_misconfigured"
ROUTER_GONE = "network.router_unreachable"
SIX = {"ipv4": False, "ipv6": True}


def several_addresses(w: World) -> None:
    """Addresses for privacy: a new one of today, and the one of yesterday that shall not be used any more."""
    netns.ip(w.terminal, "address add 2001:db8:50::5c1f:9a02/64 dev eth0 nodad valid_lft 600000 preferred_lft 80000",
             "address add 2001:db8:50::77aa:1e0b/64 dev eth0 nodad valid_lft 500000 preferred_lft 0")  # fmt: skip


def same_mac_twice(w: World) -> None:
    """A second card in another network has the first one's MAC."""
    ways.own_network(w, "eth1", "10.50.249.115/24")
    netns.ip(w.terminal, "link set eth1 down", f"link set eth1 address {plan.TERMINAL_MAC}", "link set eth1 up")


def dates_without_a_weekday(w: World) -> None:
    def behaviour(connection: socket.socket) -> None:
        date = time.strftime("Date: %d %b %Y %H:%M:%S GMT\r\n", time.gmtime()).encode()
        behaviours.say(b"HTTP/1.1 204 No Content\r\n" + date + b"Connection: close\r\n\r\n")(connection)

    host_faults.check_host_does(w, behaviour)


def own_resolver_by_tcp(w: World) -> None:
    """The C library asks a resolver of the terminal's own, by TCP alone; UDP is closed there."""
    own = Dnsmasq(w.terminal, ["127.0.0.1"], w.folder, upstream=[plan.ROUTER])
    w.cleanup.callback(own.stop)
    own.wait()
    faults.rule(w.terminal, "arriving", "ip daddr 127.0.0.1 udp dport 53 reject")
    ways.resolv_conf("options use-vc\nnameserver 127.0.0.1\n")(w)


def negative_sensor(w: World) -> None:
    board = {"hwmon0/name": "it8786", "hwmon0/temp1_input": "36000", "hwmon0/temp2_input": "-56000"}
    processor = {"hwmon1/name": "coretemp", "hwmon1/temp1_label": "Physical id 0", "hwmon1/temp1_input": "49000"}
    folder = machine._class(w, "hwmon", board | processor)
    machine._moving(w, folder / "hwmon1/temp1_input", 49)
    w.config["system"].pop("temperature_c", None)


def neighbours_unheard(w: World) -> None:
    faults.rule(w.terminal, "arriving", "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } drop")


def only_the_web(connection: socket.socket) -> None:
    """A proxy that fetches pages, and connects to no port but 443."""
    connect = connection.recv(16, socket.MSG_PEEK).startswith(b"CONNECT")
    (behaviours.http(403, b"denied") if connect else behaviours.http(204))(connection)


def renamed(w: World) -> None:
    """An update gave the card another name: its address and route are set for the old one."""
    w.config["uplink"] = [{"interface": "eth0", "kind": "ethernet"}]
    netns.ip(w.terminal, "link set eth0 down", "address flush dev eth0", "link set eth0 name ens3", "link set ens3 up")


def moved_without_the_route(w: World) -> None:
    """The card's address was moved to a device above it, and the default route went with the old place."""
    netns.ip(w.terminal, "address flush dev eth0", "link add link eth0 name mac0 type macvlan mode bridge", "link set mac0 up",
             f"address add {plan.TERMINAL}/24 dev mac0")  # fmt: skip


def taken_into_a_bridge(w: World) -> None:
    """The card was made a port of a bridge, and kept its address and route, where nothing arrives any more."""
    netns.ip(w.terminal, "link add name my-bridge type bridge", "link set my-bridge up", "link set eth0 master my-bridge")


def wrong_router_announced(w: World) -> None:
    """The lease names a router that is none; the real one is the name server."""
    netns.ip(w.terminal, "route replace default via 192.168.50.199 dev eth0 metric 100")


def trust_file_gone(w: World) -> None:
    w.config["gateway"][0]["ca_file"] = str(w.folder / "ca-certificates.crt")


def another_drivers_name(w: World) -> None:
    """The port is configured by the name that the maker's driver gives; the kernel's own driver gave it another."""
    machine.usb_serial(w, "ttyACM0", "1a86:55d4", "5A0B000123")
    devices.configured(w, "/dev/ttyCH343USB0", "presence")


def cards_swapped(w: World) -> None:
    """After a restart the two cards have each other's names: the shop's cable is at the one without an address."""
    netns.ip(w.terminal, "link set eth0 down", "address flush dev eth0", "link set eth0 name eth1", "link set eth1 up")
    ways.own_network(w, "eth0", f"{plan.TERMINAL}/24")
    netns.ip(w.terminal, f"route add default via {plan.ROUTER} dev eth0 metric 100")


REPORTS: tuple[Report, ...] = (
    Report("wl500g/wl500g#415", healthy("a line for a name server without an address, behind a good one",
           ways.resolv_conf(f"nameserver {plan.ROUTER}\nnameserver\n"), fixed=True)),
    Report("debian-pi/raspbian-ua-netinst#534", healthy("two name servers in one line, the first is well",
           ways.resolv_conf(f"nameserver {plan.ROUTER} 192.168.50.99\n"))),
    Report("mumble-voip/mumble#1377", healthy("several addresses of IPv6, one out of date", several_addresses, world={"ipv6": True})),
    Report("Ysurac/openmptcprouter#1939", healthy("two cards with one MAC, in two networks", same_mac_twice, fixed=True)),
    Report("scylladb/seastar#739", healthy("the checks' dates have no weekday", dates_without_a_weekday)),
    Report("Jackysi/advancedtomato#52", healthy("an address that ends in 0, in the middle of its network",
           lambda w: shapes.renumber(w, "10.213.201.0/22", "10.213.200.1"))),
    Report("tun2proxy/tun2proxy#109", healthy("the terminal's own resolver is asked by TCP, and knows nothing else", own_resolver_by_tcp)),
    Report("rspamd/rspamd#552", healthy("the terminal's own resolver does not run, the second name server is well",
           ways.resolv_conf(f"nameserver 127.0.0.1\nnameserver {plan.ROUTER}\n"), notices=("network.dns_unreachable",))),
    Report("groeck/it87#2", healthy("a board's sensor reads -56", negative_sensor)),
    Report("mrlesmithjr/ansible-dnsmasq#37", fault("a port behind the only name server's address", SET,
           ways.resolv_conf(f"nameserver {plan.ROUTER}:53\n"), fixed=True)),
    Report("home-assistant/operating-system#2174", fault("the card has another name since the update", "operator.interface_disabled",
           renamed), doubtful=True),
    Report("geerlingguy/ansible-role-firewall#113", fault("the terminal's own rules drop what neighbours answer, IPv6 alone",
           "system.local_firewall", neighbours_unheard, world=SIX), doubtful=True),
    Report("jpetazzo/pipework#87", fault("the address was moved to a device above the card, the route was not", SET,
           moved_without_the_route, fixed=True)),
    Report("devplayer0/docker-net-dhcp#19", fault("the card became a port of a bridge, and kept its address", SET,
           taken_into_a_bridge), doubtful=True),
    Report("gwlim/openwrt-sfe-flowoffload-ath79#102", fault("the lease names a router that is none", ROUTER_GONE,
           wrong_router_announced)),
    Report("sullo/nikto#593", fault("the proxy lets nothing but 443 through", "operator.proxy_misconfigured",
           together(shapes.proxied(only_the_web), shapes.gateway_table(protocol="https")))),
    Report("Xinyuan-LilyGO/LilyGo-T-SIM7080G#90", fault("the modem searches, and tells no signal", "network.not_registered",
           lambda w: devices.device(w, Modem(csq=99, stats={"CREG": 2, "CGREG": 2, "CEREG": 2}, attached=0), "at", role="modem") and None,
           "degraded")),
    Report("balena-os/balena-supervisor#1767", fault("the file of the authorities is gone", "system.trust_store_outdated",
           trust_file_gone), doubtful=True),
    Report("WCHSoftGroup/ch343ser_linux#11", fault("the port is configured by the name of another driver", "system.port_renumbered",
           another_drivers_name, "degraded"), doubtful=True),
    Report("FalconChristmas/fpp#593", fault("two cards have swapped their names", ROUTER_GONE, cards_swapped, fixed=True)),
)  # fmt: skip
