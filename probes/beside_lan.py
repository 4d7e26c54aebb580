"""A terminal on the shop's network, seen from a machine beside it: is anybody at its address, and does it accept what it should?

ARP and ICMP say whether it is there. A port that takes one client at a time (a till's, a printer's 9100) is tried at most once in ten
minutes and never while this machine has a connection to it: the caller says which may be tried now, and what the others said last.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Collection, Mapping

from msgspec.structs import replace

from probes.edge.failures import CannotTell, PeerFailed, raise_if_ours
from probes.edge.kernel.network import read_neighbours
from probes.edge.kernel.route import way_to
from probes.edge.kernel.sockdiag import established
from probes.edge.net import icmp, tcp
from probes.ground.deadline import Deadline
from probes.model import Check, Outcome, Symptom, check_of
from probes.model.facts import OnLanFacts
from probes.settings import Beside

DEBUGGING_PORT = 5555
_ALIVE = ("reachable", "permanent", "delay", "probe", "stale")
_FOUND = ("reachable", "permanent")
_UNTOLD = "its ports were not tried: another program does so now, or this user may not write down when. Run it as root"
_NOTHING: Mapping[str, str] = {}
_ECHO_S, _KERNEL_S, _STEP_S, _PORT_S = 0.8, 3.6, 0.1, 2.0


def looked_for(settings: Beside) -> Beside | None:
    """With the address at which it is to be looked for: where none is named, that of its adb, whose debugging is then open on purpose. None
    where there is none, or the address is one of this machine's own, as of a tunnel."""
    if settings.address or settings.mac:
        return settings
    host = "" if settings.adb.startswith("usb:") else settings.adb.rpartition(":")[0].strip("[]")
    return replace(settings, address=host) if host and not host.startswith("127.") and host not in ("localhost", "::1") else None


def on_lan(
    settings: Beside, may_try: Collection[int], seen_before: bool, deadline: Deadline, said: Mapping[str, str] = _NOTHING
) -> Check[OnLanFacts]:
    """`said`: port → what it said last, where it may not be tried now."""
    facts = OnLanFacts(mac=settings.mac.lower() or None, seen_before=seen_before)
    try:
        address = _address(settings)
        if not address:
            because = "nobody here has its MAC address, and no address is configured" if not settings.address else "its name is not found"
            return _absent(settings, facts.with_(others=_others("")), because)
        seen = _look(settings, address, facts.with_(address=address), may_try, deadline, said)
        untold = bool(settings.ports) and not seen.facts.ports
        return replace(seen, outcome=Outcome.UNKNOWN, symptom=Symptom.NOT_LOOKED, because=_UNTOLD) if untold and seen.ok else seen
    except CannotTell as trouble:
        return check_of(facts, Outcome.UNKNOWN, Symptom.NOT_LOOKED, trouble.text, name=settings.name)


def _look(
    settings: Beside, address: str, facts: OnLanFacts, may_try: Collection[int], deadline: Deadline, said: Mapping[str, str]
) -> Check[OnLanFacts]:
    """Raises CannotTell."""
    way = way_to(address)
    if way is None:
        return check_of(facts, Outcome.UNKNOWN, Symptom.NO_ROUTE, "this machine has no way to it", name=settings.name)
    answered = _answered(address, bool(way.via), deadline)
    entry = next((each for each in read_neighbours() if each.address == address), None)
    facts = facts.with_(others=_others(address))
    if entry is not None and settings.mac and entry.mac and entry.mac.lower() != settings.mac.lower():
        return _absent(settings, facts.with_(moved=entry.mac), "another machine has its address")
    facts = facts.with_(mac=entry.mac or facts.mac) if entry is not None else facts
    tried = {str(port): _port(address, port, deadline) for port in settings.ports if port in may_try}
    ports = {str(port): said[str(port)] for port in settings.ports if str(port) in said} | tried
    by_port = "port" if any(word in ("open", "refused") for word in tried.values()) else None
    facts = facts.with_(ports=ports, answered_by=answered or by_port)
    if facts.answered_by is None:
        return _absent(settings, facts, "beyond a router silence proves nothing" if way.via else "")
    debugging = _port(address, DEBUGGING_PORT, deadline) if DEBUGGING_PORT in may_try else said.get(str(DEBUGGING_PORT), "")
    if debugging == "open":
        return check_of(facts, Outcome.WARN, Symptom.DEBUGGING_OPEN, name=settings.name)
    closed = [port for port, word in ports.items() if word != "open"]
    if closed:
        symptom = Symptom.REFUSED if any(ports[port] == "refused" for port in closed) else Symptom.TIMEOUT
        return check_of(facts, Outcome.FAIL, symptom, name=settings.name)
    return check_of(facts, Outcome.PASS, name=settings.name)


def _absent(settings: Beside, facts: OnLanFacts, because: str) -> Check[OnLanFacts]:
    """Where nobody else is there either, or it was never seen, that it is gone is not known."""
    if facts.seen_before and not because.startswith("beyond") and facts.others != 0:
        return check_of(facts, Outcome.FAIL, Symptom.TERMINAL_GONE, name=settings.name)
    why = because or ("nobody else on this network answers either" if facts.others == 0 else "it was never seen there")
    return check_of(facts, Outcome.UNKNOWN, Symptom.NOBODY_THERE, why, name=settings.name)


def _answered(address: str, routed: bool, deadline: Deadline) -> str:
    """`icmp`, `arp`, or empty: nobody, as far as these tell."""
    if icmp.echo(address, deadline.within(_ECHO_S)).echo is icmp.Echo.ANSWERED:
        return "icmp"
    patience = deadline.within(_KERNEL_S)
    while not routed:
        entry = next((each for each in read_neighbours() if each.address == address), None)
        if entry is not None and entry.state in _FOUND:
            return "arp"
        if entry is None or entry.state == "failed" or patience.passed():
            return ""
        time.sleep(_STEP_S)
    return ""


def _others(address: str) -> int:
    """Machines of this network that answered lately. Raises CannotTell."""
    return sum(1 for each in read_neighbours() if each.address != address and each.mac and each.state in _ALIVE)


def _port(address: str, port: int, deadline: Deadline) -> str:
    """`open`, `refused`, or the symptom. Raises CannotTell."""
    if established(address, port):
        return "open"
    try:
        with tcp.connect(address, port, deadline.within(_PORT_S)):
            return "open"
    except PeerFailed as failure:
        return failure.symptom.value


def _address(settings: Beside) -> str:
    """By its name, or by its MAC address among the neighbours of this machine. Raises CannotTell."""
    if settings.address:
        try:
            return str(socket.getaddrinfo(settings.address, None, type=socket.SOCK_STREAM)[0][4][0])
        except UnicodeError:  # a name that can be none
            pass
        except OSError as error:
            raise_if_ours(error)
    wanted = settings.mac.lower()
    return next((each.address for each in read_neighbours() if wanted and each.mac.lower() == wanted), "")
