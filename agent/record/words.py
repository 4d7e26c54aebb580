"""What people said, as far as it still counts: promises that nobody has kept or taken back, planned work, dates that are done with, and
what was said of the steps against an incident."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from agent.contract.event import AnyEvent, CarriedEvent, ClosedEvent, OpenedEvent, ToldEvent
from agent.contract.times import parse

MOST_PROMISES, MOST_SAID, MOST_OPEN, MOST_DATES = 20, 20, 4, 64
SURE = 1.0  # a person who was there
_KEYS = ("at", "what", "word", "text", "step", "helped", "who", "ticket", "promised", "until", "name", "due")


class Standing:
    """Told the lines of the record in their order. Any thread may ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._promises: tuple[ToldEvent, ...] = ()
        self._planned: ToldEvent | None = None
        self._dates: tuple[ToldEvent, ...] = ()
        self._said: dict[str, tuple[ToldEvent, ...]] = {}  # of steps, by the incident, as long as it is open

    def take(self, event: AnyEvent | None) -> None:
        match event:
            case ToldEvent():
                with self._lock:
                    self._take(event)
            case OpenedEvent():
                with self._lock:
                    self._open(event.incident)
            case CarriedEvent():
                with self._lock:
                    for each in event.open:
                        self._open(each.incident)
            case ClosedEvent():
                with self._lock:
                    self._promises = tuple(each for each in self._promises if each.incident != event.incident)
                    self._said.pop(event.incident, None)

    def _open(self, incident: str) -> None:
        self._said.setdefault(incident, ())
        self._said = dict(list(self._said.items())[-MOST_OPEN:])

    def _take(self, event: ToldEvent) -> None:
        if event.what == "maintenance":
            self._planned = event
        if event.what == "date":
            others = [each for each in self._dates if (each.name.casefold(), each.due) != (event.name.casefold(), event.due)]
            self._dates = (*others, event)[-MOST_DATES:]
        if event.step and event.incident in self._said:
            self._said[event.incident] = (*self._said[event.incident], event)[-MOST_SAID:]
        if event.who or event.ticket:
            self._promises = tuple(each for each in self._promises if not answers(event, each))
        if event.promised:
            self._promises = (*self._promises, event)[-MOST_PROMISES:]

    def forget(self, name: str) -> None:
        """Of a word, or of an incident."""
        with self._lock:
            self._promises = tuple(each for each in self._promises if name not in (each.word, each.incident))
            self._said = {
                incident: tuple(each for each in said if name not in (each.word, each.incident)) for incident, said in self._said.items()
            }
            self._dates = tuple(each for each in self._dates if name != each.word)
            if self._planned is not None and name == self._planned.word:
                self._planned = None

    @property
    def promises(self) -> tuple[ToldEvent, ...]:
        """The oldest first."""
        return self._promises

    @property
    def dates(self) -> tuple[ToldEvent, ...]:
        """Those that are done with, as far as anybody said; the last of each is the last."""
        return self._dates

    def said(self, incident: str) -> tuple[ToldEvent, ...]:
        """Of its steps, while it is open."""
        return self._said.get(incident, ())

    def planned(self, now: float) -> ToldEvent | None:
        """The planned work of now, seconds since the epoch."""
        planned = self._planned
        return planned if planned is not None and (parse(planned.until) or 0.0) > now else None

    def counting(self, now: float) -> tuple[ToldEvent, ...]:
        """All of it, in the order of the lines, each once."""
        planned = self.planned(now)
        said = [each for words in self._said.values() for each in words]
        found = {each.word: each for each in (*self._promises, *self._dates, *said, *((planned,) if planned is not None else ()))}
        return tuple(sorted(found.values(), key=lambda each: each.sequence))


def answers(later: ToldEvent, promise: ToldEvent) -> bool:
    """Whether the later word is about the same call: with the same ticket, or the same name where one of the two has no ticket."""
    if later.ticket and promise.ticket:
        return later.ticket.casefold() == promise.ticket.casefold()
    return later.incident == promise.incident and bool(later.who) and later.who.casefold() == promise.who.casefold()


def passed(promise: ToldEvent, today: date) -> bool:
    """Whether its day is over; what is no day is."""
    try:
        return date.fromisoformat(promise.promised) < today
    except ValueError:
        return True


def as_told(event: ToldEvent) -> dict[str, Any]:
    """For the documents: what it says, and nothing of what it does not."""
    return {key: value for key in _KEYS if (value := getattr(event, key))}


def judged(
    ended_by: Mapping[str, Any],
    tried: Sequence[Mapping[str, Any]],
    said: Iterable[ToldEvent],
    led: tuple[str | None, str | None],
    trace_of: Callable[[str | None, str], str | None] = lambda cause, step: None,
    seconds: Callable[[ToldEvent], float] = lambda event: 0.0,
) -> tuple[dict[str, Any], tuple[dict[str, Any], ...]]:
    """`ended_by` and `tried` of an incident as people's words have them, which outrank what was inferred: the step that was last said to
    have helped ended it, and one that was said not to have helped did not. `led`: the causes that led first and last; where `cause` is left
    out, a line means the first, a word the last. `trace_of`: what a step leaves to be seen; `seconds`: since the beginning."""
    first, last = led
    words: dict[_Deed, ToldEvent] = {}
    for each in said:
        code, _, step = each.step.rpartition(":")
        if step and each.helped in ("yes", "no"):
            words.pop((code or last, step), None)
            words[code or last, step] = each
    helped = [deed for deed, each in words.items() if each.helped == "yes"]
    in_vain = [deed for deed, each in words.items() if each.helped == "no"]
    ended, done = dict(ended_by), [dict(each) for each in tried]
    if helped:
        trace = ended.get("trace") if _deed(ended, first) == helped[-1] else trace_of(*helped[-1])
        done = [each for each in done if _deed(each, first) != helped[-1]]
        ended = {"trace": trace, **_named(helped[-1], first), "how": "told", "confidence": SURE}
    elif _deed(ended, first) in in_vain:
        ended = {"trace": None, "step": None, "how": "unknown", "confidence": 0.0}
    known = [_deed(each, first) for each in done]
    done += [
        {"trace": trace_of(*deed), **_named(deed, first), "seconds": round(seconds(words[deed])), "how": "told"}
        for deed in in_vain
        if deed not in known
    ]
    return ended, tuple(done)


_Deed = tuple[str | None, str]  # a cause, and the id of a step against it


def _deed(told: Mapping[str, Any], first: str | None) -> _Deed:
    return told.get("cause") or first, str(told.get("step") or "")


def _named(deed: _Deed, first: str | None) -> dict[str, str]:
    cause, step = deed
    return {"step": step} | ({"cause": cause} if cause and cause != first else {})
