"""When a terminal looks next, so that a fleet does not look at one moment. Pure: `roll` is a number from 0 to 1, drawn by whoever asks.

After a power cut all terminals of a town start within seconds, and when a host fails all of them see it: what each does next must not be
the same for all.
"""

from __future__ import annotations

from probes.ground.spread import place_of
from probes.model import Layer, Symptom
from probes.model.check import Check
from probes.model.facts import Facts

JUST_STARTED_S = 300.0  # a machine that has run for less has just been started
JITTER = 0.05  # of the interval, both ways
RETRY_JITTER = 0.5  # of the pause before another look, which is never shorter than configured
STALLED = 2.0  # times as long where the host took the connection and then stood still: it may be overloaded by all of us
_SILENT = (Symptom.TLS_STALLED, Symptom.SILENT)


def start_offset_s(terminal: str, spread_s: float) -> float:
    """A terminal's own place in the time over which first looks are spread: the same at each start."""
    return spread_s * place_of(terminal)


def first_look_at(running_s: float, terminal: str, spread_s: float) -> float:
    """On the running clock: when gateways may first be looked at by a program that starts now."""
    return running_s + (start_offset_s(terminal, spread_s) if running_s < JUST_STARTED_S else 0.0)


def cycle_after_s(interval_s: float, roll: float) -> float:
    """From one cycle to the next."""
    return interval_s * (1 + JITTER * (2 * roll - 1))


def retry_after_s(retry_s: float, row: int, confirm: int, roll: float, *, stalled: bool = False) -> float:
    """From the beginning of a look that left something to confirm to the next: the `row`-th of its kind.

    As many as confirm it come without delay; where they keep telling something else, each pause is twice the one before.
    """
    doubled = 2.0 ** min(max(0, row - max(1, confirm - 1)), 10)
    return retry_s * (1 + RETRY_JITTER * roll) * doubled * (STALLED if stalled else 1.0)


def stalls(checks: tuple[Check[Facts], ...]) -> bool:
    """Whether a gateway's host took a connection and then stood still."""
    return any(check.layer is Layer.GATEWAY and check.failed and check.symptom in _SILENT for check in checks)


def next_write_s(to_next_s: float, took_s: float, heartbeat_s: float) -> float:
    """The next cycle's end where it comes about as soon as a heartbeat; the heartbeat then only covers a slow one. `took_s`: the last."""
    ends_s = to_next_s + max(0.5, took_s)
    return ends_s if ends_s <= 1.1 * heartbeat_s else heartbeat_s
