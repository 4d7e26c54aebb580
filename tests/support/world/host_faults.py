"""Ways to break what answers: name servers, internet checks, gateways, and the portal that stands before them."""

from __future__ import annotations

from tests.support.world import behaviours, faults, plan, questions
from tests.support.world.ca import Authority, make
from tests.support.world.names import Dnsmasq
from tests.support.world.world import World

PORTAL = "http://portal.shop.example/login"


def dns_stopped(w: World) -> None:
    """The router is well and its name server does not run: the port is refused."""
    w.shop_dns.stop()


def dns_silent(w: World) -> None:
    faults.rule(w.router, "arriving", 'iifname "lan0" meta l4proto { tcp, udp } th dport 53 drop')


def dns_answers(w: World, code: int) -> None:
    """The shop's name server answers every question with this code (`tests.support.world.questions`)."""
    _replace_dns(w, questions.code(code))


def dns_slow(w: World, delay_s: float) -> None:
    _replace_dns(w, questions.forward(plan.NAME_SERVER.v4, delay_s))


def _replace_dns(w: World, answer: questions.Answer) -> None:
    w.shop_dns.stop()
    for address in (plan.ROUTER, plan.ROUTER_6):
        w.cleanup.callback(questions.Responder(w.router, address, answer).stop)


def dns_without_upstream(w: World, *, nxdomain: bool = False) -> None:
    """A real name server that knows nobody to ask: REFUSED for every name, or NXDOMAIN."""
    w.shop_dns.stop()
    w.shop_dns = Dnsmasq(w.router, w.shop_dns.listen, w.folder, nxdomain=nxdomain)
    w.cleanup.callback(w.shop_dns.stop)
    w.shop_dns.wait()


def gateway_stopped(w: World, letter: str = "a") -> None:
    """The host is up and refuses the port."""
    w.servers[f"gateway_{letter}"].stop()


def gateway_does(w: World, behaviour: behaviours.Behaviour, letter: str = "a") -> None:
    w.servers[f"gateway_{letter}"].behaviour = behaviour


def certificate(w: World, *, name: str = "", days: float = 365, begins: float = -30) -> None:
    """The gateway shows another leaf of the same authority."""
    leaf = w.authority.leaf(name or plan.GATEWAY_A.name, days=days, begins=begins)
    gateway_does(w, behaviours.tls(w.authority.context(leaf)))


def certificate_expired(w: World) -> None:
    certificate(w, days=-1)


def certificate_wrong_name(w: World) -> None:
    certificate(w, name="gw.other-bank.example")


def intermediate_expired(w: World) -> None:
    leaf = w.authority.leaf(plan.GATEWAY_A.name, intermediate=w.authority.expired_intermediate())
    gateway_does(w, behaviours.tls(w.authority.context(leaf)))


def certificate_untrusted(w: World) -> None:
    """Something on the path shows a certificate for the right name from an authority of its own."""
    stranger = Authority(w.folder, "Stranger")
    gateway_does(w, behaviours.tls(stranger.context(stranger.leaf(plan.GATEWAY_A.name))))


def certificate_self_signed(w: World) -> None:
    gateway_does(w, behaviours.tls(w.authority.context(make(plan.GATEWAY_A.name, names=(plan.GATEWAY_A.name,)))))


def gateway_plain_text(w: World) -> None:
    """HTTP is spoken where TLS is expected."""
    gateway_does(w, behaviours.say(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))


def portal(w: World, *, status: int = 302, others: faults.How | None = "drop") -> None:
    """A hotspot that wants a login: port 80 is answered by itself, names resolve, and all else is closed as `others` says."""
    page = b"<html><body>Please log in</body></html>"
    answer = behaviours.http(302, Location=PORTAL) if status == 302 else behaviours.http(status, page)
    w.serve("portal", plan.Host(("portal.shop.example",), plan.ROUTER, plan.ROUTER_6), 8081, answer, namespace=w.router)
    faults.rule(w.router, "diverted", f'iifname "lan0" meta nfproto ipv4 tcp dport 80 dnat ip to {plan.ROUTER}:8081')
    faults.rule(w.router, "diverted", f'iifname "lan0" meta nfproto ipv6 tcp dport 80 dnat ip6 to [{plan.ROUTER_6}]:8081')
    if others:
        faults.rule(w.router, "passing", f'iifname "lan0" {faults.ANSWER[others]}')


def check_host_dead(w: World, number: int = 1) -> None:
    """One host of the internet checks is gone; the other is well."""
    faults.block(w, plan.CHECK_1 if number == 1 else plan.CHECK_2)


def check_host_does(w: World, behaviour: behaviours.Behaviour, *numbers: int) -> None:
    for number in numbers or (1, 2):
        w.servers[f"check_{number}"].behaviour = behaviour
