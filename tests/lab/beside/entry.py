"""One terminal, or printer, beside the machine that looks, rebuilt from public reports and from what real devices print."""

from __future__ import annotations

from dataclasses import dataclass

from tests.lab.field.entry import Report
from tests.lab.scenario import Make, fault, healthy, nothing


@dataclass(frozen=True)
class Contact(Report):
    """`pays`: what may be said of payment. `seen_before`: it was looked at once while all was well, ten minutes before."""

    pays: tuple[str, ...] = ()
    seen_before: bool = False


def broken(
    name: str,
    source: str,
    cause: str,
    make: Make,
    states: str = "outage",
    *,
    pays: str = "no",
    before: Make = nothing,
    doubtful: bool = False,
    notices: tuple[str, ...] = (),
    erratum: str = "",
) -> Contact:
    """`before`: how it is laid out; where that is not all there is, it is looked at before `make` breaks it."""
    scenario = fault(name, cause, make, states, arrange=before, notices=notices)
    return Contact(source, scenario, doubtful, erratum, tuple(pays.split("|")), before is not nothing)


def well(
    name: str,
    source: str,
    make: Make,
    states: str = "ok",
    *,
    pays: str = "yes",
    before: Make = nothing,
    notices: tuple[str, ...] = (),
    erratum: str = "",
) -> Contact:
    """Nothing is wrong that anybody could tell. Of one that is only seen on the network no more is known, and its state is `unknown`."""
    scenario = healthy(name, make, arrange=before, notices=notices)
    object.__setattr__(scenario, "states", tuple(states.split("|")))
    return Contact(source, scenario, False, erratum, tuple(pays.split("|")), before is not nothing)
