"""How hosts and lines answered in a day: few of their times kept, and of an uplink one answer a look, of what was asked anyway. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from agent.contract.event import GatewayDay
from probes.model import Check, Facts
from probes.model.facts import GatewayFacts, HttpCheckFacts, ReachFacts

_MOST_SAMPLES = 32  # of one in a day: past it every other one is let go, and from then on so many fewer are taken
_MOST_GATEWAYS, _MOST_UPLINKS = 16, 4


class Answers(Struct, frozen=True, kw_only=True, array_like=True):
    """Of one gateway or uplink. `every`: of so many looks one leaves its `times_ms`."""

    looks: int = 0
    failed: int = 0
    every: int = 1
    times_ms: tuple[float, ...] = ()

    def with_look(self, ok: bool, took_ms: float | None) -> Answers:
        times_ms, every = self.times_ms, self.every
        if took_ms is not None and self.looks % every == 0:
            times_ms = (*times_ms, round(took_ms, 1))
        if len(times_ms) > _MOST_SAMPLES:
            times_ms, every = times_ms[::2], 2 * every
        return Answers(looks=self.looks + 1, failed=self.failed + (not ok), every=every, times_ms=times_ms)

    def told(self) -> GatewayDay:
        ordered = sorted(self.times_ms)
        return GatewayDay(
            n=self.looks,
            p50_ms=_share(ordered, 0.5),
            p95_ms=_share(ordered, 0.95),
            loss_percent=round(100 * self.failed / self.looks, 1) if self.looks else None,
        )


Known = Mapping[str, Answers]


class Listener:
    """Counts each answer once: one that stands as it was seen earlier has its time. `named`: by which name a gateway is kept, since a
    number may have been typed in the place of one."""

    def __init__(self, named: Callable[[str], str]) -> None:
        self._named = named
        self._seen: frozenset[tuple[str, str]] = frozenset()  # what the last look showed: which check, and when it was made

    def look(
        self, checks: Iterable[Check[Facts]], uplink: str, gateways: Known, uplinks: Known
    ) -> tuple[dict[str, Answers], dict[str, Answers]]:
        """`uplink`: the interface that carries the default route. One that carried it earlier that day is still asked for."""
        shown = [check for check in checks if check.made and isinstance(check.facts, GatewayFacts | HttpCheckFacts | ReachFacts)]
        fresh = [check for check in shown if (check.id, check.observed_at) not in self._seen]
        self._seen = frozenset((check.id, check.observed_at) for check in shown)
        of_gateways, of_uplinks = dict(gateways), dict(uplinks)
        for check in fresh:
            if isinstance(check.facts, GatewayFacts):
                _count(of_gateways, self._named(check.name), check.ok, check.facts.connect_ms, _MOST_GATEWAYS)
        for name in {uplink, *uplinks} - {""}:
            asked = [check for check in fresh if _beyond(check.facts, name)]
            if asked:
                times = [took for check in asked if (took := _connect_ms(check.facts)) is not None]
                _count(of_uplinks, name, bool(times) or any(check.ok for check in asked), min(times, default=None), _MOST_UPLINKS)
        return of_gateways, of_uplinks


def _count(found: dict[str, Answers], name: str, ok: bool, took_ms: float | None, most: int) -> None:
    if name in found or len(found) < most:
        found[name] = found.get(name, Answers()).with_look(ok, took_ms)


def _beyond(facts: Facts, interface: str) -> bool:
    """Asked of a host behind the router of that interface; a neighbour on the link says nothing of the line."""
    return isinstance(facts, GatewayFacts | HttpCheckFacts | ReachFacts) and facts.interface == interface and bool(facts.via)


def _connect_ms(facts: Facts) -> float | None:
    return facts.connect_ms if isinstance(facts, GatewayFacts | HttpCheckFacts | ReachFacts) else None


def _share(ordered: list[float], share: float) -> float | None:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None
