"""What is known of things, kept over a restart: `<state_dir>/record-seen.json`, and what the record's own lines add to it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec
from msgspec import Struct

from agent.contract.day import Today
from agent.contract.event import AnyEvent, ChangeEvent, DayEvent
from agent.contract.legible import stored
from agent.record.days import Planned, Tally
from agent.record.differences import SEVERAL, Known
from agent.storage.atomic import write
from probes.ground.files import read_small

FILE = "record-seen.json"
SIZE_LIMIT = 256 * 1024  # bytes


class Seen(Struct, frozen=True, kw_only=True, array_like=True):
    what: str
    subject: str
    values: tuple[str, ...]


class Baseline(Struct, frozen=True, kw_only=True):
    """`sequence`: of the record's last line when this was written; later lines say what has changed since."""

    schema: str = "posdiag.record-seen/1"
    sequence: int = 0
    things: tuple[Seen, ...] = ()
    day: Tally | None = None
    planned: Planned | None = None
    incident: str = ""  # that is open

    def today(self, events: Iterable[AnyEvent]) -> Tally | None:
        """The day as it was until then; none where it was told to be over since."""
        told = {event.day for event in events if isinstance(event, DayEvent) and event.sequence > self.sequence}
        return self.day if self.day is not None and self.day.day not in told else None

    def known(self, events: Iterable[AnyEvent]) -> Known:
        """With what the lines behind `sequence` tell."""
        known: Known = {(each.what, each.subject): each.values for each in self.things if each.values}
        for event in events:
            if isinstance(event, ChangeEvent) and event.sequence > self.sequence:
                thing = event.what, event.subject
                earlier = [value for value in known.get(thing, ()) if value != event.after]
                known[thing] = (event.after, *earlier)[: SEVERAL.get(event.what, 1)]
        return known


def things_of(known: Known) -> tuple[Seen, ...]:
    return tuple(Seen(what=what, subject=subject, values=values) for (what, subject), values in known.items())


def recall(state_dir: Path) -> Baseline | None:
    """None where there is none, or it cannot be read: then everything is seen for the first time."""
    try:
        return msgspec.json.decode(read_small(state_dir / FILE, SIZE_LIMIT, follow=False), type=Baseline)
    except (OSError, ValueError, RecursionError):
        return None


def running(state_dir: Path, told: Today | None) -> list[Today]:
    """What is known of the day that is not over: as the status document tells of it, and as it is kept for a start."""
    baseline = recall(state_dir)
    kept = baseline.day.until_now(baseline.sequence) if baseline is not None and baseline.day is not None else None
    return [each for each in (told, kept) if each is not None]


def remember(state_dir: Path, baseline: Baseline) -> None:
    """Raises `agent.storage.atomic.StoreError`."""
    write(state_dir / FILE, stored(baseline), mode=0o640)
