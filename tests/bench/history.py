"""How long `posdiag history --json` takes on a record of 2,000 incidents and 400 days, from the start of the process:
`python -m tests.bench.history`. Needs no root."""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from agent.contract.event import AnyEvent, ClosedEvent, DayEvent, Evidence, GatewayDay, OpenedEvent
from agent.contract.times import parse, utc
from agent.storage.history_file import HistoryFile

INCIDENTS, DAYS, RUNS = 2000, 400, 7
_BEGIN, _DAY_S = parse("2025-01-01T00:00:00Z") or 0.0, 86400.0
_LINE = GatewayDay(n=1400, p50_ms=48.0, p95_ms=90.0, loss_percent=0.1)


def made(folder: Path) -> Path:
    """The configuration of a terminal with such a record."""
    file = HistoryFile(folder / "state", limit=1 << 30)
    (folder / "state").mkdir()
    file.append(sorted((*_incidents(), *_days()), key=lambda event: event.at))
    path = folder / "agent.toml"
    path.write_text(
        f'[terminal]\nhours = "Mo-Sa 08:00-20:00"\n[agent]\nstate_dir = "{folder}/state"\nlog_dir = "{folder}/log"\n', encoding="utf-8"
    )
    return path


def measure(runs: int = RUNS) -> tuple[float, float]:
    """Seconds from the start of a process to its end, and those of the processor: medians."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "agent", "history", "--json", "--config", str(made(Path(folder)))]
        seconds, busy = [], []
        for _ in range(runs):
            began, before = time.monotonic(), _busy_s()
            found = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
            seconds.append(time.monotonic() - began)
            busy.append(_busy_s() - before)
        assert len(json.loads(found)["incidents"]) == INCIDENTS
    return statistics.median(seconds), statistics.median(busy)


def _busy_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _incidents() -> Iterator[AnyEvent]:
    before = tuple({"what": "router", "subject": "10.0.0.1", "before": "a", "after": "b", "seconds": 60 * n} for n in range(5))
    evidence = tuple(Evidence(id=f"internet:check-{n}", symptom="timeout", facts={"host": "connect.example", "port": 80}) for n in range(3))
    for number in range(INCIDENTS):
        at = _BEGIN + number * DAYS * _DAY_S / INCIDENTS
        yield OpenedEvent(
            incident=f"I-{number}",
            chain=f"I-{number % 50}",
            began_at=utc(at - 5),
            state="outage",
            can_pay="no",
            cause="network.internet_down",
            subject="eth0",
            category="network",
            confidence=0.9,
            evidence=evidence,
            changes_before=before,
            **_stamp(at),
        )
        ended = {"trace": "router_restarted", "step": "restart", "how": "seen", "confidence": 0.8}
        yield ClosedEvent(incident=f"I-{number}", ended_at=utc(at + 600), duration_s=605.0, ended_by=ended, **_stamp(at + 605))


def _days() -> Iterator[AnyEvent]:
    for number in range(DAYS):
        at = _BEGIN + number * _DAY_S
        seconds = {"ok": 83_000, "outage": 3_000}
        yield DayEvent(
            day=utc(at)[:10], seconds=seconds, can_pay=83_000, unwatched=400, gateways={"a": _LINE}, uplinks={"eth0": _LINE}, **_stamp(at)
        )


def _stamp(at: float) -> dict[str, Any]:
    return {"at": utc(at), "boot_id": "b", "running_s": at - _BEGIN}


if __name__ == "__main__":
    took_s, busy_s = measure()
    print(f"posdiag history --json, {INCIDENTS} incidents and {DAYS} days: {took_s:.2f} s, {busy_s:.2f} s of the processor ({RUNS} runs)")
