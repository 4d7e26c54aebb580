"""What is not as it was, between what is known of things and what an examination shows. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from agent.record.things import LISTED, MOST, NONE, UP, Thing

Known = dict[Thing, tuple[str, ...]]  # the values that each thing had, the latest first; more than one only where several are usual

SEVERAL: Final = {"gateway_address": 8, "gateway_certificate": 8, "wifi": 8}  # a host of many machines, a network of many access points


class Difference(Struct, frozen=True, kw_only=True):
    """`count`: of changes; where there were several, `before` is what was there before the first."""

    what: str
    subject: str
    before: str
    after: str
    count: int = 1

    @property
    def thing(self) -> Thing:
        return self.what, self.subject


def compare(known: Known, now: Mapping[Thing, str]) -> tuple[list[Difference], Known]:
    """What differs, and what is known by now. The first sight of a thing is no change, nor is a value that it had before where
    several are usual."""
    found: list[Difference] = []
    later = dict(known)
    for thing, value in now.items():
        what, subject = thing
        had = known.get(thing) or ((NONE,) if what == "device" and LISTED in known and LISTED in now else None)
        if had is not None and value not in had and not _same(what, had[0], value):
            found.append(Difference(what=what, subject=subject, before=had[0], after=value))
        if had is not None or len(later) < MOST:
            later[thing] = (value, *(each for each in had or () if each != value))[: SEVERAL.get(what, 1)]
    return found, later


def _same(what: str, before: str, after: str) -> bool:
    """Values that are written in two ways and tell of one state."""
    if what == "link":  # the speed is not known from the first moment on
        return UP in (before, after) and before.startswith(UP) and after.startswith(UP)
    if what == "app":  # processes come and go beside the one that stays
        return NONE not in (before, after) and bool(_pids(before) & _pids(after))
    return False


def _pids(running: str) -> set[str]:
    return {word for word in running.split() if word.isdigit()}


def flickered(before: Mapping[str, int], now: Mapping[str, int], known: Known, found: list[Difference]) -> list[Difference]:
    """Carriers that were gone and back between two looks, as the kernel has counted them; `found`: what differs anyway."""
    told = {each.thing for each in found}
    short = []
    for name, count in now.items():
        times = (count - before.get(name, count)) // 2
        value = known.get(("link", name))
        if times > 0 and value is not None and ("link", name) not in told:
            short.append(Difference(what="link", subject=name, before=value[0], after=value[0], count=times))
    return short


def values(known: Known) -> dict[Thing, frozenset[str]]:
    return {thing: frozenset(found) for thing, found in known.items()}
