"""The month's truth beside its record: each incident, its beginning and end in examinations, its cause, and what ended it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from agent.contract.times import parse
from tests.lab.month.play import Month, Truth

WATCHED_S = 180.0  # two looks further apart are no watching between
CYCLES = 2


class Held(Struct, frozen=True, kw_only=True):
    """An incident as it was, of one fault or of several that overlap, and what the record has of it. `id` is empty where none is there.
    `began`, `ended`: in which examination after the act it was seen, from 1 on."""

    kinds: tuple[str, ...]
    mend: str  # the last one
    strikes: tuple[str, ...]
    true_causes: tuple[str, ...]
    true_trace: str
    true_tried: tuple[str, ...]
    trouble: str = ""
    id: str = ""
    began: int = 0
    ended: int = 0
    cause: str = ""
    trace: str = ""
    tried: tuple[str, ...] = ()

    @property
    def begins_right(self) -> bool:
        return bool(self.id) and 1 <= self.began <= CYCLES

    @property
    def ends_right(self) -> bool:
        return bool(self.id) and 1 <= self.ended <= CYCLES

    @property
    def cause_right(self) -> bool:
        return self.cause in self.true_causes

    @property
    def ended_right(self) -> bool:
        return bool(self.id) and self.trace == self.true_trace

    @property
    def right(self) -> bool:
        return self.begins_right and self.ends_right and self.cause_right and self.ended_right


class Judged(Struct, frozen=True, kw_only=True):
    """`invented`: incidents of the record that were none; percentages of the watched time in which payment was possible."""

    held: tuple[Held, ...]
    invented: tuple[str, ...]
    percent: float
    true_percent: float
    watched_s: float
    true_watched_s: float
    again_percent: float
    again_counts: bool  # the totals by cause are what they were before the oldest lines went


def true_incidents(truths: Sequence[Truth]) -> list[tuple[Truth, ...]]:
    """Faults that overlap are one incident."""
    found: list[list[Truth]] = []
    for each in sorted(truths, key=lambda each: each.began):
        if found and each.began < max(one.ended for one in found[-1]):
            found[-1].append(each)
        else:
            found.append([each])
    return [tuple(each) for each in found]


def judged(month: Month) -> Judged:
    seen = [look["ended"] for look in month.looks]
    moments = {each["id"]: _moments(month, each) for each in month.history["incidents"]}
    left = {each["id"]: each for each in month.history["incidents"]}
    held = []
    for faults in true_incidents(month.truths):
        began, ended = faults[0].began, max(each.ended for each in faults)
        found = next((name for name in left if began - 1 <= moments[name][0] <= ended + 400), "")
        row = _true(faults)
        if found:
            told, (first, last) = left.pop(found), moments[found]
            row = replace(
                row,
                id=found,
                began=_cycle(seen, began, first),
                ended=_cycle(seen, ended, last),
                cause=told["cause"] or "",
                trace=told["ended_by"].get("trace") or "",
                tried=tuple(each["trace"] for each in told["tried"]),
            )
        held.append(row)
    true_percent, watched = _availability(month)
    told, again = month.history["availability"], month.again["availability"]
    return Judged(
        held=tuple(held),
        invented=tuple(f"{each['cause']} {each['began_at']} to {each['ended_at']}" for each in left.values()),
        percent=told["percent"] or 0.0,
        true_percent=true_percent,
        watched_s=told["watched_s"],
        true_watched_s=watched,
        again_percent=again["percent"] or 0.0,
        again_counts=_counts(month.history) == _counts(month.again),
    )


def _counts(history: dict[str, Any]) -> dict[str, int]:
    return {each["code"]: each["count"] for each in history["causes"]}


def _true(faults: tuple[Truth, ...]) -> Held:
    last = max(faults, key=lambda each: each.ended)
    return Held(
        kinds=tuple(each.kind for each in faults),
        mend=last.mend,
        strikes=tuple(each.strike for each in faults if each.strike),
        true_causes=tuple(dict.fromkeys(code for each in faults for code in each.causes)),
        true_trace=last.trace,
        true_tried=tuple(trace for each in faults for trace in each.tried),
        trouble=" ".join(each.trouble for each in faults if each.trouble),
    )


def _moments(month: Month, told: dict[str, Any]) -> tuple[float, float]:
    """When it began and ended, in seconds of the month: by the clock that nobody sets."""
    return _moment(month, f"opened {told['id']}", "began_at"), _moment(month, f"closed {told['id']}", "ended_at")


def _moment(month: Month, name: str, which: str) -> float:
    line = month.lines.get(name)
    if line is None:
        return float("inf")
    at, then = parse(line["at"]), parse(line[which])
    assert at is not None and then is not None
    return float(month.boots[line["boot_id"]] + line["running_s"] - max(0.0, at - then))


def _cycle(seen: Sequence[float], act: float, told: float) -> int:
    """In which examination after the act it was: that which ended at the moment told of, or nearest to it."""
    if told == float("inf"):
        return 0
    after = bisect_left(seen, told)
    near = min((number for number in (after - 1, after) if 0 <= number < len(seen)), key=lambda number: abs(seen[number] - told))
    return near - bisect_left(seen, act) + 1


def _availability(month: Month) -> tuple[float, float]:
    """Of the time between two looks that belong together: in how much of it payment was possible."""
    watched = bad = 0.0
    stopped = [(each.began, each.ended) for each in month.truths if not each.pays]
    for before, after in zip(month.looks, month.looks[1:], strict=False):
        begin, end = before["ended"], after["ended"]
        if before["start"] != after["start"] or end - begin > WATCHED_S:
            continue
        watched += end - begin
        bad += _overlap(begin, end, stopped)
    return (100 * (1 - bad / watched) if watched else 100.0), watched


def _overlap(begin: float, end: float, spans: Sequence[tuple[float, float]]) -> float:
    """Of overlapping spans what they cover together."""
    covered, until = 0.0, begin
    for first, last in sorted(spans):
        first, last = max(first, until), min(last, end)
        if last > first:
            covered += last - first
            until = last
    return covered
