"""What goes wrong in a made fleet: shared faults, each of a kind with places where it happens, and what happens to single terminals every
day."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from agent.diagnosis.causes import Cause
from agent.fleet.model.attributes import Cell, Family
from tests.fleet.made.people import Numbers, People, at


class Kind(Struct, frozen=True):
    """`cells`: where it happens. `causes`: what the terminals say, the first mostly."""

    family: Family
    cells: tuple[Cell, ...]
    causes: tuple[Cause, ...] = ()


KINDS = (
    Kind(Family.GATEWAY, (("host",), ("address",)), (Cause.GATEWAY_DOWN, Cause.GATEWAY_ERROR)),
    Kind(Family.GATEWAY, (("host", "isp"), ("config",)), (Cause.GATEWAY_BLOCKED,)),
    Kind(Family.INTERNET, (("isp", "region"), ("isp",), ("region",)), (Cause.INTERNET_DOWN, Cause.UNSTABLE)),
    Kind(Family.INTERNET, (("store",),), (Cause.ROUTER_UNREACHABLE, Cause.INTERNET_DOWN)),
    Kind(Family.INTERNET, (("operator",), ("isp", "uplink")), (Cause.NOT_REGISTERED, Cause.INTERNET_DOWN)),
    Kind(Family.NAMES, (("resolver",), ("isp",), ("isp", "region")), (Cause.DNS_FAILING, Cause.DNS_UNREACHABLE)),
    Kind(
        Family.DEVICE,
        (("version",), ("model",), ("firmware",), ("version", "model")),
        (Cause.PAYMENT_APP_DOWN, Cause.PORT_DRIVER_MISSING, Cause.MEMORY_EXHAUSTED),
    ),
    Kind(Family.CONFIGURATION, (("config",), ("version",)), (Cause.GATEWAY_MISCONFIGURED, Cause.CLIENT_CERTIFICATE)),
    Kind(Family.SILENCE, (("isp", "region"), ("isp",), ("version",))),
)
# what a day brings to single terminals, by how often
EVERYDAY: tuple[tuple[Cause, float], ...] = (
    (Cause.PAPER_OUT, 30),
    (Cause.CABLE_UNPLUGGED, 12),
    (Cause.COVER_OPEN, 6),
    (Cause.WIFI_NOT_JOINED, 5),
    (Cause.ROUTER_UNREACHABLE, 6),
    (Cause.INTERNET_DOWN, 5),
    (Cause.UNSTABLE, 6),
    (Cause.WEAK_SIGNAL, 5),
    (Cause.DHCP_FAILED, 3),
    (Cause.DNS_FAILING, 2),
    (Cause.DNS_UNREACHABLE, 2),
    (Cause.GATEWAY_BLOCKED, 2),
    (Cause.INDETERMINATE, 2),
    (Cause.GATEWAY_DOWN, 1),
    (Cause.DISK_FULL, 2),
    (Cause.BATTERY_LOW, 3),
    (Cause.PAYMENT_APP_DOWN, 3),
    (Cause.DEVICE_UNPLUGGED, 3),
    (Cause.CLOCK_WRONG, 1),
    (Cause.ACCOUNT_SUSPENDED, 1),
    (Cause.GATEWAY_MISCONFIGURED, 1),
)
LEAST_IN_A_SHOP, LEAST = 8, 60  # terminals at the place of a made fault
STRUCK = 6  # of them, as is to be expected
MOST = 0.45  # of the fleet
_MISSING_ORDER = 100


class Injected(Struct, frozen=True):
    """A true fault. `rate`: how likely each terminal of the place has it."""

    family: Family
    where: dict[str, str]
    causes: tuple[Cause, ...]
    rate: float
    began: int
    kind: int = 0


RATES = (0.6, 0.98)  # how likely each terminal of the place has it


def drawn(known: People, kind: Kind, chance: np.random.Generator, now: int, rates: tuple[float, float] = RATES) -> Injected | None:
    """A fault of this kind at a place that is large enough to be one; None where there is no such place."""
    cell = kind.cells[int(chance.integers(len(kind.cells)))]
    least = LEAST_IN_A_SHOP if cell == ("store",) else LEAST
    for _ in range(_MISSING_ORDER):
        number = int(chance.integers(known.size))
        where = {name: known.attributes[name].values[known.attributes[name].codes[number]] for name in cell}
        there, rate = int(at(known, where).sum()), float(chance.uniform(*rates))
        if all(where.values()) and least <= there <= MOST * known.size and rate * there >= STRUCK:
            return Injected(kind.family, where, kind.causes, rate, now - int(chance.integers(4000, 30_000)))
    return None


def overlap(known: People, one: Injected, other: Injected) -> float:
    """Of the smaller's terminals."""
    a, b = at(known, one.where), at(known, other.where)
    return float((a & b).sum() / max(min(a.sum(), b.sum()), 1))


def everyday(chance: np.random.Generator, count: int) -> list[Cause]:
    weights = np.array([share for _, share in EVERYDAY])
    return [EVERYDAY[number][0] for number in chance.choice(len(EVERYDAY), size=count, p=weights / weights.sum())]


def spread(began: int, span: int, count: int, chance: np.random.Generator) -> Numbers:
    """Most notice it in the first minutes."""
    return began + np.minimum(chance.exponential(span, size=count), 4 * span).astype(np.int64)


def said(causes: Sequence[Cause], count: int, chance: np.random.Generator) -> list[Cause]:
    shares = np.array([0.85, 0.1, 0.05][: len(causes)])
    return [causes[number] for number in chance.choice(len(causes), size=count, p=shares / shares.sum())]
