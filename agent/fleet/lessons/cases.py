"""An incident of a terminal as a case: what was done in it, and what ended it. Pure.

What was done is counted as a terminal counts it of its own record (`agent.record.learned`): for the cause that led when it was begun, to
the step where the step is known, else to the trace that was seen; a person's word outranks what was inferred.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from msgspec import Struct

from agent.contract.times import parse
from agent.contract.trace import ELSEWHERE
from agent.record.learned import Deed, Led, ended, outcomes, word

_SAID = ("yes", "no")


class End(StrEnum):
    BY_A_STEP = "step"  # or by one of several that leave the same trace
    BY_ITSELF = "itself"  # nobody on site did anything: the host, the line, the account was back
    NOBODY_KNOWS = "unknown"
    NOT_TOLD = "not_told"  # by whoever told of the incident: it may be any of the others


class Done(Struct, frozen=True, gc=False):
    """Something that was done against a cause. `step`, or where several leave what was seen the `trace`; `told`: a person said so."""

    cause: str
    step: str
    trace: str
    helped: bool
    told: bool


class Case(Struct, frozen=True, kw_only=True):
    """An incident that is over. `began`, `until`: seconds since the epoch; `cause`: that led the longest; `last`: the one that led at the
    end, by which it is said to have ended."""

    terminal: str
    began: int
    until: int
    cause: str
    last: str
    end: End
    done: tuple[Done, ...] = ()


def case(
    terminal: str,
    began_at: str,
    ended_at: str | None,
    cause: str | None,
    causes: Sequence[str],
    ended_by: Mapping[str, Any],
    tried: Sequence[Mapping[str, Any]],
    words: Sequence[Mapping[str, Any]] = (),
) -> Case | None:
    """As `posdiag.history/1` has an incident; None for one that is not over, or that no case can be made of."""
    began, until = parse(began_at), parse(ended_at or "")
    if began is None or until is None or until < began or not causes:
        return None
    led = Led(causes[0], causes[-1])
    said = _said(words, led.last)
    found = outcomes(ended(led, ended_by, tried), said)
    told = {deed for deed, helped in said.items() if helped in _SAID}
    by_word = ended_by.get("how") == "told"
    done = tuple(
        Done(deed.cause, deed.step, deed.trace, helped, deed in told or (helped and by_word))
        for deed, helped in found.items()
        if deed.step or deed.trace
    )
    return Case(
        terminal=terminal,
        began=int(began),
        until=int(until),
        cause=cause or causes[0],
        last=causes[-1],
        end=_end(done, ended_by),
        done=done,
    )


def _said(words: Sequence[Mapping[str, Any]], cause: str | None) -> dict[Deed, str]:
    """What people said of the steps that they did, the latest last."""
    found: dict[Deed, str] = {}
    for each in words:
        deed = word(str(each.get("step", "")), cause) if each.get("what") == "did" else None
        if deed is not None:
            found.pop(deed, None)
            found[deed] = str(each.get("helped", ""))
    return found


def _end(done: Sequence[Done], ended_by: Mapping[str, Any]) -> End:
    if any(each.helped for each in done):
        return End.BY_A_STEP
    return End.BY_ITSELF if ended_by.get("how") == "seen" and ended_by.get("trace") in ELSEWHERE else End.NOBODY_KNOWS
