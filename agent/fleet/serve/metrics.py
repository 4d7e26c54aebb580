"""What the receiver counts of itself, in Prometheus' text format. Every label is one of few, and none comes from a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from agent.fleet.serve.counted import Counted
from agent.fleet.serve.journal import Journal
from agent.fleet.serve.judge import Judge


def text(counted: Counted, journal: Journal, judge: Judge, now: float, connections: int) -> bytes:
    age_s = now - judge.last_at if judge.last.made else -1.0
    lines = [
        *_one("received_documents_total", "counter", "Documents written to the journal and acknowledged.", counted.accepted),
        *_one("received_bytes_total", "counter", "Bytes of bodies, as they were sent.", counted.bytes),
        *_many("refused_total", "counter", "Documents and requests refused, by kind.", "kind", counted.refused),
        *_many("requests_total", "counter", "Requests, by status of the answer.", "status", counted.answers),
        *_one("connections", "gauge", "Connections at this moment.", connections),
        *_one("journal_bytes_total", "counter", "Bytes written to the journal.", journal.bytes),
        *_one("journal_failing", "gauge", "1 where the newest write to the journal failed.", int(journal.trouble is not None)),
        *_one("journal_damaged_total", "counter", "Lines of the journal that could not be read.", judge.last.damaged),
        *_one("answer_age_seconds", "gauge", "Since the newest answer was made; -1 before the first.", round(age_s, 3)),
        *_one("answer_duration_seconds", "gauge", "What the newest answer took.", round(judge.last.seconds, 3)),
        *_one("answer_restarts_total", "counter", "How often the judging process was started again.", judge.restarts),
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def _one(name: str, kind: str, meaning: str, value: float) -> Iterator[str]:
    yield from (f"# HELP posdiag_fleet_serve_{name} {meaning}", f"# TYPE posdiag_fleet_serve_{name} {kind}")
    yield f"posdiag_fleet_serve_{name} {value}"


def _many(name: str, kind: str, meaning: str, label: str, values: Mapping[Any, int]) -> Iterator[str]:
    yield from (f"# HELP posdiag_fleet_serve_{name} {meaning}", f"# TYPE posdiag_fleet_serve_{name} {kind}")
    yield from (f'posdiag_fleet_serve_{name}{{{label}="{key}"}} {value}' for key, value in sorted(values.items(), key=str))
