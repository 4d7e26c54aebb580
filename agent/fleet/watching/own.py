"""What whoever looks at the fleet tells of itself, so that its own silence is noticed: a file of metrics stays where it is when its writer
is gone, and all stands well in it."""

from __future__ import annotations

from collections.abc import Iterator

from agent.present.exposition import gauge


def about(*, every_s: float, took_s: float, failing: bool = False, undelivered: int = 0) -> Iterator[str]:
    """`every_s`: until the next look; `took_s`: the last one; `failing`: it could not be made, and the answer is an earlier one;
    `undelivered`: receivers of alerts that have not taken them."""
    yield from gauge("posdiag_fleet_up", "Whether the fleet is being looked at.", [({}, 1)])
    yield from gauge("posdiag_fleet_every_seconds", "After which time it is looked at again.", [({}, every_s)])
    yield from gauge("posdiag_fleet_look_duration_seconds", "How long the last look took.", [({}, round(took_s, 3))])
    yield from gauge("posdiag_fleet_look_failing", "Whether the last look could not be made.", [({}, int(failing))])
    yield from gauge("posdiag_fleet_alerts_undelivered", "Receivers of alerts that have not taken the last ones.", [({}, undelivered)])


def stopped() -> str:
    """In the place of all metrics, after an orderly end: what was true then is nobody's news any more."""
    return "".join(f"{line}\n" for line in gauge("posdiag_fleet_up", "Whether the fleet is being looked at.", [({}, 0)]))
