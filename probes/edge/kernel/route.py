"""Which way a packet would take: the interface and the router, as facts for a check."""

from __future__ import annotations

import socket

from probes.edge.kernel import netlink


def route_facts(address: str) -> dict[str, str]:
    """`interface` and `via` (the router; empty for a neighbour on the same link). Empty where the kernel does not tell."""
    try:
        route = netlink.route_to(address.split("%", 1)[0])
        if route is None:
            return {}
        return {"interface": socket.if_indextoname(route.index) if route.index else "", "via": route.gateway}
    except (OSError, ValueError):
        return {}


def has_route(address: str) -> bool:
    """Whether the kernel would send a packet there. Connecting a UDP socket sends nothing."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sock:
            sock.connect((address.split("%", 1)[0], 9))
    except OSError:
        return False
    return True
