"""Where an observation stands to an accusation: the accused itself or on its way, or another of the same kind. Pure.

A check tells more than one thing: a connection tells who gave the name's address, and by which interface it left (`Aspect`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum, StrEnum, auto
from ipaddress import ip_address

from msgspec import Struct

from agent.diagnosis.evidence import heard_outside
from agent.diagnosis.snapshot import Snapshot
from agent.diagnosis.views import REMOTE, interface_of, knows, phase_of, router_of
from probes.model import Check, Facts, Kind, Outcome, Symptom
from probes.model.facts import (
    ClockFacts,
    DefaultRouteFacts,
    InternetFacts,
    LinkFacts,
    LossFacts,
    NamesElsewhereFacts,
    OtherAddressFacts,
    Phase,
    ReachFacts,
    RemoteFacts,
    RouterFacts,
    SerialPresentFacts,
    TunnelFacts,
)

_NAMED = (Kind.LINK, Kind.ADDRESS, Kind.CONFLICT, Kind.LOSS, Kind.TUNNEL)  # their subject is an interface
_ANSWERED_ALL_THE_SAME = (Kind.RESOLVER, Kind.REACH, Kind.HTTP_CHECK)  # a remark on what came back


class Aspect(StrEnum):
    NAME = "name"  # of a host, as a name server gave it or did not
    GATEWAY_NAME = "gateway's name"  # in the place of `name`
    WAY = "way"  # fails where a connection leaves by no uplink
    NEIGHBOUR = "neighbour"  # fails where our own kernel found nobody on the link to hand the packets to
    LINE = "line"  # fails where the line below a tunnel is dead too
    HEARD = "heard"  # fails where the kernel counted answers that nobody here got, passes where it counted none or anybody was heard; else
    # nobody can tell whether our own rules drop the answers
    FIXED = "fixed"  # passes where a name server gave the address; else it may be an old entry of this machine's own
    AS_ELSEWHERE = "as elsewhere"  # passes where others say the same of a name; not known where nobody else was asked
    CELLULAR = "cellular"  # a link of that kind, in the place of `link`
    TUNNEL = "tunnel"  # likewise: its other end is a program
    OWN_RESOLVER = "own resolver"  # one on this machine, in the place of `dns`


Place = Kind | Aspect


class Stands(Enum):
    ACCUSED = auto()
    ON_THE_WAY = auto()  # below the accused: it goes there; above it: it went through there
    ELSEWHERE = auto()


class Observed(Struct, frozen=True):
    """`failed` is None where it could not be looked. `ids`: the checks that it was seen in; `by`: who bears witness, where several are
    one: whoever answers a port in everybody's name answers it for every address."""

    place: Place
    stands: Stands
    failed: bool | None
    symptom: Symptom | None
    ids: tuple[str, ...]
    by: tuple[str, ...] = ()

    @property
    def witnesses(self) -> tuple[str, ...]:
        return self.by or self.ids


class Focus(Struct, frozen=True):
    """What is accused: the checks of the evidence, and by which interfaces, routers and name servers they went. `denying`: name servers
    that are accused themselves."""

    ids: frozenset[str]
    interfaces: frozenset[str]
    routers: frozenset[str]
    resolvers: frozenset[str]
    denying: frozenset[str]


def focus_of(accused: Sequence[Check[Facts]]) -> Focus:
    interfaces = {c.name if c.kind in _NAMED else interface_of(c) for c in accused}
    interfaces |= {c.facts.interface or "" for c in accused if knows(c, RouterFacts)}
    routers = {c.target if c.kind is Kind.ROUTER else router_of(c) for c in accused}
    denying = {c.target for c in accused if c.kind is Kind.RESOLVER and not c.ok}
    resolvers = {c.facts.resolver or "" for c in accused if knows(c, RemoteFacts) and c.facts.phase is Phase.RESOLVE} | denying
    return Focus(frozenset(c.id for c in accused), *(frozenset(each - {""}) for each in (interfaces, routers, resolvers, denying)))


def observed(snapshot: Snapshot, focus: Focus) -> list[Observed]:
    """Everything that was seen, as it stands to what is accused; what was skipped was not."""
    seen = [each for check in snapshot.checks if check.outcome is not Outcome.SKIP for each in _of(check, snapshot, focus)]
    return [*seen, _heard(snapshot)]


def _heard(snapshot: Snapshot) -> Observed:
    arrived = snapshot.arrivals
    if arrived is not None and arrived.made:
        return Observed(Aspect.HEARD, Stands.ON_THE_WAY, arrived.failed, arrived.symptom, (arrived.id,))
    heard = tuple(check.id for check in snapshot.checks if heard_outside(check))
    return Observed(Aspect.HEARD, Stands.ON_THE_WAY, False if heard else None, None, heard)


def _of(check: Check[Facts], snapshot: Snapshot, focus: Focus) -> Iterator[Observed]:
    accused = check.id in focus.ids
    stands = Stands.ACCUSED if accused else Stands.ON_THE_WAY if _on_the_way(check, focus) else Stands.ELSEWHERE
    if not knows(check, RemoteFacts):
        yield Observed(_place(check), stands, _failed(check), _symptom(check), _witnesses(check))
        if knows(check, TunnelFacts) and check.facts.line_answers is not None:
            yield Observed(Aspect.LINE, Stands.ON_THE_WAY, not check.facts.line_answers, None, (f"{check.id} below",))
        return
    facts = check.facts
    if check.kind in (Kind.OTHER_ADDRESS, Kind.DATE):  # found in a way in which nobody else asks
        yield Observed(check.kind, stands, _failed(check), check.symptom, (check.id,))
        return
    named = Aspect.GATEWAY_NAME if check.kind is Kind.GATEWAY else Aspect.NAME
    if phase_of(check) is Phase.RESOLVE and check.failed:
        # nothing was seen of the host itself
        by = stands if accused else Stands.ON_THE_WAY if facts.resolver in focus.denying else Stands.ELSEWHERE
        yield Observed(named, by, True, check.symptom, (check.id,))
        if accused and check.kind is Kind.GATEWAY:
            elsewhere = snapshot.named(NamesElsewhereFacts, check.name)
            same = elsewhere is not None and elsewhere.symptom is check.symptom
            other = elsewhere is not None and elsewhere.ok and check.symptom is Symptom.NXDOMAIN
            differs = False if same else True if other else None
            yield Observed(Aspect.AS_ELSEWHERE, Stands.ON_THE_WAY, differs, None, (elsewhere.id,) if elsewhere else (check.id,))
        return
    if not (check.failed and knows(check, InternetFacts) and check.facts.expected is False):  # it only informs
        port = (f"port {facts.port}",) if knows(check, ReachFacts) else ()
        yield Observed(check.kind, stands, _failed(check), check.symptom, (check.id,), port)
    beside = Stands.ON_THE_WAY if accused else Stands.ELSEWHERE
    if facts.resolver and check.ok:
        yield Observed(named, Stands.ON_THE_WAY if facts.resolver in focus.denying else beside, False, None, (check.id,))
    route = snapshot.default_route
    if facts.interface and route is not None and route.facts.routers:
        strays = _leaves_by_no_uplink(facts.interface, route.facts, snapshot)
        yield Observed(Aspect.WAY, beside, strays, check.symptom if strays else None, (check.id,))
    if facts.host and check.made and not _numeric(facts.host):
        yield Observed(Aspect.FIXED, beside, _is_fixed(check, snapshot), None, (check.id,))
    if facts.resolver and accused:
        yield Observed(Aspect.AS_ELSEWHERE, beside, None, None, (check.id,))
    if facts.by_us:
        yield Observed(Aspect.NEIGHBOUR, beside, True, check.symptom, (check.id,))


def _is_fixed(check: Check[RemoteFacts], snapshot: Snapshot) -> bool | None:
    elsewhere = snapshot.named(OtherAddressFacts, check.name)
    known = check.kind is Kind.GATEWAY and elsewhere is not None and bool(elsewhere.facts.fixed)
    return True if known else False if check.facts.resolver else None


def _numeric(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _place(check: Check[Facts]) -> Place:
    if knows(check, LinkFacts):
        return Aspect.TUNNEL if check.facts.tunnel else Aspect.CELLULAR if check.facts.interface_kind == "cellular" else Kind.LINK
    loopback = check.target.startswith("127.") or check.target == "::1"
    return Aspect.OWN_RESOLVER if check.kind is Kind.RESOLVER and loopback else check.kind


def _symptom(check: Check[Facts]) -> Symptom | None:
    """Where all is lost, that is silence and no loss."""
    return Symptom.TIMEOUT if knows(check, LossFacts) and check.failed and check.facts.lost == check.facts.sent else check.symptom


def _failed(check: Check[Facts]) -> bool | None:
    """A remark counts as failing where it names a symptom; a clock that nobody vouches for was not looked at."""
    if check.kind in (Kind.TLS_SPOKEN, Kind.OTHER_ADDRESS):
        return check.ok if check.made else None  # TLS is what is spoken, and not what was meant; and likewise an address
    if knows(check, SerialPresentFacts):
        return any(port.usb for port in check.facts.devices)  # a device is there that nobody configured
    if not check.made or (knows(check, ClockFacts) and check.ok and not check.facts.sources):
        return None
    return check.failed or (check.outcome is Outcome.WARN and check.symptom is not None and check.kind not in _ANSWERED_ALL_THE_SAME)


def _witnesses(check: Check[Facts]) -> tuple[str, ...]:
    """Those who told of the time each saw it."""
    return (tuple(check.facts.sources) if knows(check, ClockFacts) else ()) or (check.id,)


def _on_the_way(check: Check[Facts], focus: Focus) -> bool:
    """Where the way is not known: no."""
    if check.kind in _NAMED:
        return check.name in focus.interfaces
    if check.kind is Kind.ROUTER:
        return check.target in focus.routers
    if check.kind is Kind.RESOLVER:
        return check.target in focus.resolvers if focus.resolvers else interface_of(check) in focus.interfaces
    if check.layer in REMOTE and check.kind not in (Kind.BACKUP, Kind.NO_RESOLVER):
        through = not focus.routers or router_of(check) in focus.routers
        return interface_of(check) in focus.interfaces and through
    return check.kind.one


def _leaves_by_no_uplink(interface: str, route: DefaultRouteFacts, snapshot: Snapshot) -> bool | None:
    """By one that no default route uses and nobody configured. None for a bridge or the like: it may be a network of the terminal's own,
    whatever route leads into it."""
    link = snapshot.named(LinkFacts, interface)
    if link is not None and link.facts.interface_kind == "other" and not link.facts.configured and not link.facts.tunnel:
        return None
    uplink = interface in {each.interface for each in route.routers}
    return not (uplink or (link is not None and bool(link.facts.configured or link.facts.used)))
