"""Batch 3: routes and addresses written in unusual ways, voice without data and data without voice, chains with a dead branch."""

from __future__ import annotations

import datetime
import socket

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from tests.lab.field import ways
from tests.lab.field.entry import Report
from tests.lab.field.tunnel import tunnel
from tests.lab.scenario import Make, fault, healthy
from tests.support.servers.modem import Modem
from tests.support.world import World, acquirers, behaviours, devices, faults, host_faults, netns, plan, questions
from tests.support.world.ca import DAY, Pair, make, pem

FAILING, DOWN, SILENT = "network.dns_failing", "network.internet_down", "network.dns_unreachable"
TYPED, SET = "operator.gateway_misconfigured", "operator.network_misconfigured"
GATEWAY, CHECKS = plan.GATEWAY_A, f"{{ {plan.CHECK_1.v4}, {plan.CHECK_2.v4} }}"
NOW = datetime.datetime.now(datetime.UTC)


def bridge_without_containers(w: World) -> None:
    netns.ip(w.terminal, "link add name docker0 type bridge", "link set docker0 up", "address add 172.17.0.1/16 dev docker0")


def refused_on_ipv6(w: World) -> None:
    """The host's name has an IPv6 address at which its port is closed."""
    context = w.authority.context(w.authority.leaf(GATEWAY.name))
    w.servers["gateway_a"].stop()
    w.serve("gateway_a", plan.Host(GATEWAY.names, GATEWAY.v4, ""), plan.GATEWAY_PORT, behaviours.tls(context))


def family_switched_off(w: World) -> None:
    netns.sysctl(w.terminal, {f"ipv6/conf/{scope}/disable_ipv6": "1" for scope in ("all", "default", "eth0")})


def router_of_the_other_family(w: World) -> None:
    """The default route of IPv4 leads over an IPv6 address (RFC 8950)."""
    netns.ip(w.router, "address add fe80::1/64 dev lan0 nodad")
    netns.ip(w.terminal, "route del default")
    netns.command("ip", "-n", w.terminal, "-4", "route", "add", "default", "via", "inet6", "fe80::1", "dev", "eth0")


def two_ways(second: str, weight: int = 1) -> Make:
    """One default route with two next hops; `weight` of the second one."""
    hops = f"nexthop via {plan.ROUTER} dev eth0 weight 1 nexthop via {second} dev eth0 weight {weight}"
    return lambda w: netns.ip(w.terminal, "route del default", f"route add default {hops}")


def two_live_ways(w: World) -> None:
    netns.ip(w.router, "address add 192.168.50.2/24 dev lan0")
    two_ways("192.168.50.2")(w)


def without_end(w: World) -> Pair:
    return w.authority.leaf(GATEWAY.name, days=(datetime.datetime(9999, 12, 31, tzinfo=datetime.UTC) - NOW).days)


def modem(**stats: int) -> Make:
    return lambda w: devices.device(w, Modem(stats=stats), "at", role="modem") and None


def dead_branch_in_the_chain(w: World) -> None:
    """Leaf and intermediate lead to a root that the terminal has; the host sends an expired certificate of that root, by another, too."""
    root = make("ISRG Root X1", authority=True, days=3650)
    old = make("DST Root CA X3", authority=True, days=-700, begins=-4000)
    between = make("R3", root, authority=True, days=900)
    leaf = make(GATEWAY.name, between, names=(GATEWAY.name,))
    across = x509.CertificateBuilder(
        old.certificate.subject, root.certificate.subject, root.certificate.public_key(), x509.random_serial_number(),
        NOW - 900 * DAY, NOW - 40 * DAY,
    ).add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(old.key, hashes.SHA256())  # fmt: skip
    trusted = w.folder / "trusted.pem"
    trusted.write_bytes(pem(root.certificate))
    w.config["gateway"][0]["ca_file"] = str(trusted)
    acquirers.shows(lambda _: Pair(leaf.certificate, leaf.key, (between.certificate, across)))(w)


def block_list(w: World) -> None:
    """A hosts file of 120,000 lines, the checks' names among them."""
    listed = [f"0.0.0.0 ads{number}.tracker.example" for number in range(120_000)]
    listed += [f"0.0.0.0 {name}" for name in (plan.CHECK_1.name, plan.CHECK_2.name)]
    ways.hosts("\n".join(listed) + "\n")(w)


def answered_from_elsewhere(w: World) -> None:
    """The name server has two addresses, and answers from the one that was not asked."""
    netns.ip(w.router, "address add 192.168.50.253/24 dev lan0")
    ways.answering(ways.forward, "0.0.0.0")(w)
    w.set_resolvers("192.168.50.253")


def second_question_lost(asked: bytes) -> bytes | None:
    return None if ways.asked_kind(asked) == questions.AAAA else ways.forward(asked)


def portal_lets_the_checks_through(w: World) -> None:
    """Not logged in; what devices look for is let through, so that no window opens by itself."""
    w.serve("portal", plan.Host(("x",), plan.ROUTER, ""), 8081, behaviours.http(302, Location=host_faults.PORTAL), namespace=w.router)
    faults.rule(w.router, "diverted", f'iifname "lan0" tcp dport 80 ip daddr != {CHECKS} dnat ip to {plan.ROUTER}:8081')
    faults.rule(w.router, "passing", f'iifname "lan0" tcp dport 80 ip daddr {CHECKS} accept')
    faults.rule(w.router, "passing", 'iifname "lan0" drop')


def no_data_context(w: World) -> None:
    """Cellular alone: ready, at home, attached; the interface is up and gets no address."""
    netns.ip(w.terminal, "link set eth0 down", "address flush dev eth0", "link set eth0 name wwan0", "link set wwan0 up")
    w.config["uplink"] = [{"interface": "wwan0", "kind": "cellular"}]
    devices.device(w, Modem(stats={"CREG": 1, "CGREG": 1, "CEREG": 1}), "at", name="modem", role="modem")


def default_route_into_the_containers(w: World) -> None:
    inside = ways.bridge_of_containers(w, "br-08e6dc4e6687", "172.18.0.1/16")
    netns.ip(inside, "address add 172.18.0.2/16 dev eth0")
    netns.ip(w.terminal, "route add default via 172.18.0.2 dev br-08e6dc4e6687")


def name_server_in_the_tunnel_gone(w: World) -> None:
    tunnel(w, "tailscale0", through=("100.64.0.0/10",))
    ways.file(w, "resolv.conf", "nameserver 100.100.100.100\nsearch itorres.net.beta.tailscale.net\n")


def another_gave_the_lease(w: World) -> None:
    """A music player hands out leases with itself as router and name server, and is neither."""
    ways.machine_beside(w, "d", "02:00:00:00:50:04", "192.168.50.4/24")
    netns.ip(w.terminal, "route replace default via 192.168.50.4 dev eth0 metric 100")
    w.set_resolvers("192.168.50.4")


def wants_tls_in_words(w: World) -> None:
    secure = behaviours.tls(acquirers.own_context(w), behaviours.http(200, b"x"))
    plain = behaviours.http(403, b"SSL required")

    def either(connection: socket.socket) -> None:
        (secure if connection.recv(1, socket.MSG_PEEK) == b"\x16" else plain)(connection)

    host_faults.gateway_does(w, either)
    w.config["gateway"][0].update(protocol="http")
    w.config["gateway"][0].pop("ca_file")


REPORTS: tuple[Report, ...] = (
    Report("pixelated-project/pixelated-platform#118", healthy("a bridge for containers without a container on it",
           bridge_without_containers)),
    Report("c-ares/c-ares#456", healthy("the host has an IPv6 address at which its port is closed", refused_on_ipv6, world=ways.BOTH)),
    Report("pierrickrouxel/hassio-addon-transmission#7", healthy("IPv6 is switched off, names have its addresses",
           family_switched_off)),
    Report("svinota/pyroute2#894", healthy("the default route of IPv4 leads over an address of IPv6", router_of_the_other_family,
           fixed=True)),
    Report("mizzy/specinfra#644", healthy("one default route with two next hops, both well", two_live_ways, fixed=True)),
    Report("mock-server/mockserver-monorepo#217", healthy("a certificate until the year 9999", acquirers.shows(without_end), fixed=True)),
    Report("koshev-msk/luci-app-modeminfo#14", healthy("registration for voice denied, for data at home", modem(CREG=3, CGREG=1, CEREG=1))),
    Report("4IceG/luci-app-3ginfo-lite#82", healthy("registered for messages only, for data at home", modem(CREG=6, CGREG=1, CEREG=1))),
    Report("srvrco/getssl#721", healthy("an expired certificate in the chain that nobody needs", dead_branch_in_the_chain, fixed=True)),
    Report("StevenBlack/hosts#695", healthy("a hosts file of 120,000 blocked names, the checks' among them", block_list,
           notices=(FAILING, DOWN))),
    Report("multipath-tcp/mptcp#275", fault("one default route with two next hops, the weightier is nobody", "network.router_unreachable",
           two_ways("192.168.50.66", 30), "degraded|outage")),
    Report("AdguardTeam/AdGuardHome#1257", fault("a name server that answers from another address", SILENT, answered_from_elsewhere,
           fixed=True)),
    Report("kubernetes/kubernetes#56903", fault("of two questions at once the second is never answered", "network.dns_slow",
           ways.answering(second_question_lost), "degraded")),
    Report("postmanlabs/httpbin#497", fault("an alert: no application protocol", "system.tls_incompatible",
           acquirers.does(behaviours.say(bytes([0x15, 3, 3, 0, 2, 2, 120]))))),
    Report("omacom/omarchy#9610", fault("a portal that lets the checks through", "network.captive_portal",
           portal_lets_the_checks_through), doubtful=True),
    Report("openwrt/packages#16370", fault("cellular: attached at home, no data context", "operator.apn_misconfigured",
           no_data_context), doubtful=True),
    Report("moby/moby#49653", fault("Docker set a default route into its own network", SET, default_route_into_the_containers)),
    Report("tailscale/tailscale#993", fault("the only name server lies in a tunnel and is silent", SILENT, name_server_in_the_tunnel_gone)),
    Report("hifiberry/hifiberry-os#192", fault("a music player gave the lease, with itself as router", DOWN, another_gave_the_lease)),
    Report("minio/minio#4740", fault("403 in words: TLS is wanted at this port", TYPED, wants_tls_in_words), doubtful=True),
)  # fmt: skip
