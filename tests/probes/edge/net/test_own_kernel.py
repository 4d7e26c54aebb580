"""What our own kernel says before anything has left: that it may not, that it has no port, that there is no way; and what routers say."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TypeVar

import pytest

from probes import router
from probes.edge.dns import resolver, wire
from probes.edge.failures import PeerFailed
from probes.edge.kernel import network
from probes.edge.kernel.route import has_route
from probes.edge.net import icmp, tcp
from probes.ground.deadline import Deadline
from probes.loss import by_tcp
from probes.model import Outcome, Symptom
from probes.ntp import ntp
from tests.support.world import World, faults, netns, plan

pytestmark = pytest.mark.root
T = TypeVar("T")
PORT = 8583
SILENT_S = 1.4  # the kernel repeats a SYN after one second
LONG_S = 4.0  # a refusal is heard again
FAMILIES = pytest.mark.parametrize("host", [plan.GATEWAY_A.v4, plan.GATEWAY_A.v6], ids=["IPv4", "IPv6"])
NO_WAY = ("prohibit", "unreachable", "blackhole", "throw")
REJECTS = {
    "drop": "drop",
    "port": "reject",
    "prohibited": "reject with icmpx type admin-prohibited",
    "host": "reject with icmpx type host-unreachable",
    "network": "reject with icmpx type no-route",
    "reset": "meta l4proto tcp reject with tcp reset",
}
REDIRECT = "table inet own {{\n chain out {{ type nat hook output priority -100; {rule} redirect to :9\n }}\n}}"


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with World(ipv6=True) as made:
        yield made


@pytest.fixture
def w(world: World) -> Iterator[World]:
    yield world
    netns.nft(world.terminal, "flush chain inet faults leaving")
    netns.nft(world.router, "flush chain inet faults passing")
    for family in ("-4", "-6"):
        for kind in NO_WAY:
            netns.command("ip", "-n", world.terminal, family, "route", "flush", "type", kind)
    netns.sysctl(world.terminal, {"ipv4/ip_local_port_range": "32768 60999"})


def inside(w: World, look: Callable[[], T]) -> T:
    return netns.call(w.terminal, look)


def failure(w: World, look: Callable[[], object]) -> PeerFailed:
    with pytest.raises(PeerFailed) as failed:
        inside(w, look)
    return failed.value


def connecting(host: str, seconds: float = SILENT_S, port: int = PORT) -> Callable[[], object]:
    return lambda: tcp.connect(host, port, Deadline(seconds))


def asking(host: str, seconds: float = 1.0) -> Callable[[], object]:
    return lambda: resolver.ask(host, "www.one.example", wire.A, Deadline(seconds))


def daddr(host: str) -> str:
    return f"{'ip6' if ':' in host else 'ip'} daddr {host}"


@FAMILIES
@pytest.mark.parametrize("how", REJECTS)
def test_our_own_firewall_is_neither_the_host_nor_the_path(w: World, host: str, how: str) -> None:
    inside(w, connecting(host))
    faults.rule(w.terminal, "leaving", f"{daddr(host)} {REJECTS[how]}")
    seconds = LONG_S if how == "reset" else SILENT_S
    assert failure(w, connecting(host, seconds)).symptom is Symptom.REFUSED_LOCALLY
    if how != "reset":  # of TCP alone
        assert failure(w, asking(host)).symptom is Symptom.REFUSED_LOCALLY
    assert inside(w, lambda: has_route(host)), "the way is there"


@pytest.mark.parametrize(
    ("how", "symptom"), [("host", Symptom.UNREACHABLE), ("port", Symptom.REFUSED_LOCALLY), ("prohibited", Symptom.REFUSED_LOCALLY)]
)
@pytest.mark.parametrize(("host", "own"), [("10.77.0.1", "10.77.0.2/24"), ("2001:db8:77::1", "2001:db8:77::2/64")], ids=["IPv4", "IPv6"])
def test_a_tunnel_without_a_peer_is_no_firewall(w: World, host: str, own: str, how: str, symptom: Symptom) -> None:
    """WireGuard says so itself, at once and from our own address: as a rule does that says the same of its packets."""
    netns.command("ip", "-n", w.terminal, "tuntap", "add", "dev", "wg0", "mode", "tun")
    try:
        netns.ip(w.terminal, f"address add {own} dev wg0", "link set wg0 up")
        faults.rule(w.terminal, "leaving", f'oifname "wg0" {daddr(host)} {REJECTS[how]}')
        failed = failure(w, connecting(host, LONG_S))
    finally:
        netns.command("ip", "-n", w.terminal, "link", "delete", "wg0")
    assert (failed.symptom, failed.seen.by_us) == (symptom, None)


@FAMILIES
def test_a_program_of_our_own_that_does_not_run_refuses_in_the_host_s_name(w: World, host: str) -> None:
    netns.nft(w.terminal, REDIRECT.format(rule=f"{daddr(host)} tcp dport {PORT}"))
    try:
        assert failure(w, connecting(host, LONG_S)).symptom is Symptom.REFUSED_LOCALLY
    finally:
        netns.nft(w.terminal, "delete table inet own")


@FAMILIES
def test_what_the_host_or_a_router_refuses_is_not_ours(w: World, host: str) -> None:
    assert failure(w, connecting(host, LONG_S, port=PORT + 1)).symptom is Symptom.REFUSED
    faults.block(w, plan.GATEWAY_A, how="reset")
    assert failure(w, connecting(host, LONG_S)).symptom is Symptom.REFUSED


def test_a_port_of_this_machine_itself_is_closed_and_no_more(w: World) -> None:
    assert failure(w, connecting(plan.TERMINAL, LONG_S)).symptom is Symptom.REFUSED
    assert failure(w, connecting("127.0.0.1", LONG_S)).symptom is Symptom.REFUSED


def test_who_has_the_router_s_address_is_a_question_that_our_own_firewall_keeps_here(w: World) -> None:
    faults.rule(w.terminal, "leaving", "meta l4proto icmpv6 drop")
    netns.command("ip", "-n", w.terminal, "-6", "neigh", "flush", "dev", "eth0")
    seen = inside(w, lambda: router.probe(plan.ROUTER_6, "eth0", network.read(), Deadline(8)))
    assert (seen.outcome, seen.symptom) == (Outcome.FAIL, Symptom.REFUSED_LOCALLY)
    netns.nft(w.terminal, "flush chain inet faults leaving")
    seen = inside(w, lambda: router.probe(plan.ROUTER_6, "eth0", network.read(), Deadline(8)))
    assert seen.outcome is Outcome.PASS


@FAMILIES
def test_one_port_that_our_own_firewall_drops(w: World, host: str) -> None:
    faults.rule(w.terminal, "leaving", f"{daddr(host)} tcp dport {PORT} drop")
    failed = failure(w, connecting(host))
    assert (failed.symptom, failed.seen.retransmits) == (Symptom.REFUSED_LOCALLY, 1)


@FAMILIES
@pytest.mark.parametrize(
    ("how", "symptom"), [("drop", Symptom.TIMEOUT), ("prohibited", Symptom.PROHIBITED), ("unreachable", Symptom.UNREACHABLE)]
)
def test_what_a_router_says_or_swallows_is_not_ours(w: World, host: str, how: faults.How, symptom: Symptom) -> None:
    faults.block(w, plan.GATEWAY_A, how=how)
    failed = failure(w, connecting(host))
    assert (failed.symptom, failed.seen.by_us) == (symptom, None)
    said = failure(w, asking(host)).symptom
    if how == "prohibited":  # over IPv4 datagrams learn only that there is no way
        assert said is (Symptom.PROHIBITED if ":" in host else Symptom.UNREACHABLE)
    else:  # that a host cannot be reached may pass, and is not told to datagrams
        assert said is Symptom.TIMEOUT


@pytest.mark.parametrize("host", ["192.168.50.77", "2001:db8:50::77"], ids=["IPv4", "IPv6"])
def test_nobody_at_an_address_of_the_same_link(w: World, host: str) -> None:
    failed = failure(w, connecting(host, 5))
    assert (failed.symptom, failed.seen.by_us) == (Symptom.UNREACHABLE, True)


@FAMILIES
@pytest.mark.parametrize("kind", NO_WAY)
def test_a_route_that_leads_nowhere_is_no_way(w: World, host: str, kind: str) -> None:
    netns.ip(w.terminal, f"route add {kind} {host}")
    assert failure(w, connecting(host)).symptom is Symptom.NO_ROUTE
    assert failure(w, asking(host)).symptom is Symptom.NO_ROUTE
    assert not inside(w, lambda: has_route(host))
    lost = inside(w, lambda: by_tcp("eth0", host, PORT, 3, 0.0, Deadline(5)))
    assert (lost.outcome, lost.facts.sent, lost.facts.lost) == (Outcome.PASS, 3, 3)


@FAMILIES
def test_an_interface_that_is_not_there(w: World, host: str) -> None:
    assert failure(w, lambda: tcp.connect(host, PORT, Deadline(1), "none0")).symptom is Symptom.NO_ROUTE
    assert failure(w, lambda: resolver.ask(host, "www.one.example", wire.A, Deadline(1), "none0")).symptom is Symptom.NO_ROUTE


def test_where_ipv6_is_switched_off_there_is_no_way_for_it() -> None:
    with World(ipv6=True) as w:
        netns.sysctl(w.terminal, {"ipv6/conf/all/disable_ipv6": "1"})
        assert failure(w, connecting(plan.GATEWAY_A.v6)).symptom is Symptom.NO_ROUTE
        assert failure(w, asking(plan.GATEWAY_A.v6)).symptom is Symptom.NO_ROUTE


def test_where_every_port_is_in_use_none_is_left(w: World) -> None:
    netns.sysctl(w.terminal, {"ipv4/ip_local_port_range": "40000 40003"})
    host = plan.GATEWAY_A.v4

    def crowded() -> None:
        with ExitStack() as held:
            for _ in range(4):
                held.enter_context(tcp.connect(host, PORT, Deadline(2)))
                held.enter_context(socket.socket(type=socket.SOCK_DGRAM)).connect((host, 53))
            for look in (connecting(host), asking(host)):
                with pytest.raises(PeerFailed) as failed:
                    look()
                assert failed.value.symptom is Symptom.NO_LOCAL_PORT
            assert has_route(host)
            sampled = by_tcp("eth0", host, PORT, 5, 0.0, Deadline(5))
            assert (sampled.outcome, sampled.symptom) == (Outcome.FAIL, Symptom.NO_LOCAL_PORT)
            assert (sampled.facts.sent, sampled.facts.lost, sampled.facts.address) == (None, None, host)
            told = ntp(host, Deadline(2))
            assert (told.outcome, told.symptom) == (Outcome.UNKNOWN, Symptom.NO_LOCAL_PORT)

    inside(w, crowded)


@FAMILIES
@pytest.mark.parametrize("how", ["drop", "reject"])
def test_what_our_own_firewall_keeps_here_is_not_lost(w: World, host: str, how: str) -> None:
    faults.rule(w.terminal, "leaving", f"{daddr(host)} {how}")
    sampled = inside(w, lambda: by_tcp("eth0", host, PORT, 5, 0.0, Deadline(5)))
    assert (sampled.outcome, sampled.symptom, sampled.facts.sent) == (Outcome.FAIL, Symptom.REFUSED_LOCALLY, None)
    assert inside(w, lambda: icmp.echo(host, Deadline(1))).echo is icmp.Echo.REFUSED_LOCALLY
