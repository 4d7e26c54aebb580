"""Fleets of a shape that no table of shares has: one of each, and what is true of it in words."""

from __future__ import annotations

from array import array
from collections.abc import Callable

import numpy as np
from msgspec import Struct

from agent.diagnosis.causes import Cause
from agent.fleet.localise.hours import WEEK, Hours
from agent.fleet.model.attributes import Family
from agent.fleet.model.row import Row
from agent.fleet.model.table import Table
from agent.fleet.reading import freshness
from agent.fleet.reading.freshness import Reporting
from tests.fleet.made.faults import Injected
from tests.fleet.made.fleet import NOW, Made, made
from tests.fleet.made.people import Attribute, Numbers, People, people

_HOUR = 3600
_NIGHT = 4  # hours before now and after


class Shape(Struct, frozen=True):
    says: str
    make: Callable[[], Made]


def strikes(family: Family, cause: Cause | None, rate: float = 0.9, **where: str) -> Injected:
    return Injected(family, where, (cause,) if cause else (), rate, NOW - 7200)


def folk(size: int, seed: int = 2, **codes: Numbers) -> People:
    """With some attributes otherwise than they are made."""
    known = people(size, np.random.default_rng(seed))
    for name, numbers in codes.items():
        known.attributes[name] = Attribute(known.attributes[name].values, numbers.astype(np.int32))
    return known


def coinciding() -> Made:
    known = folk(5000)
    hosts = known.attributes["host"]
    known.attributes["label:bank"] = Attribute(["", *(f"bank-{number}" for number in range(1, len(hosts.values)))], hosts.codes)
    return made(0, 3, known=known, faults=[strikes(Family.GATEWAY, Cause.GATEWAY_DOWN, host="pay1.example.com")])


def region_of_one_provider() -> Made:
    known = folk(5000)
    region, isp = known.attributes["region"].codes, known.attributes["isp"].codes
    known = folk(5000, isp=np.where(region == 4, 3, np.where(isp == 3, 1, isp)))
    return made(0, 3, known=known, faults=[strikes(Family.INTERNET, Cause.INTERNET_DOWN, region="region-04")])


def rolled_out(fault: Injected) -> Made:
    """A version that three regions have, and nobody else."""
    known = folk(20_000)
    region, version = known.attributes["region"].codes, known.attributes["version"].codes
    known = folk(20_000, version=np.where(region <= 3, 3, np.where(version == 3, 1, version)))
    return made(0, 3, known=known, faults=[fault])


def chain_of_half() -> Made:
    known = folk(20_000)
    chains = known.attributes["label:chain"]
    known.attributes["label:chain"] = Attribute(chains.values, np.where(known.attributes["store"].codes % 2 == 0, 1, chains.codes))
    fault = Injected(Family.CONFIGURATION, {"label:chain": "chain-01"}, (Cause.WIFI_PASSWORD,), 0.9, NOW - 7200)
    return made(0, 3, known=known, faults=[fault])


def two_of_three_hosts() -> Made:
    known = folk(20_000)
    known = folk(20_000, host=(known.attributes["host"].codes - 1) % 3 + 1)
    down = [strikes(Family.GATEWAY, Cause.GATEWAY_DOWN, 0.95, host=f"pay{number}.example.com") for number in (0, 1)]
    return made(0, 1, known=known, faults=down)


def nine_of_ten_regions(family: Family, cause: Cause | None) -> Made:
    known = folk(20_000)
    known = folk(20_000, region=(known.attributes["region"].codes - 1) % 10 + 1)
    return made(0, 1, known=known, faults=[strikes(family, cause, 0.95, region=f"region-{number:02}") for number in range(1, 10)])


def whole_fleet(size: int, rate: float) -> Made:
    return made(size, 1, faults=[strikes(Family.GATEWAY, Cause.GATEWAY_DOWN, rate)])


def close(fleet: Made, struck: Numbers, seed: int) -> None:
    """So many shops, by their number, have closed: each at a moment of its own within four hours, two hours ago at the latest."""
    chance, shop = np.random.default_rng(seed), fleet.people.attributes["store"].codes
    since = (fleet.now - chance.integers(2 * _HOUR, 6 * _HOUR, size=struck.size))[shop]
    for number in np.flatnonzero(struck[shop]).tolist():
        fleet.table.received[number] = min(int(since[number]), fleet.table.received[number])
    fleet.silent = freshness.silent(fleet.table, fleet.now, Reporting())
    fleet.totals = freshness.totals(fleet.table, fleet.silent)


def shops_of(fleet: Made) -> int:
    """One more than there are: the first number is nobody's."""
    return int(fleet.people.attributes["store"].codes.max()) + 1


def night(seed: int, regions: int = 100) -> Made:
    """Four in five shops of so many regions have closed."""
    fleet = made(20_000, 3, faults=0)
    region = np.zeros(shops_of(fleet), dtype=int)
    region[fleet.people.attributes["store"].codes] = fleet.people.attributes["region"].codes
    close(fleet, (np.random.default_rng(seed + 1).random(region.size) < 0.8) & (region <= regions), seed)
    return fleet


def with_hours(fleet: Made, closed: Numbers, weeks: int = 3) -> Hours:
    """As of shops that were looked at for some weeks: those that are closed now always were at this hour, and for four hours around it."""
    stores, hours = fleet.people.attributes["store"].values, Hours()
    table = Table(
        Row(id=f"S{number}", generated=0, valid_until=180, received=0, state=0, can_pay=1, attributes={"store": stores[number]})
        for number in range(1, closed.size)
    )
    for hour in range(-weeks * WEEK, 0):
        moment = fleet.now + hour * _HOUR
        quiet = closed[1:] if (hour + _NIGHT) % 24 < 2 * _NIGHT else np.zeros(closed.size - 1, dtype=bool)
        table.received = array("q", np.where(quiet, 0, moment - 60).astype("q").tobytes())
        hours.note(table, moment)
    return hours


def two_meetings_in_one_host() -> Made:
    blocked = [strikes(Family.GATEWAY, Cause.GATEWAY_BLOCKED, 0.8, host="pay0.example.com", isp=isp) for isp in ("isp-a", "isp-d")]
    return made(20_000, 5, faults=blocked)


def told_twice() -> Made:
    both = [strikes(Family.INTERNET, Cause.INTERNET_DOWN, isp="isp-c"), strikes(Family.SILENCE, None, 0.7, isp="isp-c")]
    return made(20_000, 1, faults=both)


def three_firmwares() -> Made:
    known = folk(20_000)
    bad = [strikes(Family.DEVICE, Cause.PORT_DRIVER_MISSING, firmware=f"POS-100/{number}.0") for number in (1, 2, 3)]
    return made(0, 3, known=known, faults=bad)


def two_mobile_networks() -> Made:
    lost = [strikes(Family.INTERNET, Cause.NOT_REGISTERED, rate, operator=name) for name, rate in (("mobile-x", 0.67), ("mobile-y", 0.83))]
    return made(20_000, 3, faults=lost)


SHAPES = (
    Shape("a label that always coincides with the host; the host is down", coinciding),
    Shape("a region with a provider of its own; its line is dead", region_of_one_provider),
    Shape(
        "a version that three regions have and nobody else; it is bad",
        lambda: rolled_out(strikes(Family.DEVICE, Cause.PAYMENT_APP_DOWN, version="1.5.0")),
    ),
    Shape(
        "the same roll-out; the line of one of the three is dead",
        lambda: rolled_out(strikes(Family.INTERNET, Cause.INTERNET_DOWN, region="region-02")),
    ),
    Shape("a chain with half of the fleet has a wrong password", chain_of_half),
    Shape("two of three hosts are down", two_of_three_hosts),
    Shape("the lines of nine of ten regions are dead", lambda: nine_of_ten_regions(Family.INTERNET, Cause.INTERNET_DOWN)),
    Shape("a host is blocked by two of its providers", two_meetings_in_one_host),
    Shape("a dead line: some victims are silent, some tell it over another line", told_twice),
    Shape("every host fails, 5,000 terminals", lambda: whole_fleet(5000, 1.0)),
    Shape("one in five fails, everywhere alike", lambda: whole_fleet(5000, 0.2)),
    Shape("every host fails, 20 terminals", lambda: whole_fleet(20, 1.0)),
    Shape("one terminal, and it fails", lambda: whole_fleet(1, 1.0)),
    Shape("everybody fell silent at one moment", lambda: made(5000, 3, faults=[strikes(Family.SILENCE, None, 1.0)])),
    Shape("night: four in five shops have closed, and nobody knows their hours", lambda: night(1)),
    Shape("night in a part of the country", lambda: night(1, 4)),
    Shape("35 % of terminals with everyday faults of many kinds", lambda: made(5000, 1, faults=0, noise=0.35)),
    Shape("three firmwares are bad, and they are all that one model has", three_firmwares),
    Shape("two of three mobile networks lost their terminals", two_mobile_networks),
)
