"""Whether anybody is at the address of a device that stands on the network: one ICMP echo, ARP requests of our own, and where those may not
be made, what the kernel finds out.

Only of an address on our own links: beyond a router silence proves nothing. An entry of the kernel's table is believed last: one that was
confirmed stays for up to 45 s after its machine was switched off.
"""

from __future__ import annotations

import socket
import time
from urllib.parse import urlsplit

from msgspec import Struct

from probes.edge.failures import raise_if_ours
from probes.edge.kernel.network import read_neighbours
from probes.edge.kernel.route import way_to
from probes.edge.kernel.sockdiag import established
from probes.edge.net import icmp, on_link
from probes.ground.deadline import Deadline

_ECHO_S, _ARP_S = 0.5, 1.2  # three requests: one asleep on Wi-Fi may miss the first
_LONGEST_S = 3.6  # the kernel asks three times, a second apart, before it says that nobody is there
_STEP_S = 0.1


class Neighbourhood(Struct, frozen=True):
    """`there`: None where it cannot be told. `mac`: of whoever is there. `in_use`: a program here has a connection to it."""

    there: bool | None
    mac: str = ""
    in_use: bool = False


def look(url: str, deadline: Deadline) -> Neighbourhood:
    """Raises CannotTell."""
    place = urlsplit(url)
    address = _address(place.hostname or "", place.port or 0)
    way = way_to(address) if address else None
    if way is None or way.via:
        return Neighbourhood(None)
    if established(address, place.port or 0):
        return Neighbourhood(True, in_use=True)
    patience = deadline.within(_LONGEST_S)
    echoed = icmp.echo(address, patience.within(_ECHO_S)).echo is icmp.Echo.ANSWERED
    end = None if echoed else on_link.own_end(way.interface)
    claims = on_link.claimed(address, end, patience.within(_ARP_S).remaining()) if end is not None else None
    if claims is not None:
        return Neighbourhood(bool(claims), mac=claims[0] if claims else "")
    while True:
        entry = next((each for each in read_neighbours() if each.address == address), None)
        if echoed or (entry is not None and entry.state in ("reachable", "permanent")):
            return Neighbourhood(True, mac=entry.mac if entry is not None else "")
        if entry is not None and entry.state == "failed":
            return Neighbourhood(False)
        if entry is None or entry.state != "incomplete" or patience.passed():
            return Neighbourhood(False if entry is not None and entry.state == "incomplete" and not deadline.passed() else None)
        time.sleep(_STEP_S)


def _address(host: str, port: int) -> str:
    """Empty where the name is not found."""
    try:
        return str(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4][0])
    except UnicodeError:  # a name that can be none
        return ""
    except OSError as error:
        raise_if_ours(error)
        return ""
