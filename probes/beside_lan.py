"""A terminal on the shop's network, seen from a machine beside it: is anybody at its address, and does it accept what it should?

ARP and ICMP say whether it is there. A port that takes one client at a time (a till's, a printer's 9100) is tried at most once in ten
minutes and never while this machine has a connection to it: the caller says which may be tried now, and what the others said last.
One that accepts and hangs up at once has its client (`busy`), which is no fault; whoever closes its listening socket meanwhile refuses.

Where it is not at its address it is looked for by its MAC address: among the neighbours of this machine, in the lease file of the shop's
router where that is configured, and, seldom, by asking every address of a small network.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Collection, Mapping

from msgspec import Struct
from msgspec.structs import replace

from probes.assess.leases import Lease, of_mac
from probes.edge.failures import CannotTell, raise_if_ours
from probes.edge.kernel import netlink
from probes.edge.kernel.network import read_neighbours
from probes.edge.kernel.route import LOOPBACK, Way, way_to
from probes.edge.net import on_link
from probes.edge.net.lease_file import lease_lines
from probes.edge.net.on_link import Answer, OwnEnd
from probes.edge.net.port import BUSY, OPEN, ask
from probes.ground.deadline import Deadline
from probes.ground.text import escape
from probes.model import Check, Outcome, Symptom, check_of, rights
from probes.model.facts import OnLanFacts
from probes.settings import Beside

DEBUGGING_PORT = 5555
MOST_OTHERS, MOST_PLACES = 4, 4  # that are asked
_NOTHING: Mapping[str, str] = {}
_LEFT_S = 1.0
_OURS_ALONE = frozenset((Symptom.REFUSED_LOCALLY, Symptom.NO_LOCAL_PORT, Symptom.NO_ROUTE))  # this machine sent nothing
_TELLING = (Symptom.REFUSED, Symptom.PROHIBITED, Symptom.UNREACHABLE, Symptom.RESET, Symptom.TIMEOUT)  # the first says most
_UNTOLD = "its ports were not tried: another program does so now, or this user may not write down when. Run it as root"
_REPLACED = "another machine than before answers at its address: where it was replaced, put its MAC address into [[beside]]"
_HELD_HERE = "this machine itself did not send to its port: see its own firewall"
_ASLEEP = "it answers ARP alone, as one that sleeps does: its ports are known when it wakes"
_OURS = "this address is this machine's own: write the terminal's into [[beside]]"
_NEIGHBOURS = ("reachable", "permanent", "delay", "probe", "stale", "noarp")


def looked_for(settings: Beside) -> Beside | None:
    """With the address at which it is to be looked for: where none is named, that of its adb, whose debugging is then open on purpose. None
    where there is none, or the address is one of this machine's own, as of a tunnel."""
    if settings.address or settings.mac:
        return settings
    host = "" if settings.adb.startswith("usb:") else settings.adb.rpartition(":")[0].strip("[]")
    return replace(settings, address=host) if host and not host.startswith("127.") and host not in ("localhost", "::1") else None


class Asked(Struct, frozen=True, kw_only=True):
    """What a look may do and what is known before it. `may_try`: ports; `said`: port → what it said last, where it may not be tried now;
    `mac`: its MAC address as it was seen last; `may_search`: whether every address of the network may be asked."""

    may_try: Collection[int] = ()
    seen_before: bool = False
    said: Mapping[str, str] = _NOTHING
    mac: str = ""
    may_search: bool = False


class _Place(Struct, frozen=True, kw_only=True):
    """An address, and how this machine gets there: `end` is None beyond a router."""

    address: str
    way: Way
    end: OwnEnd | None


def on_lan(settings: Beside, asked: Asked, deadline: Deadline) -> Check[OnLanFacts]:
    mac = (settings.mac or asked.mac).lower()
    facts = OnLanFacts(mac=mac or None, seen_before=asked.seen_before)
    try:
        now = deadline.clock.wall()
        leases, trouble = _leases(settings, mac, now)
        facts = facts.with_(text=trouble, **_told_by(leases, now))
        seen = _look(settings, facts, asked, leases, deadline)
        untold = bool(settings.ports) and not seen.facts.ports
        return replace(seen, outcome=Outcome.UNKNOWN, symptom=Symptom.NOT_LOOKED, because=_UNTOLD) if untold and seen.ok else seen
    except CannotTell as trouble:
        return check_of(facts, Outcome.UNKNOWN, Symptom.NOT_LOOKED, trouble.text, name=settings.name)


def _look(settings: Beside, facts: OnLanFacts, asked: Asked, leases: list[Lease], deadline: Deadline) -> Check[OnLanFacts]:
    """Raises CannotTell."""
    began, mac, configured = time.monotonic(), facts.mac, _resolved(settings)
    place = _place(configured) if configured else None
    if configured and place is None:
        return check_of(
            facts.with_(address=configured), Outcome.UNKNOWN, Symptom.NO_ROUTE, "this machine has no way to it", name=settings.name
        )
    if place is not None and place.way.interface == LOOPBACK:
        return check_of(facts.with_(address=configured), Outcome.UNKNOWN, Symptom.NOT_LOOKED, _OURS, name=settings.name)
    home = place.end if place is not None else _home()
    other = ""
    if place is not None:
        facts = facts.with_(address=place.address)
        heard = on_link.answer(place.address, place.end, deadline, lambda: _nudge_others(place, facts.mac))
        if heard is not None and heard.by == "arp" and mac not in heard.macs and _router_stands_in(place, heard.macs):
            heard = None
        if heard is not None and (not mac or not heard.macs or mac in heard.macs):
            return _there(settings, _by(heard, facts.with_(mac=mac or next(iter(heard.macs), None))), heard.by, asked, deadline)
        other = heard.macs[0] if heard is not None else ""
    facts, found = _elsewhere(facts, leases, home, asked, deadline)
    if found is not None:
        was_at = place.address if place is not None else None
        return _there(settings, _by(found, facts.with_(moved=other or None, was_at=was_at)), found.by, asked, deadline)
    if place is not None and place.end is None:
        tried = _ports(settings, place.address, asked, deadline)
        if any(word in (OPEN, BUSY, "refused") for word in tried.values()):
            return _there(settings, facts, "port", asked, deadline, tried)
        return _absent(settings, facts.with_(ports=tried), "beyond a router silence proves nothing")
    if other and not settings.mac:
        return check_of(facts.with_(moved=other), Outcome.UNKNOWN, Symptom.NOBODY_THERE, _REPLACED, name=settings.name)
    if other:
        return _absent(settings, facts.with_(moved=other, others=1), "another machine has its address")
    others = _others(facts, home, deadline, began) if home is not None else None
    unknown = "" if configured else "its name is not found" if settings.address else "nobody here has its MAC address"
    return _absent(settings, facts.with_(others=others), unknown)


def _there(
    settings: Beside, facts: OnLanFacts, by: str, asked: Asked, deadline: Deadline, tried: Mapping[str, str] | None = None
) -> Check[OnLanFacts]:
    address = facts.address or ""
    ports = tried if tried is not None else _ports(settings, address, asked, deadline)
    debugging = asked.said.get(str(DEBUGGING_PORT), "")
    if DEBUGGING_PORT in asked.may_try:
        debugging = ask(address, DEBUGGING_PORT, deadline) or debugging
    facts = facts.with_(ports=ports, answered_by=by, debugging_open=debugging == OPEN or None)
    shut = {word for word in ports.values() if word not in (OPEN, BUSY)}
    told = next((each for each in _TELLING if each in shut), Symptom.TIMEOUT)
    if shut & _OURS_ALONE:
        return check_of(facts, Outcome.UNKNOWN, Symptom.NOT_LOOKED, _HELD_HERE, name=settings.name)
    if shut == {Symptom.TIMEOUT.value} and by in ("arp", "neighbour"):
        return check_of(facts, Outcome.UNKNOWN, Symptom.TIMEOUT, _ASLEEP, name=settings.name)
    if shut:
        return check_of(facts, Outcome.FAIL, told, name=settings.name)
    if facts.debugging_open:
        return check_of(facts, Outcome.WARN, Symptom.DEBUGGING_OPEN, name=settings.name)
    return check_of(facts, Outcome.PASS, name=settings.name)


def _by(heard: Answer, facts: OnLanFacts) -> OnLanFacts:
    """With what is to be known of whoever said so: an entry of the kernel's table is believed, and how old it is."""
    text = "; ".join(filter(None, (facts.text, rights.NET_RAW.missing() if heard.denied else None)))
    return facts.with_(entry_age_s=None if heard.age_s is None else round(heard.age_s), text=text or None)


def _absent(settings: Beside, facts: OnLanFacts, because: str) -> Check[OnLanFacts]:
    """Where nobody else is there either, or it was never seen, that it is gone is not known."""
    if facts.seen_before and not because.startswith("beyond") and facts.others:
        return check_of(facts, Outcome.FAIL, Symptom.TERMINAL_GONE, name=settings.name)
    why = because or ("nobody else on this network answers either" if not facts.others else "it was never seen there")
    return check_of(facts, Outcome.UNKNOWN, Symptom.NOBODY_THERE, why, name=settings.name)


def _elsewhere(
    facts: OnLanFacts, leases: list[Lease], home: OwnEnd | None, asked: Asked, deadline: Deadline
) -> tuple[OnLanFacts, Answer | None]:
    """Where it answers by its MAC address. Raises CannotTell."""
    mac, gone = facts.mac, facts.address
    if not mac:
        return facts, None
    known = [each.address for each in read_neighbours() if each.mac.lower() == mac and each.state in _NEIGHBOURS]
    places = [each for each in dict.fromkeys([*known, *(lease.address for lease in leases)]) if each != gone]
    if found := _first(places[:MOST_PLACES], mac, deadline):
        return facts.with_(address=found[0]), found[1]
    if home is None or not asked.may_search or deadline.remaining() < 2 * _LEFT_S:
        return facts, None
    places = [each for each in on_link.swept(mac, home, deadline) if each != gone]
    found = _first(places[:MOST_PLACES], mac, deadline)
    facts = facts.with_(searched=True)
    return (facts.with_(address=found[0]), found[1]) if found else (facts, None)


def _router_stands_in(place: _Place, macs: Collection[str]) -> bool:
    """The router answers ARP for every address (proxy ARP), whoever has it: it says nothing of who is there. Raises CannotTell."""
    if place.end is None or not macs:
        return False
    routers = {each.gateway for each in _routes() if each.index == place.end.index}
    known = {each.mac.lower() for each in read_neighbours() if each.index == place.end.index and each.address in routers and each.mac}
    return place.address not in routers and set(macs) <= known


def _first(addresses: list[str], mac: str, deadline: Deadline) -> tuple[str, Answer] | None:
    for address in addresses:
        place = _place(address)
        heard = on_link.answer(address, place.end, deadline) if place is not None and place.end is not None else None
        if heard is not None and mac in heard.macs:
            return address, heard
    return None


def _neighbours(home: OwnEnd, without: Collection[str | None]) -> list[str]:
    """Other machines of that network, the likeliest to answer first: its router, and who answered last."""
    found = [each for each in read_neighbours() if each.index == home.index and each.mac and each.state in _NEIGHBOURS]
    found.sort(key=lambda each: each.confirmed_s if each.confirmed_s is not None else float("inf"))
    by_mac = {each.mac.lower(): each.address for each in reversed(found) if not each.address.startswith("fe80:")}
    others = [address for mac, address in by_mac.items() if mac not in without]
    routers = [each.gateway for each in _routes() if each.index == home.index and not each.gateway.startswith("fe80:")]
    return [each for each in dict.fromkeys([*routers, *reversed(others)]) if each not in without][:MOST_OTHERS]


def _routes() -> list[netlink.Route]:
    """Default routes over a router; none where the kernel does not tell. Raises CannotTell."""
    try:
        return [each for each in netlink.routes() if not each.prefix and each.gateway]
    except OSError as error:
        raise_if_ours(error)
        return []


def _nudge_others(place: _Place, mac: str | None) -> None:
    """So that it is known in time whether they are there: the kernel asks about an old entry only after 5 s."""
    if place.end is not None:
        on_link.nudge(_neighbours(place.end, (place.address, mac)))


def _others(facts: OnLanFacts, home: OwnEnd, deadline: Deadline, began: float) -> int:
    """Machines of this network that answer now; not all of them are asked. Raises CannotTell."""
    return 1 if next(on_link.heard(_neighbours(home, (facts.address, facts.mac)), home, deadline, began=began), None) else 0


def _ports(settings: Beside, address: str, asked: Asked, deadline: Deadline) -> dict[str, str]:
    """port → what it says, now or when it was tried last. Raises CannotTell."""
    tried = {str(port): ask(address, port, deadline) for port in settings.ports if port in asked.may_try}
    found = {port: word or asked.said.get(port, "") for port, word in tried.items()}
    held = {str(port): asked.said[str(port)] for port in settings.ports if str(port) in asked.said}
    return {port: word for port, word in (held | found).items() if word}


def _resolved(settings: Beside) -> str:
    """The address that is configured, by its name where that is one; with its scope. Raises CannotTell."""
    if settings.address:
        try:
            found = socket.getaddrinfo(settings.address, None, type=socket.SOCK_STREAM)[0][4]
            scope = f"%{socket.if_indextoname(int(found[3]))}" if len(found) > 3 and found[3] else ""
            return str(found[0]).split("%", 1)[0] + scope
        except UnicodeError:  # a name that can be none
            pass
        except OSError as error:
            raise_if_ours(error)
    return ""


def _place(address: str) -> _Place | None:
    """None where there is no way. Raises CannotTell."""
    bare, _, scope = address.partition("%")
    way = Way(scope, "") if scope else way_to(bare)
    if way is None:
        return None
    return _Place(address=address, way=way, end=None if way.via else on_link.own_end(way.interface))


def _home() -> OwnEnd | None:
    """The network of the default route, where no address says which. Raises CannotTell."""
    route = next((each for each in _routes() if each.family == socket.AF_INET), None)
    try:
        return on_link.own_end(socket.if_indextoname(route.index)) if route is not None else None
    except OSError as error:
        raise_if_ours(error)
        return None


def _leases(settings: Beside, mac: str, now: float) -> tuple[list[Lease], str | None]:
    """Its leases, and what is wrong with their file."""
    if not settings.lease_file or not mac:
        return [], None
    try:
        return of_mac(lease_lines(settings.lease_file), mac, now), None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "no path"
        return [], f"the lease file {escape(settings.lease_file)} cannot be read ({escape(why)})"


def _told_by(leases: list[Lease], now: float) -> dict[str, object]:
    """A machine that has, or had, a lease was on this network once."""
    if not leases:
        return {}
    lease = leases[0]
    age_s = None if lease.given is None or lease.given > now else round(now - lease.given)
    return {"leased": lease.address, "lease_age_s": age_s, "lease_runs": lease.runs(now), "seen_before": True}
