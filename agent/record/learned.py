"""How often each step was tried here against its cause, and how often it ended it: counted from the lines of the record, one after another.

What was done counts for the cause that led when it was begun. Where the record names the step, the step has the credit; where several steps
leave the trace that was seen, the trace has it, and `agent/remedy/ordering.py` shares it out. What ended by itself is no step's success,
and a failure of nothing but what was tried. What was tried against a cause that led no more at the end may have ended that one, and counts
as neither. A person's word outranks what was inferred. An incident counts once it is over.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from msgspec import Struct, field

from agent.contract.event import AnyEvent, CarriedEvent, CauseEvent, ClosedEvent, OpenedEvent, StepCount, ToldEvent
from agent.contract.experience import Tally
from agent.contract.trace import ELSEWHERE, Trace
from agent.diagnosis.causes import Cause

MOST_REMEMBERED = 24  # incidents: a word about an older one is not counted
MOST_COUNTED = 120  # steps and traces of all causes together
MOST_DONE = 12  # in one incident
_ID = re.compile(r"[a-z][a-z0-9_]{0,47}")


class Deed(Struct, frozen=True):
    """What was done against a cause: a step, or, where several leave what was seen, the trace. The other of the two is empty; both are
    where an incident ended and nobody knows by what, or by itself: it may have been a step that leaves nothing to see."""

    cause: str
    step: str = ""
    trace: str = ""


Words = Mapping[Deed, str]  # what people said of what they did (yes, no, unknown), the latest last


class Ended(Struct, frozen=True):
    """Of an incident that is over: what was tried, and what ended it. Nothing is known of one whose end was not written."""

    tried: tuple[Deed, ...] = ()
    by: Deed | None = None


class Led(Struct, frozen=True):
    """The first and the last of the causes that led an incident."""

    first: str | None = None
    last: str | None = None


def ended(led: Led, ended_by: Mapping[str, Any], tried: Iterable[Mapping[str, Any]]) -> Ended:
    """Of a `closed` line."""
    cause = led.first
    found = dict.fromkeys(
        deed for each in islice(tried, MOST_DONE) if (deed := _deed(each, cause)) and deed.cause == led.last and deed != Deed(deed.cause)
    )
    done = ended_by.get("how") == "told" or (ended_by.get("how") == "seen" and ended_by.get("trace") not in ELSEWHERE)
    return Ended(tuple(found), _deed(ended_by, cause) if done else _deed({}, led.last))


def outcomes(end: Ended, words: Words) -> dict[Deed, bool]:
    """What was done in one incident, and whether it helped: one thing at most did."""
    found = dict.fromkeys((*end.tried, *(deed for deed, said in words.items() if said in ("yes", "no"))), False)
    told = next((deed for deed, said in reversed(list(words.items())) if said == "yes"), None)
    if told is not None:
        if end.by is not None and end.by.step:  # it was done, and did not end it; a trace may be that of the step that was told
            found[end.by] = False
        found[told] = True
    elif end.by is not None:
        found[end.by] = bool(end.by.step or end.by.trace) and words.get(end.by) != "no"
    return found


def word(said: str, cause: str | None) -> Deed | None:
    """A step as people name it: that of the cause, or `CODE:STEP`."""
    code, _, step = said.rpartition(":")
    return _deed({"step": step, "cause": code}, cause) if step else None


def _deed(told: Mapping[str, Any], cause: str | None) -> Deed | None:
    """None for what no version of this could have ordered. `cause`: where the line names no other."""
    code, step, trace = told.get("cause") or cause, told.get("step"), told.get("trace")
    try:
        known = Cause.of(code or "").value
    except (KeyError, TypeError):
        return None
    if isinstance(step, str) and _ID.fullmatch(step):
        return Deed(known, step=sys.intern(step))
    if not step and isinstance(trace, str) and Trace(trace).known:
        return Deed(known, trace=Trace(trace).value)
    return Deed(known) if not step and not trace else None


class _Incident(Struct):
    led: Led
    end: Ended | None = None
    words: dict[Deed, str] = field(default_factory=dict)

    def outcomes(self) -> dict[Deed, bool]:
        return {} if self.end is None else outcomes(self.end, self.words)


class Learned:
    """Takes the lines in their order. Keeps tallies, and of the last incidents what a later word may set right."""

    def __init__(self) -> None:
        self._counts: dict[Deed, tuple[int, int]] = {}
        self._lately: dict[str, _Incident] = {}

    def take(self, event: AnyEvent) -> bool:
        """Whether the tallies may be others now."""
        match event:
            case OpenedEvent() if event.incident not in self._lately:
                self._opens(event)
            case CauseEvent() if event.incident in self._lately:
                known = self._lately[event.incident]
                known.led = Led(known.led.first or event.cause, event.cause or known.led.last)
            case ClosedEvent() if event.incident in self._lately:
                known = self._lately[event.incident]
                if known.end is None:
                    self._count(known, ended(known.led, event.ended_by, event.tried), known.words)
                    return True
            case ToldEvent() if event.incident in self._lately and event.step:
                return self._hears(self._lately[event.incident], event)
            case CarriedEvent():
                for each in event.steps:
                    deed = _deed({"step": each.step, "trace": each.trace}, each.cause)
                    if deed is not None and 0 <= each.helped <= each.tried:
                        self._add(deed, each.tried, each.helped)
                for opened in event.open:
                    self.take(opened)
                return bool(event.steps)
            case _:
                pass
        return False

    def tallies(self) -> tuple[dict[Cause, dict[str, Tally]], dict[Cause, dict[str, Tally]]]:
        """By cause: those of steps, and those of traces. Under the empty trace: how many ended by nobody knows what."""
        steps, traces = dict[Cause, dict[str, Tally]](), dict[Cause, dict[str, Tally]]()
        for deed, (tried, helped) in self._counts.items():
            (steps if deed.step else traces).setdefault(Cause.of(deed.cause), {})[deed.step or deed.trace] = Tally(tried, helped)
        return steps, traces

    def totals(self) -> tuple[StepCount, ...]:
        """The same as rows, the most tried first."""
        rows = (StepCount(cause=e.cause, step=e.step, trace=e.trace, tried=n, helped=helped) for e, (n, helped) in self._counts.items())
        return tuple(sorted(rows, key=lambda each: (-each.tried, each.cause, each.step, each.trace)))

    def _opens(self, event: OpenedEvent) -> None:
        """One is open at a time: what was open until now is over, though its end was not written."""
        for known in self._lately.values():
            if known.end is None:
                self._count(known, Ended(), known.words)
        self._lately[event.incident] = _Incident(Led(event.cause, event.cause))
        while len(self._lately) > MOST_REMEMBERED:
            del self._lately[next(iter(self._lately))]

    def _hears(self, known: _Incident, event: ToldEvent) -> bool:
        deed = word(event.step, known.led.last)
        if event.what != "did" or deed is None or (deed not in known.words and len(known.words) >= MOST_DONE):
            return False
        self._count(known, known.end, {each: said for each, said in known.words.items() if each != deed} | {deed: event.helped})
        return known.end is not None

    def _count(self, known: _Incident, end: Ended | None, words: dict[Deed, str]) -> None:
        before = known.outcomes()
        known.end, known.words = end, words
        for sign, found in ((-1, before), (1, known.outcomes())):
            for deed, helped in found.items():
                self._add(deed, sign, sign * helped)

    def _add(self, deed: Deed, tried: int, helped: int) -> None:
        had = self._counts.get(deed)
        if had is None and len(self._counts) >= MOST_COUNTED:
            return
        count = (had or (0, 0))[0] + tried, (had or (0, 0))[1] + helped
        if count[0] > 0:
            self._counts[deed] = count
        else:
            self._counts.pop(deed, None)
