"""Facts of the terminal's own side of the network: links, addresses, the default route, routers."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct, field

from probes.model.facts.base import Facts
from probes.model.kinds import Kind


class LinkFacts(Facts, frozen=True, kw_only=True):
    """A network interface.

    interface_kind: ethernet, wifi, cellular, other
    configured: by hand
    used: it has or had a default route
    tunnel: its other end is a program of this machine
    carries: interfaces whose packets travel on it
    mtu_bytes: bytes
    receive_errors: growth of receive errors while it was watched
    rfkill: which switch is off: hard, soft
    network: of Wi-Fi, its name
    access_point: of Wi-Fi, its MAC address
    carrier_changes: how often the carrier came or went since the link exists
    registration: of a mobile network, how far it takes the card (emergency: for calls for help alone)
    """

    KIND: ClassVar[Kind] = Kind.LINK

    interface_kind: str | None = field(default=None, name="kind")
    role: str | None = None
    configured: bool | None = None
    used: bool | None = None
    tunnel: bool | None = None
    carries: tuple[str, ...] = ()
    admin_up: bool | None = None
    carrier: bool | None = None
    operstate: str | None = None
    speed_mbps: int | None = None
    duplex: str | None = None
    mac: str | None = None
    mtu_bytes: int | None = field(default=None, name="mtu")
    receive_errors: int | None = field(default=None, name="errors")
    signal_dbm: int | None = None
    rfkill: str | None = None
    network: str | None = None
    access_point: str | None = None
    carrier_changes: int | None = None
    registration: str | None = None


class AddressFacts(Facts, frozen=True, kw_only=True):
    """The addresses of an interface.

    addresses: with their prefix
    routers: of default routes over this interface
    port_of: the bridge, bond or team whose port the interface is
    """

    KIND: ClassVar[Kind] = Kind.ADDRESS

    addresses: tuple[str, ...] = ()
    routers: tuple[str, ...] = ()
    point_to_point: bool | None = None
    port_of: str | None = None


class DefaultRoute(Struct, frozen=True, kw_only=True):
    router: str = ""
    interface: str = ""
    metric: int = 0


class DefaultRouteFacts(Facts, frozen=True, kw_only=True):
    """routers: every default router
    needed: something to be reached has no route of its own
    """

    KIND: ClassVar[Kind] = Kind.DEFAULT_ROUTE

    routers: tuple[DefaultRoute, ...] = ()
    needed: bool | None = None


class ConflictFacts(Facts, frozen=True, kw_only=True):
    """mac: of the other one that has our address
    proxy_mac: of one that says of every address that it has it (proxy ARP)
    """

    KIND: ClassVar[Kind] = Kind.CONFLICT

    address: str | None = None
    interface: str | None = None
    mac: str | None = None
    proxy_mac: str | None = None


class OverlapFacts(Facts, frozen=True, kw_only=True):
    """A network of the terminal's own that stands where something lies that is to be reached.

    of: what has that network: itself (the address is the terminal's own), bridge (of containers), socket (a second one)
    addresses: of what was to be reached
    """

    KIND: ClassVar[Kind] = Kind.OVERLAP

    interface: str | None = None
    network: str | None = None
    of: str | None = None
    addresses: tuple[str, ...] = ()


class RouterFacts(Facts, frozen=True, kw_only=True):
    """answered_by: icmp, udp, arp, neighbour (the kernel's table), traffic
    neighbour: state of the kernel's entry
    mac: the one in it, where the router answered
    neighbour_mac: of a fixed entry, where another one answers
    answering_mac: of that other one
    """

    KIND: ClassVar[Kind] = Kind.ROUTER

    interface: str | None = None
    on_subnet: bool | None = None
    answered_by: str | None = None
    neighbour: str | None = None
    mac: str | None = None
    rtt_ms: float | None = None
    neighbour_mac: str | None = None
    answering_mac: str | None = None
