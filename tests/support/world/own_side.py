"""Ways in which the terminal itself keeps from sending: its own firewall, and local ports that are used up."""

from __future__ import annotations

import socket
from contextlib import ExitStack

from tests.support.world import faults, netns, plan
from tests.support.world.world import World

PORTS = range(40000, 40008)
_OUT = 'oifname != "lo"'


def firewall(w: World, how: faults.How = "prohibited", *, to: str = "") -> None:
    """The terminal's own rules stop what goes out. `to`: which part of it, as nftables says it; else everything."""
    faults.rule(w.terminal, "leaving", f"{_OUT} {to} {faults.ANSWER[how]}")


def lets_through(w: World, *hosts: plan.Host) -> None:
    """The terminal's own rules stop all but these hosts and the router, which is the name server too. IPv4 alone."""
    known = ", ".join([plan.ROUTER, *(host.v4 for host in hosts)])
    firewall(w, to=f"ip daddr != {{ {known} }}")


def handed_to_nobody(w: World) -> None:
    """A rule of a security program or a VPN hands the acquirer's port to a program of the terminal, which does not run."""
    rule = f"tcp dport {plan.GATEWAY_PORT} redirect to :9"
    netns.nft(w.terminal, f"table inet own {{\n chain out {{ type nat hook output priority -100; {rule}\n }}\n}}")


def ports_reserved(w: World) -> None:
    """Every port that the kernel may take is set aside for somebody else."""
    _narrow(w)
    netns.sysctl(w.terminal, {"ipv4/ip_local_reserved_ports": f"{PORTS[0]}-{PORTS[-1]}"})


def ports_taken(w: World, *kinds: socket.SocketKind) -> None:
    """A program has them all."""
    _narrow(w)

    def take() -> ExitStack:
        held = ExitStack()
        for port in PORTS:
            for kind in kinds:
                sock = held.enter_context(socket.socket(socket.AF_INET, kind))
                sock.bind(("0.0.0.0", port))
        return held

    w.cleanup.callback(netns.call(w.terminal, take).close)


def _narrow(w: World) -> None:
    netns.sysctl(w.terminal, {"ipv4/ip_local_port_range": f"{PORTS[0]} {PORTS[-1]}"})
