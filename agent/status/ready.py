"""What an audit rests on, gathered: the configuration, the last look, the record, and what was printed."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

from agent import __version__
from agent.contract.event import ClosedEvent, ToldEvent
from agent.readiness.known import Fleet, Known, LooseEnd
from agent.record.drills import last_drills
from agent.record.loose_ends import loose_ends
from agent.settings.left_in import left_in
from agent.settings.load import Loaded
from agent.storage.history_file import lines_in, parts
from agent.storage.printed import printed_for
from probes.due_date import here_and_now
from probes.ground.moments import here
from probes.model import Check, Facts


def gathered(
    loaded: Loaded,
    checks: Sequence[Check[Facts]] | None,
    promises: Sequence[ToldEvent],
    now: float,
    fleet: tuple[str, str] = ("", ""),
) -> Known:
    """`checks`: of the last look, None where there is none that can be believed. `now`: seconds since the epoch."""
    folder = Path(loaded.settings.agent.state_dir)
    readable = _readable(folder)
    return Known(
        settings=loaded.settings,
        today=here_and_now(now),
        version=__version__,
        config_hash=loaded.hash,
        checks=checks,
        drills=last_drills(folder) if readable else None,
        loose_ends=_loose(folder) if readable else None,
        promises=promises if readable else None,
        printed=printed_for(folder),
        examples=sum(1 for _ in left_in(loaded.settings)),
        fleet=Fleet(agent_version=fleet[0], config_hash=fleet[1]),
    )


def _readable(folder: Path) -> bool:
    """A record that is not there yet holds nothing, and can be read."""
    try:
        for path in parts(folder):
            next(lines_in(path), None)
    except OSError:
        return False
    return True


def _loose(folder: Path) -> list[LooseEnd] | None:
    with suppress(OSError):
        return [LooseEnd(incident=each.incident, ended_on=day) for each in loose_ends(folder) if (day := _ended_on(each)) is not None]
    return None


def _ended_on(event: ClosedEvent) -> date | None:
    try:
        return here(datetime.fromisoformat(event.ended_at)).date()
    except (ValueError, OverflowError, OSError):
        return None
