"""What a service that was killed had seen of the way out and of devices, as far as the record and the last status still tell. Pure.

Only the last look is there as a whole. Of those before it there is since when which cause led; what else they saw is gone, and what hangs
on it stays unknown.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from msgspec import Struct

from agent.diagnosis.causes import Cause
from agent.record.ended import Suspect
from agent.record.way import Seen, Way, ways_in
from probes.model import Check, Facts, Symptom
from probes.model.facts import LinkFacts, RouterFacts, SerialFacts

_JUST_BEFORE_S = 0.1  # all was well then at the latest
_SEEN: Final = {  # by a look whose verdict led with it
    Cause.CABLE_UNPLUGGED: Seen(link=False, symptom=Symptom.NO_CARRIER),
    Cause.ROUTER_UNREACHABLE: Seen(link=True, router=False),
    Cause.DHCP_FAILED: Seen(link=True, address=False),
}
_FAULTY: Final = (Cause.PRINTER_FAULT, Cause.POWER_OFF)


class Resumed(Struct, frozen=True, kw_only=True):
    """`ways`: by interface; `faulty`: devices that had told of a fault before they were silent."""

    ways: dict[str, Way]
    faulty: tuple[str, ...]


def resumed(checks: Sequence[Check[Facts]], line: bool | None, at: float, suspects: Sequence[Suspect], routers: Collection[str]) -> Resumed:
    """`checks`: of the last look, which was at `at` on the running clock; `line`: whether it found anything beyond the router; `suspects`:
    the causes of the incident that was open, none where there was none; `routers`: addresses of those that have answered at some time."""
    told = [each for each in suspects if each.at <= at]
    of_router = {check.name: check.facts.interface for check in checks if isinstance(check.facts, RouterFacts)}
    links = [check.name for check in checks if isinstance(check.facts, LinkFacts)]
    ways = {}
    for name, seen in ways_in(checks, {}).items():
        answered = any(router in routers for router, interface in of_router.items() if interface in (name, None))
        ways[name] = _way(seen, line, at, _of(name, told, of_router, links), answered=answered)
    devices = [check.name for check in checks if isinstance(check.facts, SerialFacts)]
    return Resumed(ways=ways, faulty=tuple(name for name in devices if any(_is_faulty(each, name) for each in told)))


def _is_faulty(suspect: Suspect, name: str) -> bool:
    return suspect.cause in _FAULTY and suspect.subject == name


def _of(name: str, told: Sequence[Suspect], of_router: Mapping[str, str | None], links: Sequence[str]) -> list[tuple[int, Suspect]]:
    """With which number in the incident."""
    found = []
    for number, suspect in enumerate(told):
        where = suspect.subject if suspect.subject in links else of_router.get(suspect.subject)
        if suspect.cause in _SEEN and (where or name) == name:
            found.append((number, suspect))
    return found


def _way(seen: Seen, line: bool | None, at: float, told: Sequence[tuple[int, Suspect]], *, answered: bool) -> Way:
    """`answered`: its router has, at some time: one that never did does not come back, it comes."""
    way = Way()
    lost = seen.link is False or seen.router is False or seen.address is False
    if told and (seen.link is False or (lost and answered)):
        number, first = told[0]
        # what led first was what went wrong first: the line was well before; otherwise nobody knows
        way.look(Seen(link=True, router=True), True if number == 0 else None, first.at - _JUST_BEFORE_S)
    for _, suspect in told if lost else ():
        if suspect.cause is not None:
            way.look(_SEEN[suspect.cause], None, suspect.at)
    way.look(seen, line, at)
    return way
