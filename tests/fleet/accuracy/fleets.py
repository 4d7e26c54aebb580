"""The kinds of fleets that the localisation is held against."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from msgspec import Struct

from agent.diagnosis.causes import Cause
from agent.fleet.model.attributes import Family
from tests.fleet.made.faults import KINDS, Injected, drawn
from tests.fleet.made.fleet import NOW, Made, made
from tests.fleet.made.people import at, people
from tests.fleet.made.shapes import close, shops_of, with_hours

_SILENT = tuple(kind for kind in KINDS if kind.family is Family.SILENCE)


class Trial(Struct, frozen=True):
    """`fleets`: how many of them are held against it."""

    name: str
    says: str
    fleets: int
    make: Callable[[int], Made]


def _several(size: int, least: int, most: int, **rest: float) -> Callable[[int], Made]:
    return lambda seed: made(size, seed, faults=least + seed % (most - least + 1), **rest)  # type: ignore[arg-type]


def _quiet(seed: int) -> Made:
    """Of any size; every third with five times the everyday faults, every second with labels that are missing or wrong."""
    size = (20, 200, 2000, 20_000)[seed % 4]
    labels = {"missing": 0.3, "wrong": 0.05} if seed % 2 else {}
    return made(size, seed, faults=0, noise=0.1 if seed % 3 == 0 else 0.02, **labels)  # type: ignore[arg-type]


def _hidden(seed: int) -> Made:
    """A dead host, and a bad configuration that most of its terminals cannot tell, for their host does not answer anyway."""
    chance = np.random.default_rng(seed)
    known = people(20_000, chance)
    config = drawn(known, KINDS[7], chance, NOW)
    while config is None or list(config.where) != ["config"]:
        config = drawn(known, KINDS[7], chance, NOW)
    number = int(np.flatnonzero(at(known, config.where))[0])
    host = {"host": known.attributes["host"].values[known.attributes["host"].codes[number]]}
    dead = Injected(Family.GATEWAY, host, (Cause.GATEWAY_DOWN,), float(chance.uniform(0.8, 0.95)), NOW - 9000)
    return made(20_000, seed, faults=(config, dead), known=known)


def _lines(seed: int) -> Made:
    return made(20_000, seed, faults=1 + seed % 2, kinds=_SILENT, silent=0.03)


def _closed(seed: int) -> Made:
    """Whoever is on a dead line and in an open shop is silent, and so is every closed shop."""
    fleet = _lines(seed)
    closed = np.random.default_rng(seed).random(shops_of(fleet)) < 0.5
    fleet.hours = with_hours(fleet, closed)
    close(fleet, closed, seed)
    return fleet


def _partial(seed: int) -> Made:
    return made(20_000, seed, faults=1 + seed % 2, rates=(0.2, 0.6))


TRIALS = (
    Trial("clean", "100,000 terminals, one to three faults at once", 30, _several(100_000, 1, 3)),
    Trial("labels", "20,000; 30 % of labels missing, 5 % wrong", 40, _several(20_000, 1, 2, missing=0.3, wrong=0.05)),
    Trial("many", "20,000; three to six at once, five times the everyday faults", 40, _several(20_000, 3, 6, noise=0.1)),
    Trial("silent", "20,000; dead lines and versions that say nothing any more, three times the terminals that are off", 40, _lines),
    Trial("closed", "20,000; the same at night, half of the shops are closed, and their hours are known", 20, _closed),
    Trial("hidden", "20,000; a dead host hides most victims of a bad configuration", 30, _hidden),
    Trial("small", "300; one fault", 60, _several(300, 1, 1)),
    Trial("partial", "20,000; one or two faults that strike only 20 to 60 % of their place", 40, _partial),
    Trial("quiet", "20 to 20,000, no shared fault", 200, _quiet),
)
