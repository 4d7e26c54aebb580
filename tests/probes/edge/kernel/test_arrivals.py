"""The kernel's counters of what arrived and what it passed on, read as proc(5) writes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from probes.edge.kernel import arrivals
from tests.support.world import World, faults, netns, plan

IP = "Ip: Forwarding DefaultTTL InReceives InHdrErrors InAddrErrors ForwDatagrams InUnknownProtos InDiscards InDelivers ReasmReqds ReasmOKs"
DEV = "Inter-| Receive\n face |bytes packets errs drop fifo frame compressed multicast|bytes\n  eth0: 9 9 0 0 0 0 0 {} 9 9\n"


def net(folder: Path, *, ip: str = "1 64 100 0 0 0 0 0 90 0 0", extended: str = "0 0 0 0", frames: int = 0, six: str = "") -> Path:
    (folder / "snmp").write_text(f"{IP}\nIp: {ip}\nUdp: InDatagrams OutDatagrams\nUdp: 5 8\n")
    (folder / "netstat").write_text(f"IpExt: InNoRoutes InTruncatedPkts InMcastPkts InBcastPkts\nIpExt: {extended}\n")
    (folder / "dev").write_text(DEV.format(frames))
    (folder / "snmp6").write_text(six)
    return folder


def test_what_was_received_and_not_passed_on(tmp_path: Path) -> None:
    seen = arrivals.read(net(tmp_path)).ipv4
    assert seen is not None
    assert (seen.unaccounted, seen.to_many, seen.datagrams_out, seen.datagrams_in) == (10, 0, 8, 5)


@pytest.mark.parametrize(
    ("ip", "extended"),
    [
        ("1 64 100 10 0 0 0 0 90 0 0", "0 0 0 0"),  # broken headers
        ("1 64 100 0 4 0 3 3 90 0 0", "0 0 0 0"),  # for others, of no known protocol, thrown away for want of memory
        ("1 64 100 0 0 10 0 0 90 0 0", "0 0 0 0"),  # passed on
        ("1 64 100 0 0 0 0 0 90 15 5", "0 0 0 0"),  # pieces of what was delivered whole
        ("1 64 100 0 0 0 0 0 90 0 0", "6 4 0 0"),  # no way, and cut off
    ],
)
def test_every_other_reason_is_taken_off(tmp_path: Path, ip: str, extended: str) -> None:
    seen = arrivals.read(net(tmp_path, ip=ip, extended=extended)).ipv4
    assert seen is not None and seen.unaccounted == 0


@pytest.mark.parametrize(("extended", "frames", "six"), [("0 0 4 3", 0, ""), ("0 0 0 0", 9, "Ip6InMcastPkts 2\n")])
def test_what_was_for_many_is_counted_by_the_kernel_or_by_the_card(tmp_path: Path, extended: str, frames: int, six: str) -> None:
    seen = arrivals.read(net(tmp_path, extended=extended, frames=frames, six=six)).ipv4
    assert seen is not None and seen.to_many == 7


def test_ipv6_and_its_neighbours(tmp_path: Path) -> None:
    six = "Ip6InReceives 35\nIp6InDelivers 28\nIp6InMcastPkts 4\nIcmp6OutNeighborSolicits 4\nIcmp6InNeighborAdvertisements 0\n"
    seen = arrivals.read(net(tmp_path, six=six)).ipv6
    assert seen is not None and (seen.unaccounted, seen.to_many, seen.solicited, seen.advertised) == (7, 4, 4, 0)


@pytest.mark.parametrize("text", ["", "Ip:\n", "Ip: InReceives\nIp: many\n", "\0\xff"])
def test_what_cannot_be_read_is_not_known(tmp_path: Path, text: str) -> None:
    (tmp_path / "snmp").write_text(text)
    seen = arrivals.read(tmp_path)
    assert seen.ipv4 is None and seen.ipv6 is None


@pytest.mark.root
@pytest.mark.parametrize("chain", ["arriving", "early"])
def test_a_rule_of_the_terminal_s_own_shows_in_it(chain: str) -> None:
    """As the kernel counts, and not as a file of ours says that it does."""
    with World() as w:
        before = netns.call(w.terminal, arrivals.read).ipv4
        netns.command("ip", "netns", "exec", w.terminal, "ping", "-c1", "-W5", plan.ROUTER)
        between = netns.call(w.terminal, arrivals.read).ipv4
        faults.rule(w.terminal, chain, 'iifname "eth0" meta l4proto icmp drop')
        with pytest.raises(netns.CommandFailed):
            netns.command("ip", "netns", "exec", w.terminal, "ping", "-c3", "-i0.2", "-W1", plan.ROUTER)
        after = netns.call(w.terminal, arrivals.read).ipv4
    assert before and between and after
    assert after.unaccounted - between.unaccounted - (between.unaccounted - before.unaccounted) >= 2
