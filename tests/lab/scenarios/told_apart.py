"""What a first look leaves open and a second one tells: one name that fails, a portal behind HTTPS, TLS where plain is configured;
and parts of the path that look like others: a name server that is the dead router, a tunnel, a router's entry set by hand."""

from __future__ import annotations

import socket
import ssl
from typing import Any

from tests.lab.scenario import Make, Scenario, as_user, double, fault, healthy, together
from tests.support.servers.acquirer import Acquirer
from tests.support.servers.iso.answers import replies
from tests.support.servers.printer import Printer
from tests.support.world import World, acquirers, behaviours, devices, faults, host_faults, netns, plan, questions, shapes

FAILING, UNREACHABLE, PORTAL, DOWN = "network.dns_failing", "network.dns_unreachable", "network.captive_portal", "network.internet_down"
TYPED, ROUTER, SET = (
    "operator.gateway_misconfigured",
    "network.router_unreachable",
    "operator.network_misconfigured",
)
TWO, BOTH = {"gateways": "ab"}, {"ipv6": True}
PAGE = b"<html><body>Please log in</body></html>"


def only_the_gateway(answer: questions.Answer) -> Make:
    """The shop's name server answers so for the first gateway's name, and as ever for all others."""
    real = questions.forward(plan.NAME_SERVER.v4, 0)

    def make(w: World) -> None:
        w.shop_dns.stop()
        w.cleanup.callback(questions.Responder(w.router, plan.ROUTER, lambda q: answer(q) if b"\x04gw-a" in q else real(q)).stop)

    return make


def given(address: str) -> questions.Answer:
    record = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + bytes(map(int, address.split(".")))
    return lambda asked: asked[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + asked[12:] + record


def nowhere_known(w: World) -> None:
    """Nobody finds the gateway's name, and the own name server does not even say so."""
    only_the_gateway(questions.code(questions.SERVFAIL))(w)
    w.config["gateway"][0]["host"] = "gw-a.typed.example"


def https_checks(w: World) -> None:
    """Only HTTPS checks are configured; their authority is one that the system trusts."""
    hosts = (plan.CHECK_1, plan.CHECK_2)
    w.config["network"]["internet_checks"] = [{"url": f"https://{host.name}/", "status": 200} for host in hosts]
    for host in hosts:
        context = w.authority.context(w.authority.leaf(host.name))
        w.serve(host.name, host, 443, behaviours.tls(context, behaviours.http(200, b"x")))
    w.machine.append(f"mount --bind {w.authority.root_file} /etc/ssl/certs/ca-certificates.crt")


def portal_at_its_name_server(w: World) -> None:
    """The box that hands out its own address for every name shows its page there."""
    shapes.resolver_gives(plan.ROUTER)(w)
    w.serve("page", plan.Host(("x",), plan.ROUTER, ""), 80, behaviours.http(200, PAGE), namespace=w.router)


def http_to_tls(w: World) -> None:
    """The terminal is configured for HTTP, and the host speaks HTTPS."""
    acquirers.endpoint(200)(w)
    w.config["gateway"][0].update(protocol="http")
    w.config["gateway"][0].pop("ca_file")


def plain_iso_to_certificates(w: World) -> None:
    """A plain connection is configured, and the host wants TLS with a client certificate."""
    context = acquirers.own_context(w)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(w.authority.root_file)
    acquirers.speaks(w, Acquirer(answer=replies("00")), tls=False)
    host_faults.gateway_does(w, behaviours.tls(context))


def ipv4_router_gone(w: World) -> None:
    netns.ip(w.router, f"address del {plan.ROUTER}/24 dev lan0")


def tunnel_without_program(w: World) -> None:
    """A tunnel's routes are left, and the program that was its other end is gone."""
    netns.command("ip", "-n", w.terminal, "tuntap", "add", "dev", "tun0", "mode", "tun")
    halves = ("route add 0.0.0.0/1 dev tun0", "route add 128.0.0.0/1 dev tun0")
    netns.ip(w.terminal, "link set tun0 up", "address add 10.8.0.2/24 dev tun0", *halves)


def router_set_by_hand(w: World) -> None:
    netns.ip(w.terminal, f"neigh replace {plan.ROUTER} lladdr 02:00:00:00:66:66 dev eth0 nud permanent")


def rule_to_nowhere(w: World) -> None:
    """A rule sends everything into a table whose default route is a black hole."""
    netns.ip(w.terminal, "route add blackhole default table 101", "rule add from all table 101 priority 100")


def own_table(w: World) -> None:
    """The default route stands in a table of its own, as on Android."""
    netns.ip(w.terminal, "route del default", f"route add default via {plan.ROUTER} dev eth0 table 100", "rule add from all table 100")


def interim_first(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")


def concentrator_alone(w: World) -> None:
    """The host that the terminal pays through stands in the shop, and the shop's line is dead: that is the host's own matter."""
    netns.ip(w.router, "address add 192.168.50.9/24 dev lan0")
    w.serve("local", plan.Host(("x",), "192.168.50.9", ""), 9000, behaviours.accept, namespace=w.router)
    w.config["gateway"] = [{"name": "local", "host": "192.168.50.9", "port": 9000, "protocol": "tcp"}]
    faults.wan_silent(w)


def resolver_file(text: str) -> Make:
    return lambda w: (netns.etc(w.terminal) / "resolv.conf").write_text(text) and None


def printer(**state: Any) -> Make:
    return lambda w: devices.device(w, Printer(**state), "escpos") and None


SERVFAIL, DENIED = questions.code(questions.SERVFAIL), questions.code(questions.NXDOMAIN)
_servfail = fault("SERVFAIL for the gateway's name alone", FAILING, only_the_gateway(SERVFAIL), fixed=True)
SCENARIOS: tuple[Scenario, ...] = (
    _servfail,
    as_user(_servfail),
    fault("REFUSED for the gateway's name alone", FAILING, only_the_gateway(questions.code(questions.REFUSED))),
    fault("silence for the gateway's name alone", FAILING, only_the_gateway(lambda _: None)),
    fault("0.0.0.0 for the gateway's name alone", FAILING, only_the_gateway(given("0.0.0.0"))),
    fault("127.0.0.1 for the gateway's name alone", FAILING, only_the_gateway(given("127.0.0.1"))),
    fault("SERVFAIL for one gateway's name of two", FAILING, only_the_gateway(SERVFAIL), "degraded", world=TWO),
    fault("0.0.0.0 for the gateway's name, nobody else to ask", FAILING,
          together(only_the_gateway(given("0.0.0.0")), shapes.network_table(addresses=[f"{plan.CHECK_1.v4}:80", f"{plan.CHECK_2.v4}:80"]))),
    fault("SERVFAIL for the gateway's name, nobody else to ask", FAILING,
          together(only_the_gateway(SERVFAIL), shapes.network_table(addresses=[f"{plan.CHECK_1.v4}:80", f"{plan.CHECK_2.v4}:80"]))),
    fault("NXDOMAIN for the gateway's name alone, which others know", FAILING, only_the_gateway(DENIED)),
    fault("SERVFAIL here for a name that exists nowhere", TYPED, nowhere_known),
    fault("a portal, only HTTPS checks configured", PORTAL, together(https_checks, host_faults.portal)),
    fault("a portal that resets, only HTTPS checks configured", PORTAL,
          together(https_checks, lambda w: host_faults.portal(w, others="reset")), fixed=True),
    fault("the line is dead, only HTTPS checks configured", DOWN, together(https_checks, faults.wan_silent)),
    healthy("only HTTPS checks configured", https_checks),
    fault("a portal at the address of its name server", PORTAL, portal_at_its_name_server),
    fault("HTTP is configured, the host speaks HTTPS", TYPED, http_to_tls, fixed=True),
    fault("ISO 8583 in plain, the host wants a client certificate", TYPED, plain_iso_to_certificates),
    fault("both families, the router of IPv4 gone with its name server", ROUTER, ipv4_router_gone, world=BOTH),
    fault("a tunnel whose program is gone", "network.tunnel_down", tunnel_without_program),
    fault("the router's entry was set by hand to another machine", ROUTER, router_set_by_hand),
    fault("a rule leads into a black hole", SET, rule_to_nowhere),
    healthy("the default route in a table of its own", own_table),
    healthy("HTTPS: an interim answer first", acquirers.inside_tls(interim_first, protocol="https")),
    healthy("a file of name servers as Windows writes it", resolver_file(f"nameserver {plan.ROUTER}\r\n")),
    fault("nobody at systemd-resolved's address", UNREACHABLE, resolver_file("nameserver 127.0.0.53\noptions edns0 trust-ad\n")),
    healthy("a concentrator in the shop, the line dead", concentrator_alone, notices=(DOWN,)),
    fault("a closed network, 40 % of the packets vanish", "network.unstable",
          together(shapes.closed_network(plan.GATEWAY_A), lambda w: faults.loss(w, 40, steady=True)), "degraded|outage"),
    double("SERVFAIL for the gateway's name alone, paper out", (FAILING, "operator.paper_out"), only_the_gateway(SERVFAIL),
           printer(paper_end=True)),
    double("HTTP configured for HTTPS, cover open", (TYPED, "operator.cover_open"), http_to_tls, printer(cover_open=True)),
)  # fmt: skip
