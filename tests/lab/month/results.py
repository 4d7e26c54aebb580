"""What a month's record was worth: kept as a file, and its section of docs/accuracy.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from tests.lab.month.judge import Held, Judged
from tests.lab.month.play import Month

SEED = 3  # of the month that `make lab` plays; the first contact was with month 1, the later one is month 2
KEPT = Path(__file__).parent / "results"


class Result(Struct, frozen=True, kw_only=True):
    seed: int
    faults: int
    kinds: int
    traces: int  # repairs that leave one of their own
    minutes: float
    days: float
    looks: int
    counts: dict[str, int]
    judged: Judged


def result(seed: int, judged: Judged, month: Month, took_s: float) -> Result:
    truths = month.truths
    return Result(
        seed=seed,
        faults=len(truths),
        kinds=len({each.kind for each in truths}),
        traces=len({each.trace for each in truths if each.trace}),
        minutes=round(took_s / 60, 1),
        days=round((month.looks[-1]["ended"] - month.looks[0]["ended"]) / 86400, 1),
        looks=len(month.looks),
        counts=month.counts,
        judged=judged,
    )


def keep(name: str, found: Result) -> None:
    KEPT.mkdir(exist_ok=True)
    (KEPT / f"{name}.json").write_bytes(msgspec.json.format(msgspec.json.encode(found)) + b"\n")


def load(name: str) -> Result:
    return msgspec.json.decode((KEPT / f"{name}.json").read_bytes(), type=Result)


def months() -> list[tuple[str, str, Result]]:
    """Those that are published, by name, and by that of the file: one before anything was mended, another one later, and a third one as it
    was when it was first played with what is there today."""
    names = (("first contact", "first"), ("later, another month", "second"), ("today, a third month", "today"))
    return [(name, kept, load(kept)) for name, kept in names]


def _share(rows: Sequence[Held], right: Iterable[bool]) -> str:
    count = sum(right)
    return f"{count} of {len(rows)} ({100 * count / max(1, len(rows)):.1f} %)"


def numbers(found: Result) -> list[tuple[str, str, str]]:
    """What was measured, how it came out, and what is wanted."""
    judged = found.judged
    rows = judged.held
    off = abs(judged.percent - judged.true_percent)
    return [
        ("incidents that were there, and are in the record", _share(rows, (bool(each.id) for each in rows)), "all"),
        ("incidents in the record that were none", str(len(judged.invented)), "0"),
        ("beginning within two cycles", _share(rows, (each.begins_right for each in rows)), "all"),
        ("end within two cycles", _share(rows, (each.ends_right for each in rows)), "all"),
        ("cause", _share(rows, (each.cause_right for each in rows)), ""),
        ("what ended it", _share(rows, (each.ended_right for each in rows)), "95 %"),
        ('of these a wrong claim, and not "unknown"', str(sum(bool(each.trace) and not each.ended_right for each in rows)), ""),
        ("repairs in vain that are named", _named(rows), ""),
        ("availability, beside the true one", f"{judged.percent:.2f} %, {judged.true_percent:.2f} % (off by {off:.2f} %)", "1 %"),
        ("watched time, beside the true one", f"{judged.watched_s / 3600:.2f} h, {judged.true_watched_s / 3600:.2f} h", ""),
        ("availability once the oldest lines are gone", f"{judged.again_percent:.2f} %", "the same"),
        ("incidents by cause then", "the same" if judged.again_counts else "others", "the same"),
    ]


def _named(rows: Sequence[Held]) -> str:
    tried = [(each, trace) for each in rows for trace in each.true_tried]
    invented = sum(bool(set(each.tried) - set(each.true_tried)) for each in rows)
    return f"{sum(trace in each.tried for each, trace in tried)} of {len(tried)}; {invented} incidents name another"


def lines(found: Result) -> list[str]:
    """For a terminal."""
    out = [f"{name}: {value}" for name, value, _ in numbers(found)]
    out += [f"  NOT RIGHT {_why(each)}" for each in found.judged.held if not each.right]
    out += [f"  INVENTED {each}" for each in found.judged.invented]
    return [*out, _played(found)]


def _played(found: Result) -> str:
    counts = ", ".join(f"{name} {count}" for name, count in sorted(found.counts.items()))
    return (
        f"{found.faults} faults of {found.kinds} kinds, repairs that leave {found.traces} traces, {found.looks} examinations, "
        f"{found.days:.0f} days in {found.minutes:.0f} minutes; {counts}"
    )


def _why(each: Held) -> str:
    return (
        f"{' + '.join(each.kinds)} [{', '.join(each.strikes)}]: began {each.began}, ended {each.ended}, cause {each.cause or '-'} "
        f"({' '.join(each.true_causes)}), ended by {each.trace or 'unknown'} ({each.true_trace or 'unknown'}), tried {each.tried} "
        f"({each.true_tried}) {each.trouble}"
    )
