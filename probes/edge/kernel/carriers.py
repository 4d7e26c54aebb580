"""Interfaces that only carry the packets of another one: bridge ports, slaves of a bond, parents of a VLAN or a macvlan, the socket below
PPPoE. Such a one needs no address of its own."""

from __future__ import annotations

from pathlib import Path

from probes.edge.kernel.netlink import Link
from probes.edge.kernel.network import Network
from probes.edge.kernel.reading import text_of

_SESSION, _DISCOVERY = "8864", "8863"  # of PPPoE, as packet sockets are listed
_PAIR = "veth"  # its other end is no parent

Carried = dict[str, tuple[str, ...]]


def carried(network: Network, proc: Path = Path("/proc")) -> Carried:
    """Interface -> all whose packets travel on it, the nearest first. Raises CannotTell."""
    return _through(_above(network, proc, ports=True))


def parents(network: Network, proc: Path = Path("/proc")) -> Carried:
    """Interface -> those on which its packets travel, where each of them is needed: one port of a bridge is not. Raises CannotTell."""
    above = _through(_above(network, proc, ports=False))
    names = {name for upper in above.values() for name in upper}
    return {name: tuple(lower for lower, upper in above.items() if name in upper) for name in names}


def _above(network: Network, proc: Path, *, ports: bool) -> Carried:
    found: dict[str, list[str]] = {}
    for link in network.links:
        below = network.name(link.parent) if link.parent and link.kind != _PAIR else ""
        if below:
            found.setdefault(below, []).append(link.name)
        master = network.name(link.master) if ports and link.master else ""
        if master:
            found.setdefault(link.name, []).append(master)
    dialled = [link.name for link in network.links if _is_ppp(link)]
    for name in _sockets_of_pppoe(network, proc) if dialled else ():
        found.setdefault(name, []).extend(dialled)
    return {name: tuple(upper) for name, upper in found.items()}


def _through(above: Carried) -> Carried:
    """With what travels on those that travel on it."""
    found: Carried = {}
    for name in above:
        seen: list[str] = []
        open_ = list(above[name])
        while open_:
            upper = open_.pop(0)
            if upper not in seen and upper != name:
                seen.append(upper)
                open_ += above.get(upper, ())
        found[name] = tuple(seen)
    return found


def _is_ppp(link: Link) -> bool:
    return link.kind == "ppp" or link.name.startswith("ppp")


def _sockets_of_pppoe(network: Network, proc: Path) -> list[str]:
    """By the kernel's own sessions (`/proc/net/pppoe`: id, address, device), and by the packet sockets of programs that speak it."""
    sessions = [words[2] for line in _lines(proc / "net/pppoe") if len(words := line.split()) >= 3]
    packets = [words for line in _lines(proc / "net/packet") if len(words := line.split()) >= 5]
    spoken = [network.name(int(words[4])) for words in packets if words[3] in (_SESSION, _DISCOVERY) and words[4].isdigit()]
    return [name for name in dict.fromkeys([*sessions, *spoken]) if network.link(name) is not None]


def _lines(path: Path) -> list[str]:
    """Without the first, which names the columns; none where there is no such file. Raises CannotTell."""
    return (text_of(path) or "").splitlines()[1:]
