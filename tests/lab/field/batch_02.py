"""Batch 2: families that half work, rules of the terminal's own, hijacked names, hosts that answer in words of their own."""

from __future__ import annotations

import os
import socket
import ssl

from tests.lab.field import ways
from tests.lab.field.entry import Report
from tests.lab.field.tunnel import tunnel
from tests.lab.scenario import fault, healthy, nothing, together
from tests.support.world import World, acquirers, behaviours, faults, host_faults, machine, netns, plan, questions
from tests.support.world.names import Dnsmasq

FAILING, DOWN, FIREWALL = "network.dns_failing", "network.internet_down", "system.local_firewall"
TYPED, PORTAL = "operator.gateway_misconfigured", "network.captive_portal"
GATEWAY = plan.GATEWAY_A
EXTENDER, EXTENDER_MAC = "192.168.50.3", "02:00:00:00:50:03"


def number_configured(w: World) -> None:
    """The gateway's number is typed in; its certificate is for its name alone."""
    w.config["gateway"][0]["host"] = GATEWAY.v4


def calico(w: World) -> None:
    """The terminal's software runs in a pod: one address without a subnet, a router that exists in ARP alone."""
    netns.sysctl(w.router, {"ipv4/conf/lan0/proxy_arp": "1", "ipv4/neigh/lan0/proxy_delay": "0"})
    netns.ip(w.router, "route add 10.244.1.7/32 dev lan0")
    netns.ip(w.terminal, "address flush dev eth0 scope global", "address add 10.244.1.7/32 dev eth0",
             "route add 169.254.1.1 dev eth0 scope link", "route add default via 169.254.1.1 dev eth0")  # fmt: skip
    w.set_resolvers(plan.NAME_SERVER.v4)


def nat64(w: World) -> None:
    """IPv6 alone; the host has IPv4 alone, and the network's name server and router translate."""
    made = "64:ff9b::c000:20a"
    netns.ip(w.net, f"address add {made}/128 dev lo nodad")
    context = w.authority.context(w.authority.leaf(GATEWAY.name))
    w.servers["gateway_a"].stop()
    w.serve("gateway_a", plan.Host(GATEWAY.names, GATEWAY.v4, made), plan.GATEWAY_PORT, behaviours.tls(context))
    ways.answering(ways.for_name(GATEWAY, questions.AAAA, lambda asked: ways.with_address_6(asked, made)), plan.ROUTER_6)(w)


def ipv4_hangs(w: World) -> None:
    """Addresses and routes of IPv4 stand, and nothing of it passes; IPv6 is well, and the host has none."""
    ways.answering(ways.for_name(GATEWAY, questions.AAAA, ways.without_records))(w)
    faults.rule(w.router, "passing", "meta nfproto ipv4 drop")


def replies_dropped_here(w: World) -> None:
    """The terminal's own rules let echoes in, and no answer to what it asked."""
    faults.rule(w.terminal, "arriving", 'iifname "eth0" meta l4proto { tcp, udp } drop')


def redirected_to_nobody(w: World) -> None:
    """The terminal's own rules send every connection to a proxy of its own, which does not run."""
    rule = "ip daddr != { 10.0.0.0/8, 127.0.0.0/8, 192.168.0.0/16 } meta l4proto tcp redirect to :12345"
    netns.nft(w.terminal, f"table ip redsocks {{\n chain out {{ type nat hook output priority -100; {rule}\n }}\n}}")


def mouse(w: World) -> None:
    """The battery of a wireless mouse, switched off."""
    said = {"type": "Battery", "scope": "Device", "capacity": "0", "status": "Discharging", "online": "0", "model_name": "Wireless Mouse"}
    machine._class(w, "power_supply", {f"hidpp_battery_8/{key}": value for key, value in said.items()})


def board_nonsense(w: World) -> None:
    board = {f"temp{n}_input": value for n, value in enumerate((89000, 127000, 110500, 97000), 7)} | {"temp15_input": 3892313987}
    ways.sensors(w, {"nct6793": board, "k10temp": {"temp1_input": 48250}})


def old_entry(w: World) -> None:
    ways.hosts(f"203.0.113.66 {GATEWAY.name}\n")(w)
    faults.rule(w.router, "passing", "ip daddr 203.0.113.66 drop")


def portal_behind_a_proxy(w: World) -> None:
    """Not logged in; a transparent proxy before the portal says 502 where the portal would redirect."""
    host_faults.portal(w)
    w.servers["portal"].behaviour = behaviours.http(502, b"<html>Bad Gateway</html>", Via="1.1 cache01 (squid/3.5.27)")


def certificate_wanted_in_words(w: World) -> None:
    """The handshake asks for a certificate and goes on without; then HTTP says that none came."""
    context = acquirers.own_context(w)
    context.verify_mode = ssl.CERT_OPTIONAL
    context.load_verify_locations(w.authority.root_file)
    page = b"<html><head><title>400 No required SSL certificate was sent</title></head></html>"
    host_faults.gateway_does(w, behaviours.tls(context, behaviours.http(400, page, Server="nginx")))
    w.config["gateway"][0].update(protocol="https")


def plain_to_nginx(w: World) -> None:
    """HTTP is configured; the port speaks TLS, and to plain HTTP it says so on a page."""
    page = b"<html><head><title>400 The plain HTTP request was sent to HTTPS port</title></head></html>"
    secure = behaviours.tls(acquirers.own_context(w), behaviours.http(200, b"x"))
    plain = behaviours.http(400, page, Server="nginx")

    def either(connection: socket.socket) -> None:
        (secure if connection.recv(1, socket.MSG_PEEK) == b"\x16" else plain)(connection)

    host_faults.gateway_does(w, either)
    w.config["gateway"][0].update(protocol="http")
    w.config["gateway"][0].pop("ca_file")


def checks_unknown(w: World) -> None:
    ways.resolver(w, f"--address=/{plan.CHECK_1.name}/", f"--address=/{plan.CHECK_2.name}/")


def peer_gone(w: World) -> None:
    """Everything goes through the tunnel, as it should, and its server is switched off."""
    tunnel(w)
    w.set_resolvers(plan.NAME_SERVER.v4)
    faults.rule(w.router, "passing", "udp dport 51820 drop")


def without_secure_renegotiation(connection: socket.socket) -> None:
    """A ServerHello of TLS 1.2 without a single extension (RFC 5246 section 7.4.1.3), as hosts of before 2010 send it."""
    connection.recv(4096)
    hello = b"\x03\x03" + os.urandom(32) + b"\0" + b"\xc0\x2f" + b"\0"
    body = b"\x02" + len(hello).to_bytes(3, "big") + hello
    connection.sendall(b"\x16\x03\x03" + len(body).to_bytes(2, "big") + body)
    connection.recv(4096)


def extender(w: World) -> None:
    """A Wi-Fi extender without an uplink gave the lease: it is every name's address, shows its own page, and has no way on."""
    box = ways.machine_beside(w, "e", EXTENDER_MAC, f"{EXTENDER}/24")
    netns.sysctl(box, {"ipv4/ip_forward": "1"})
    names = Dnsmasq(box, [EXTENDER], w.folder, more=[f"--address=/#/{EXTENDER}"])
    w.cleanup.callback(names.stop)
    names.wait()
    w.serve("own page", plan.Host(("x",), EXTENDER, ""), 80, behaviours.http(302, Location="http://mywifiext.net/"), namespace=box)
    netns.ip(w.terminal, f"route replace default via {EXTENDER} dev eth0 metric 100")
    w.set_resolvers(EXTENDER)


REPORTS: tuple[Report, ...] = (
    Report("pi-hole/FTL#3039", healthy("no such name, says the name server of IPv6, and has the IPv4 address",
           ways.answering(ways.for_name(GATEWAY, questions.AAAA, questions.code(questions.NXDOMAIN))))),
    Report("traefik/traefik#3906", fault("the host is configured by number and its certificate knows none", TYPED, number_configured)),
    Report("projectcalico/calico#4186", healthy("a router that exists in ARP alone", calico, fixed=True)),
    Report("arvidn/libtorrent#6631", healthy("IPv6 alone, the host's address is translated", nat64, world=ways.SIX, fixed=True)),
    Report("PurpleI2P/i2pd#2002", fault("IPv4 hangs with its address and route in place, IPv6 is well", DOWN, ipv4_hangs,
           world=ways.BOTH), doubtful=True),
    Report("hestiacp/hestiacp#1849", fault("the terminal's own rules drop every answer", FIREWALL, replies_dropped_here), doubtful=True),
    Report("darkk/redsocks#146", fault("the terminal's own rules send connections to a proxy that has ended", FIREWALL,
           redirected_to_nobody, fixed=True), doubtful=True),
    Report("elementary/panel-power#1", healthy("the battery of a wireless mouse is at 0 %", mouse, fixed=True)),
    Report("netdata/netdata#23673", healthy("a board's sensors read 127 and millions of degrees, the processor 48", board_nonsense)),
    Report("kalabox/kalabox#877", fault("an old entry in the hosts file, the old address is silent", TYPED, old_entry)),
    Report("coolmoon327/UESTC-QingShuiHe-SRUN-TELECOM#10", fault("a portal behind a proxy that says 502 for it", PORTAL,
           portal_behind_a_proxy), doubtful=True),
    Report("openwrt/packages#14709", fault("the line is dead, and the router answers port 53 for the whole Internet", DOWN,
           together(ways.names_hijacked, faults.wan_silent)), doubtful=True),
    Report("openwrt/openwrt#13705", healthy("the router answers in the name servers' place",
           together(ways.names_hijacked, lambda w: w.set_resolvers("9.9.9.9", "149.112.112.112")))),
    Report("kubernetes/ingress-nginx#7176", fault("400 on a page: no client certificate was sent", "operator.client_certificate",
           certificate_wanted_in_words, fixed=True)),
    Report("TophantTechnology/ARL#307 (访问400报错)", fault("400 on a page: plain HTTP at a port of HTTPS", TYPED, plain_to_nginx)),
    Report("FreeBSD-Ask/FreeBSD-Ask#557 (将 RTC 时间视为地方时，防止差 8 小时)", fault("the clock is eight hours fast, as Windows left it",
           "system.clock_wrong", nothing, "degraded", shift_s=8 * 3600)),
    Report("nickspaargaren/no-google#355", healthy("a block list denies the names of the checks", checks_unknown,
           notices=(FAILING, DOWN))),
    Report("thrnz/docker-wireguard-pia#85", fault("the other end of the tunnel is gone, its route stays", "network.tunnel_down",
           peer_gone)),
    Report("openssl/openssl#21296", fault("a host without secure renegotiation", "system.tls_incompatible",
           acquirers.does(without_secure_renegotiation), fixed=True)),
    Report("DoESLiverpool/somebody-should#1227", fault("a Wi-Fi extender without an uplink gave the lease", DOWN, extender)),
)  # fmt: skip
