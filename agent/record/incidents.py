"""The incidents of the record, each put together from its lines. Pure, and one pass over the lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from agent.contract.event import AnyEvent, CauseEvent, ClosedEvent, OpenedEvent, ToldEvent
from agent.contract.history import PastIncident
from agent.contract.times import utc
from agent.record.endings import can_end
from agent.record.learned import Led
from agent.record.moments import Moment, back, began_of, elapsed_s, ended_of, moment_of
from agent.record.words import as_told, judged

# from the best to the worst; what only a later version knows is as bad as what cannot be told
_STATES = ("ok", "degraded", "unknown", "outage")
_ANSWERS = ("yes", "unknown", "no")
Told = OpenedEvent | CauseEvent


class Lived(Struct, frozen=True, kw_only=True):
    """An incident with what is needed to reckon with it: `began` and `ended` on the clock that nobody sets, `first` and `last` sequence,
    and which causes led first and last."""

    told: PastIncident
    led: Led
    began: Moment
    ended: Moment
    first: int
    last: int | None


class _Open:
    """What is known of one until it ends."""

    def __init__(self, opened: OpenedEvent) -> None:
        self.opened = opened
        self.began = began_of(opened)
        self.leads: list[tuple[Moment, Told]] = [(self.began, opened)]

    def closed(self, ended: Moment, duration_s: float, closed: ClosedEvent | None, *, still: bool) -> Lived:
        opened, leading = self.opened, self._leading(ended, closed)
        all_told = [told for _, told in self.leads]
        told = PastIncident(
            id=opened.incident,
            chain=opened.chain,
            began_at=opened.began_at,
            ended_at=None if still else closed.ended_at if closed else utc(ended.at),
            duration_s=round(duration_s, 1),
            state=_worst((each.state for each in all_told), _STATES),
            can_pay=_worst((each.can_pay for each in all_told), _ANSWERS),
            cause=leading.cause,
            causes=tuple(dict.fromkeys(each.cause for each in all_told if each.cause)),
            subject=leading.subject,
            category=leading.category,
            changes_before=opened.changes_before,
            ended_by=closed.ended_by if closed else {},
            tried=closed.tried if closed else (),
            times=closed.times if closed else 1,
        )
        codes = [each.cause for each in all_told if each.cause]
        return Lived(
            told=told,
            led=Led(codes[0], codes[-1]) if codes else Led(),
            began=self.began,
            ended=ended,
            first=opened.sequence,
            last=closed.sequence if closed else None,
        )

    def _leading(self, ended: Moment, closed: ClosedEvent | None) -> Told:
        """Whose cause led the longest; of equals the first. What a repair brings with it is part of the cause that it was made against."""
        ends = [*(moment for moment, _ in self.leads[1:]), ended]
        seconds: dict[str | None, float] = {}
        for number, ((begun, told), end) in enumerate(zip(self.leads, ends, strict=True)):
            before = self.leads[number - 1][1].cause if number else None
            brought = before is not None and any(
                can_end(each.get("trace"), before) and (each.get("cause") or self.opened.cause) == before
                for each in _repairs(closed, elapsed_s(self.began, begun), elapsed_s(self.began, end), ends=end is ended)
            )
            cause = before if brought else told.cause
            seconds[cause] = seconds.get(cause, 0.0) + elapsed_s(begun, end)
        longest = max(seconds, key=lambda cause: seconds[cause])
        return next(told for _, told in self.leads if told.cause == longest)


def _repairs(closed: ClosedEvent | None, after_s: float, until_s: float, *, ends: bool) -> Iterator[dict[str, Any]]:
    """Those that were complete while a cause led: tried in vain between these seconds of the incident, or what ended it."""
    if closed is not None:
        yield from (each for each in closed.tried if after_s <= (each.get("seconds") or 0.0) <= until_s)
        if ends:
            yield closed.ended_by


def is_called(incident: PastIncident, name: str) -> bool:
    """By the name that a person typed, in whatever case."""
    return incident.id.lower() == name.strip().lower()


def incidents(carried: Sequence[OpenedEvent], events: Iterable[AnyEvent], now: Moment, *, well_since: Moment | None = None) -> list[Lived]:
    """In the order in which they opened. `carried`: those that opened in files that are gone. At most one is open at a time: where the
    end of one was never written, it ended when the next one opened at the latest. What people said of one may stand behind its end.
    `well_since`: since when the service holds none for open; where it is sparing with lines the end of one is written an hour later."""
    found: list[Lived] = []
    said: dict[str, list[ToldEvent]] = {}
    known: dict[str, _Open] = {}
    over: set[str] = set()
    for event in chain(carried, events):
        match event:
            case OpenedEvent():
                earlier = [each for name, each in known.items() if name != event.incident]
                found += (_superseded(each, event) for each in earlier)
                over |= {each.opened.incident for each in earlier}
                known = {event.incident: known.get(event.incident) or _Open(event)}
            case ToldEvent() if event.incident:
                said.setdefault(event.incident, []).append(event)
            case CauseEvent() if event.incident in known:
                known[event.incident].leads.append((moment_of(event), event))
            case ClosedEvent() if event.incident not in over:
                over.add(event.incident)
                found.append(_closed(known.pop(event.incident, None), event))
    found += (_not_closed(each, now, well_since) for each in known.values())
    with_words = [_with_words(each, said.get(each.told.id, ())) for each in found]
    return _with_recurrences(sorted(with_words, key=lambda each: each.first))


def _not_closed(known: _Open, now: Moment, well_since: Moment | None) -> Lived:
    """One that began after all was well, as the status has it, is younger than that."""
    over = well_since is not None and elapsed_s(well_since, now) < elapsed_s(known.began, now)
    ended = well_since if over and well_since is not None else now
    return known.closed(ended, elapsed_s(known.began, ended), None, still=not over)


def _closed(known: _Open | None, event: ClosedEvent) -> Lived:
    ended = ended_of(event)
    return (known or _Open(_unknown(event, ended))).closed(ended, event.duration_s, event, still=False)


def _unknown(event: ClosedEvent, ended: Moment) -> OpenedEvent:
    """Of one whose opening cannot be read."""
    began = back(ended, event.duration_s)
    return OpenedEvent(
        incident=event.incident,
        chain=event.incident,
        began_at=utc(began.at),
        at=utc(began.at),
        state="unknown",
        can_pay="unknown",
        cause=None,
        subject="",
        category=None,
        confidence=0.0,
        boot_id=event.boot_id,
        running_s=began.running_s,
        clock=event.clock,
        sequence=event.sequence,
    )


def _superseded(known: _Open, later: OpenedEvent) -> Lived:
    ended = began_of(later)
    return known.closed(ended, elapsed_s(known.began, ended), None, still=False)


def _with_words(lived: Lived, said: Sequence[ToldEvent]) -> Lived:
    """What people said of it, which outranks what was inferred."""
    if not said:
        return lived
    told = lived.told
    led = (lived.led.first, lived.led.last)
    ended_by, tried = judged(told.ended_by, told.tried, said, led, seconds=lambda event: elapsed_s(lived.began, moment_of(event)))
    return replace(lived, told=replace(told, ended_by=ended_by, tried=tried, told=tuple(map(as_told, said))))


def _with_recurrences(found: list[Lived]) -> list[Lived]:
    """Each with how often it came back later, which of its chain it is, and how long after the first of them, as far as they
    are told one by one."""
    in_all = Counter(each.told.chain for each in found)
    known: dict[str, tuple[int, Moment]] = {}
    counted = []
    for each in found:
        name = each.told.chain
        so_far, first = known.get(name, (0, each.began))
        known[name] = so_far + 1, first
        told = replace(each.told, recurred=in_all[name] - so_far - 1, number=so_far + 1, within_s=round(elapsed_s(first, each.began), 1))
        counted.append(replace(each, told=told))
    return counted


def _worst(found: Iterable[str], order: Sequence[str]) -> str:
    doubt = order.index("unknown")
    return max(found, key=lambda word: order.index(word) if word in order else doubt)
