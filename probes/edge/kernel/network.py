"""One reading of the terminal's network: netlink where it is allowed, else what ioctls and `/proc/net` still show."""

from __future__ import annotations

import socket
from enum import StrEnum
from ipaddress import ip_address, ip_interface

from msgspec import Struct

from probes.edge.failures import CannotTell, raise_if_ours
from probes.edge.kernel import netlink, without_netlink
from probes.edge.kernel.netlink import IFF_LOOPBACK, Address, Link, Neighbour, Route
from probes.model import rights

_VIRTUAL = frozenset(
    {"bridge", "tun", "vlan", "macvlan", "ipvlan", "dummy", "vxlan", "wireguard", "ifb", "gre", "sit", "ip6tnl", "ipip", "vrf"}
)


class Part(StrEnum):
    NETLINK = "netlink"
    INTERFACES = "interfaces"  # some or all of them
    ADDRESSES = "addresses"
    ROUTES = "/proc/net/route"


class Denied(Struct, frozen=True):
    """A part that this machine does not let us read."""

    part: Part
    why: str

    @property
    def text(self) -> str:
        return rights.NETLINK.missing()


class Network(Struct, frozen=True, kw_only=True):
    """`not_looked`: why nothing could be read at all just now. Of that, and of what was `denied`, an empty list means nothing."""

    links: tuple[Link, ...] = ()
    addresses: tuple[Address, ...] = ()
    routes: tuple[Route, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()
    denied: tuple[Denied, ...] = ()
    not_looked: str | None = None

    def may_read(self, part: Part) -> bool:
        return not any(denied.part is part for denied in self.denied)

    def link(self, name: str) -> Link | None:
        return next((link for link in self.links if link.name == name), None)

    def name(self, index: int) -> str:
        return next((link.name for link in self.links if link.index == index), "")

    def addresses_of(self, index: int) -> list[Address]:
        return [a for a in self.addresses if a.index == index and not a.duplicate]

    def default_routes(self) -> list[Route]:
        """Default routes, best first, a last resort only where there is no other; a pair of half-Internet routes (a VPN's way of saying
        default) counts as one.

        Routes of other tables count only where the main table has none (Android keeps one table for each network).
        """
        halves = {r.destination for r in self.routes if r.prefix == 1}
        split = {"0.0.0.0"} if "128.0.0.0" in halves else set()  # noqa: S104 - an address of a route, nothing to bind to
        split |= {"::"} if "8000::" in halves else set()
        wanted = [r for r in self.routes if r.kind == 1 and (r.prefix == 0 or (r.prefix == 1 and r.destination in split))]
        wanted = [r for r in wanted if not self._is_last_resort(r)] or wanted
        main = [r for r in wanted if r.table == 254] or wanted
        return sorted(main, key=lambda r: (r.prefix == 0, r.family, r.metric))

    def _is_last_resort(self, route: Route) -> bool:
        """What a DHCP client sets where no lease came: everything is looked for on the link itself, from an address made up there
        (RFC 3927)."""
        own = [a.address for a in self.addresses_of(route.index) if ":" not in a.address]
        return route.family == socket.AF_INET and not route.gateway and bool(own) and all(a.startswith("169.254.") for a in own)

    def on_subnet(self, address: str, index: int) -> bool:
        """Whether an address lies in a subnet of the interface, or is its point-to-point peer."""
        wanted = ip_address(address)
        if wanted.is_link_local:
            return True
        for own in self.addresses_of(index):
            if own.peer == address or wanted in ip_interface(f"{own.address}/{own.prefix}").network:
                return True
        return any(
            r.index == index and not r.gateway and r.prefix > 0 and wanted in ip_interface(f"{r.destination}/{r.prefix}").network
            for r in self.routes
            if ip_address(r.destination).version == wanted.version
        )

    def neighbour(self, address: str, index: int) -> Neighbour | None:
        return next((n for n in self.neighbours if n.index == index and n.address == address), None)

    def own_macs(self) -> set[str]:
        return {link.mac for link in self.links if link.mac}

    def local_addresses(self) -> set[str]:
        return {a.address for a in self.addresses}


def is_virtual(link: Link) -> bool:
    """Made by software for software: no cable or radio ends in it. A veth counts as a cable."""
    return bool(link.flags & IFF_LOOPBACK) or link.kind in _VIRTUAL


def read() -> Network:
    """Reads everything; never raises."""
    try:
        return _by_netlink()
    except CannotTell as trouble:
        return Network(not_looked=trouble.text)


def read_neighbours() -> list[Neighbour]:
    """Empty where the kernel does not let us read them. Raises CannotTell."""
    try:
        return netlink.neighbours()
    except OSError as error:
        raise_if_ours(error)
        return []


def _by_netlink() -> Network:
    """Raises CannotTell."""
    try:
        return Network(
            links=tuple(netlink.links()),
            addresses=tuple(netlink.addresses()),
            routes=tuple(netlink.routes()),
            neighbours=tuple(netlink.neighbours()),
        )
    except OSError as error:
        raise_if_ours(error)
        return _without_netlink(error)


def _without_netlink(refusal: OSError) -> Network:
    """Raises CannotTell."""
    denied = [_denied(Part.NETLINK, refusal)]
    links: list[Link] = []
    addresses: list[Address] = []
    routes: list[Route] = []
    try:
        names, hidden = without_netlink.names()
        links = without_netlink.links(names)
        denied += [_denied(Part.INTERFACES, hidden)] if hidden is not None else []
    except OSError as error:
        denied.append(_denied(Part.INTERFACES, error))
    try:
        addresses = without_netlink.addresses(links)
    except OSError as error:
        denied.append(_denied(Part.ADDRESSES, error))
    try:
        routes = without_netlink.routes({link.name: link.index for link in links})
    except (OSError, ValueError) as error:
        denied.append(_denied(Part.ROUTES, error))
    return Network(links=tuple(links), addresses=tuple(addresses), routes=tuple(routes), denied=tuple(denied))


def _denied(part: Part, error: OSError | ValueError) -> Denied:
    """Raises CannotTell where nothing was denied, and this machine could not look."""
    raise_if_ours(error)
    return Denied(part, str(error) if part is Part.ROUTES else (getattr(error, "strerror", None) or str(error)))
