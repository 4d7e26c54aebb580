"""Whether this machine's own clock is known to be right, as another one is held against it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec import Struct

from agent.contract import times
from agent.contract.document import SIZE_LIMIT
from probes.edge.net.time_daemon import keeps_the_clock
from probes.ground.deadline import Deadline
from probes.ground.files import is_file, read_small
from probes.model import Kind, Outcome

SYNCHRONISED = Path("/run/systemd/timesync/synchronized")  # made by systemd-timesyncd once it has set the clock, gone with a start
_NEW_S = 3600.0


class _Facts(Struct, frozen=True):
    sources: dict[str, float] = {}


class _Check(Struct):
    id: str = ""
    outcome: str = ""
    facts: _Facts = _Facts()


class _Status(Struct):
    generated_at: str = ""
    checks: list[msgspec.Raw] = []


def is_right(
    state_dir: str, now: float, deadline: Deadline, synchronised: Path = SYNCHRONISED, kept: Callable[[Deadline], bool] = keeps_the_clock
) -> bool:
    """NTP keeps it (systemd-timesyncd, chronyd, ntpd), or this machine's own examination of the last hour held it against sources and found
    nothing. False: nobody knows."""
    return is_file(synchronised) or _found_right(Path(state_dir) / "status.json", now) or kept(deadline)


def _found_right(path: Path, now: float) -> bool:
    try:
        status = msgspec.json.decode(read_small(path, SIZE_LIMIT), type=_Status)
        made = times.parse(status.generated_at)
        if made is None or not abs(now - made) <= _NEW_S:
            return False
        return any(_agrees(check) for check in status.checks if b"clock" in bytes(check))
    except (OSError, ValueError, msgspec.MsgspecError):
        return False


def _agrees(raw: msgspec.Raw) -> bool:
    try:
        check = msgspec.json.decode(raw, type=_Check)
    except msgspec.MsgspecError:
        return False
    return check.id == Kind.CLOCK.id() and check.outcome == Outcome.PASS.value and bool(check.facts.sources)
