"""Who answers at an address of this machine's own network, now: by ICMP, by ARP requests of our own, or as the kernel finds out.

An entry of the kernel's table alone says nothing of now: one that was confirmed is trusted for up to 45 s after its machine was switched
off, and an old one is only asked again 5 s after something is sent there (`delay_first_probe_time`).
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable, Iterator
from ipaddress import IPv4Interface, ip_address

from msgspec import Struct

from probes.edge.failures import CannotTell, raise_if_ours
from probes.edge.kernel import netlink
from probes.edge.kernel.network import read_neighbours
from probes.edge.kernel.route import LOOPBACK, without_neighbours
from probes.edge.net import arp, icmp
from probes.ground.deadline import Deadline

_ECHO_S, _ARP_S, _STEP_S = 0.8, 0.9, 0.1
KERNEL_S = 6.8  # for it to ask anew about an old entry: 5 s of delay, and nearly two questions
_DISCARD = 9  # a port to which nobody listens, or who does says nothing (RFC 863)
_MOST_SWEPT = 256  # addresses of a network that is looked through
_BURST = 32
_NEVER_ASKED = ("permanent", "noarp")  # set by hand: the kernel never asks whether somebody is there
FIXED = "this machine has a fixed entry for its address, so nobody is asked whether it is there: take it out (ip neigh del)"


class Answer(Struct, frozen=True):
    """`by`: icmp, arp; `neighbour` where the kernel's table alone says so, which had it confirmed `age_s` seconds ago, before it was asked:
    whoever was switched off since is in it too. `macs`: who says that it has the address; several where it is disputed, none where nothing
    tells. `denied`: we may not ask by ARP."""

    by: str
    macs: tuple[str, ...] = ()
    age_s: float | None = None
    denied: bool = False


class OwnEnd(Struct, frozen=True, kw_only=True):
    """This machine's own end of a network."""

    interface: str
    index: int
    mac: str
    addresses: tuple[IPv4Interface, ...] = ()

    @property
    def asks(self) -> bool:
        """Whether ARP requests of our own can be made."""
        return bool(self.addresses and self.mac)


def own_end(interface: str) -> OwnEnd | None:
    """None where the kernel does not tell. Raises CannotTell."""
    try:
        link = next((each for each in netlink.links() if each.name == interface), None)
        if link is None:
            return None
        own = [each for each in netlink.addresses() if each.index == link.index and ":" not in each.address]
    except OSError as error:
        raise_if_ours(error)
        return None
    found = tuple(IPv4Interface(f"{each.address}/{each.prefix}") for each in own)
    return OwnEnd(interface=interface, index=link.index, mac=link.mac, addresses=found)


def answer(address: str, end: OwnEnd | None, deadline: Deadline, silent: Callable[[], None] = lambda: None) -> Answer | None:
    """None where nobody is heard. `end`: None beyond a router. `silent` is called where no echo comes, before the rest is waited for.
    Raises CannotTell."""
    began = time.monotonic()
    if icmp.echo(address, deadline.within(_ECHO_S)).echo is icmp.Echo.ANSWERED:
        return Answer("icmp", _macs(address) if end is not None else ())
    if end is None:
        return None
    silent()
    try:
        claims, denied = _asked(address, end, _ARP_S), False
    except PermissionError:
        claims, denied = None, True
    if claims is not None:
        return Answer("arp", tuple(claims)) if claims else None
    nudge([address])  # where no echo request may be sent, nothing has been yet
    patience = deadline.within(KERNEL_S - (time.monotonic() - began))
    while True:
        entry = _entry(address)
        if entry is None or entry.state in ("failed", "none"):
            return None
        if entry.state in _NEVER_ASKED:
            raise CannotTell(FIXED)
        if entry.state == "reachable":
            age_s, macs = entry.confirmed_s, (entry.mac,) if entry.mac else ()
            now = age_s is not None and age_s < time.monotonic() - began
            return Answer("arp", macs) if now else Answer("neighbour", macs, age_s, denied)
        if patience.passed():
            return None
        time.sleep(_STEP_S)


def claimed(address: str, end: OwnEnd, timeout_s: float) -> list[str] | None:
    """MAC addresses that say that they have it; None where we may not ask, and where nobody would answer: on the loopback interface, on a
    tunnel's. Raises CannotTell."""
    try:
        return _asked(address, end, timeout_s)
    except PermissionError:
        return None


def _asked(address: str, end: OwnEnd, timeout_s: float) -> list[str] | None:
    """None where nobody would answer. Raises CannotTell, and PermissionError where we may not ask."""
    if ":" in address or not end.asks or end.interface == LOOPBACK or without_neighbours(end.interface):
        return None
    try:
        return arp.ask(end.interface, end.mac, str(end.addresses[0].ip), address, timeout_s, first=False, tries=3)
    except PermissionError:
        raise
    except OSError as error:
        raise_if_ours(error)
        return None


def heard(addresses: Iterable[str], end: OwnEnd, deadline: Deadline, *, began: float) -> Iterator[str]:
    """Those of them that answer now, or have since `began` (on the monotonic clock): one after another. Raises CannotTell."""
    for address in addresses:
        if deadline.passed():
            return
        if icmp.echo(address, deadline.within(_ECHO_S / 2)).echo is icmp.Echo.ANSWERED or claimed(address, end, _ARP_S / 3):
            yield address
            continue
        entry = _entry(address)
        age_s = entry.confirmed_s if entry is not None and entry.state == "reachable" else None
        if age_s is not None and age_s < time.monotonic() - began:
            yield address


def nudge(addresses: Iterable[str]) -> None:
    """Has the kernel ask who has them, by an empty packet to each. What hinders it is no matter."""
    for number, address in enumerate(addresses, 1):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        try:
            with socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK) as sock:
                sock.sendto(b"", socket.getaddrinfo(address, _DISCARD, family, socket.SOCK_DGRAM, 0, socket.AI_NUMERICHOST)[0][4])
        except OSError as error:
            raise_if_ours(error)
        if number % _BURST == 0:
            time.sleep(_STEP_S)


def swept(mac: str, end: OwnEnd, deadline: Deadline) -> list[str]:
    """Addresses at which this MAC address is, of a network of at most 256: each is asked for once. Raises CannotTell."""
    networks = [each.network for each in end.addresses if each.network.num_addresses <= _MOST_SWEPT]
    nudge(str(each) for network in networks for each in network.hosts())
    patience = deadline.within(1.5)
    while not (found := [each.address for each in read_neighbours() if each.mac.lower() == mac and each.index == end.index]):
        if patience.passed() or not networks:
            break
        time.sleep(_STEP_S)
    return found


def _entry(address: str) -> netlink.Neighbour | None:
    bare = ip_address(address.split("%", 1)[0])
    return next((each for each in read_neighbours() if each.address and ip_address(each.address) == bare), None)


def _macs(address: str) -> tuple[str, ...]:
    entry = _entry(address)
    return (entry.mac,) if entry is not None and entry.mac else ()
