"""One scenario of a trace: what breaks, what is done about it, and what the record must say of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.lab.traces.site import Site
from tests.support.world import World

FAULT_S = 30.0  # before anybody does something about it
Does = Callable[[Site], object]


@dataclass(frozen=True)
class Case:
    """`ended`: the trace that ended it; empty where what ended it leaves none that can be told. `tried`: those that were in vain.
    `arrange` lays out the world before the daemon starts, `breaks` and `mends` are played in order."""

    name: str
    ended: str
    breaks: Does
    mends: Does
    tried: tuple[str, ...] = ()
    arrange: Callable[[World], object] = lambda _: None
    world: dict[str, Any] = field(default_factory=dict)
    ahead_s: float = 0.0
    fixed: bool = False


@dataclass(frozen=True)
class Result:
    name: str
    truth: str
    said: str  # empty: unknown
    confidence: float = 0.0
    truly_tried: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()
    cause: str = ""
    trouble: str = ""  # it did not come about
    record: str = ""

    @property
    def right(self) -> bool:
        return not self.trouble and self.said == self.truth

    @property
    def wrong(self) -> bool:
        """It names what it was not."""
        return not self.trouble and bool(self.said) and self.said != self.truth


def play(case: Case) -> Result:
    with World(**case.world) as world:
        thing = case.arrange(world)
        site = Site(world, case.ahead_s, thing, by_lease="dhcp" in case.world)
        try:
            site.start()
            site.look(0)
            if not case.ahead_s:
                site.look(60)
            return _played(case, site)
        except AssertionError as error:
            return Result(case.name, case.ended, "", trouble=str(error))
        finally:
            site.kill()


def _played(case: Case, site: Site) -> Result:
    case.breaks(site)
    site.wait(FAULT_S)
    site.until_bad()
    case.mends(site)
    well = site.until_well()
    found = site.lines()
    closed = [line for line in found if line["kind"] == "closed"]
    opened = [line for line in found if line["kind"] == "opened"]
    if not well or not closed:
        return Result(case.name, case.ended, "", trouble=f"it did not end: {site.said}")
    by = closed[-1].get("ended_by", {})
    tried = tuple(each["trace"] for each in closed[-1].get("tried", ()))
    return Result(
        case.name,
        case.ended,
        by.get("trace") or "",
        by.get("confidence", 0.0),
        case.tried,
        tried,
        opened[-1]["cause"] or "",
        record="\n".join(_short(line) for line in found),
    )


def _short(line: dict[str, Any]) -> str:
    told = {key: line[key] for key in ("what", "subject", "before", "after", "count", "cause", "ended_by", "tried") if key in line}
    return f"  {line['running_s']:.1f} {line['kind']} {told}"
