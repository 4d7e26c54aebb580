"""What is watched after it ended, as the lines of the record tell: whether the same cause and subject come back. Pure.

One chain of incidents is one watch. It begins at the end of the first, and anew at the end of each that comes back; while that one is there
it rests. It is told once, when it is over. What is known is known from the lines alone, so that a start goes on where a power cut ended it.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from agent.contract.event import AnyEvent, CarriedEvent, CauseEvent, ClosedEvent, OpenedEvent, Watched, WatchedEvent
from agent.record.moments import Moment, began_of, elapsed_s, ended_of, moment_of

MOST = 8  # chains at once; where more end, the one that was well for the longest is over early
FIRST_S = 3600.0  # after an end, in which it comes back most likely
_TOLD_LATE_S = 2 * 3600.0  # no end is told later than that after it was seen
_MOST_LEADS = 20

Subject = tuple[str | None, str]  # code, and what it is about


class _Entry(Struct, kw_only=True):
    """`told.seconds` had passed at `base`; `passed_s`: since then, added up from line to line."""

    told: Watched
    base: Moment
    passed_s: float = 0.0

    def waited_s(self, now: Moment) -> float:
        """The larger of two lower bounds: a clock that is put right later proves more, and starts in a row prove it bit by bit."""
        return self.told.seconds + max(self.passed_s, elapsed_s(self.base, now))


class _Current(Struct, kw_only=True):
    """The incident that is there. `leads`: what led since when."""

    incident: str
    chain: str
    leads: list[tuple[Moment, Subject]]


class Watching:
    """`hours`: how long; 0: nothing is watched. `slack_s`: what was over for longer than this when a later line was written, and is told
    by no line, was watched by nobody."""

    def __init__(self, hours: float, slack_s: float) -> None:
        self._watch_s, self._slack_s = hours * 3600.0, slack_s
        self._entries: list[_Entry] = []  # the one that ended or came back last stands last
        self._early: list[_Entry] = []  # over before their time
        self._current: _Current | None = None
        self._seen: Moment | None = None
        self._resuming = True

    def resumed(self) -> None:
        """All lines of the past were taken; from now on each is taken as it is written."""
        self._resuming = False

    def take(self, event: AnyEvent) -> None:
        """A line of the record, in its order."""
        if not self._watch_s:
            return
        now = moment_of(event)
        self._pass(now)
        match event:
            case CarriedEvent():
                self._carried(event, now)
            case OpenedEvent():
                self._opened(event)
            case CauseEvent() if self._current is not None and event.incident == self._current.incident:
                self._current.leads.append((now, (event.cause, event.subject)))
                del self._current.leads[1:-_MOST_LEADS]
            case ClosedEvent() if self._current is not None and event.incident == self._current.incident:
                self._closed(self._current, event, now)
            case WatchedEvent():
                self._entries = [each for each in self._entries if each.told.incident != event.incident]
                self._early = [each for each in self._early if each.told.incident != event.incident]

    def over(self, now: Moment) -> list[Watched]:
        """What is to be told as watched, each once: its line is taken next. `seconds`: since its latest end, `earlier_s`: in all."""
        self._pass(now)
        for each in [each for each in self._entries if each.told.there and not self._is_there(each)]:  # its end was never written
            self._put(_Entry(told=replace(each.told, there=False), base=now))
        found = [*self._early, *(each for each in self._entries if self._is_over(each, now, 0.0))]
        return [self._as_told(each, now, in_all=True) for each in found]

    def chain_of(self, cause: str | None, subject: str) -> str | None:
        """Of which chain something is that begins now."""
        return next((each.told.incident for each in self._entries[::-1] if (cause, subject) in each.told.causes), None)

    def latest(self, now: Moment) -> tuple[Watched, float] | None:
        """What ended or came back last, and for how many seconds it will be watched yet."""
        if not self._entries:
            return None
        entry = self._entries[-1]
        return entry.told, max(0.0, self._watch_s - entry.waited_s(now))

    def lately(self, now: Moment) -> list[Watched]:
        """What ended within the first hour."""
        return [each.told for each in self._entries if not each.told.there and each.waited_s(now) < min(FIRST_S, self._watch_s)]

    def to_carry(self, now: Moment) -> tuple[Watched, ...]:
        return tuple(self._as_told(each, now) for each in self._entries)

    def _pass(self, now: Moment) -> None:
        step = 0.0 if self._seen is None else elapsed_s(self._seen, now)
        self._seen = now
        for each in self._entries:
            each.passed_s += step
        if self._resuming:
            self._entries = [each for each in self._entries if not self._is_over(each, now, self._slack_s)]

    def _is_there(self, entry: _Entry) -> bool:
        return self._current is not None and self._current.incident == entry.told.last

    def _is_over(self, entry: _Entry, now: Moment, slack_s: float) -> bool:
        return not entry.told.there and entry.waited_s(now) >= self._watch_s + slack_s

    def _begins(self, event: OpenedEvent) -> Moment:
        began = began_of(event)
        self._current = _Current(incident=event.incident, chain=event.chain, leads=[(began, (event.cause, event.subject))])
        return began

    def _opened(self, event: OpenedEvent) -> None:
        began, entry = self._begins(event), self._entry_of(event.chain)
        if entry is None or entry.told.last == event.incident:
            return
        earlier_s = round(entry.told.earlier_s + min(self._watch_s, entry.waited_s(began)), 1)
        again = entry.told.recurred + 1
        told = replace(entry.told, last=event.incident, recurred=again, there=True, seconds=0.0, earlier_s=earlier_s)
        self._put(_Entry(told=told, base=began))

    def _closed(self, current: _Current, event: ClosedEvent, now: Moment) -> None:
        self._current = None
        ended = ended_of(event)
        if now.running_s - ended.running_s > _TOLD_LATE_S:  # the clock was set meanwhile
            ended = now
        entry = self._entry_of(current.chain)
        if entry is None:
            causes = tuple(dict.fromkeys((current.leads[0][1], _longest(current.leads, ended))))
            again = int(current.chain != current.incident)  # the others are known of no more
            told = Watched(incident=current.chain, last=current.incident, causes=causes, since=event.ended_at, recurred=again)
        else:
            told = replace(entry.told, there=False, seconds=0.0)
        self._put(_Entry(told=told, base=ended, passed_s=elapsed_s(ended, now)))
        well = [each for each in self._entries if not each.told.there]
        if len(self._entries) > MOST and well:
            self._entries.remove(well[0])
            self._early.append(well[0])

    def _carried(self, event: CarriedEvent, now: Moment) -> None:
        if event.watched is None:
            return
        self._entries, self._early = [_Entry(told=each, base=now) for each in event.watched], []
        if self._current is None and event.open:
            self._begins(event.open[-1])

    def _entry_of(self, chain: str) -> _Entry | None:
        return next((each for each in self._entries if each.told.incident == chain), None)

    def _put(self, entry: _Entry) -> None:
        self._entries = [*(each for each in self._entries if each.told.incident != entry.told.incident), entry]

    def _as_told(self, entry: _Entry, now: Moment, *, in_all: bool = False) -> Watched:
        seconds = 0.0 if entry.told.there else min(self._watch_s, entry.waited_s(now))
        earlier_s = entry.told.earlier_s + (seconds if in_all else 0.0)
        return replace(entry.told, seconds=round(seconds, 1), earlier_s=round(earlier_s, 1))


def _longest(leads: list[tuple[Moment, Subject]], ended: Moment) -> Subject:
    """What led the longest; of equals the first."""
    seconds: dict[Subject, float] = {}
    ends = [*(moment for moment, _ in leads[1:]), ended]
    for (begun, subject), end in zip(leads, ends, strict=True):
        seconds[subject] = seconds.get(subject, 0.0) + elapsed_s(begun, end)
    return max(seconds, key=lambda subject: seconds[subject])
