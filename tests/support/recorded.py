"""The record of a state directory, as a test reads it: by the bytes alone, with nothing of the product."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

from agent.contract.event import AgentEvent, ChangeEvent, OpenedEvent

BOOT = "11111111-2222-3333-4444-555555555555"
FILES = ("history.1.ndjson", "history.ndjson")


def lines(state_dir: Path) -> list[dict[str, Any]]:
    """Every whole line of both files, each of which must be JSON; what stands behind the last newline is a torn one."""
    found: list[dict[str, Any]] = []
    for name in FILES:
        path = state_dir / name
        content = path.read_bytes() if path.exists() else b""
        found += [json.loads(line) for line in content.split(b"\n")[:-1]]
    return found


def told(state_dir: Path, kind: str) -> list[dict[str, Any]]:
    return [line for line in lines(state_dir) if line["kind"] == kind]


def in_order(found: list[dict[str, Any]]) -> bool:
    """The sequence grows by one each line: nothing is missing, and nothing is there twice."""
    return all(later["sequence"] == earlier["sequence"] + 1 for earlier, later in pairwise(found))


def change(what: str = "router", subject: str = "eth0", before: str = "a", after: str = "b", **more: Any) -> ChangeEvent:
    return ChangeEvent(what=what, subject=subject, before=before, after=after, **stamped(more))


def started(**more: Any) -> AgentEvent:
    return AgentEvent(what="started", version="0.1.0", config_hash="0" * 16, **stamped(more))


def opened(incident: str = "I-1", cause: str = "network.internet_down", **more: Any) -> OpenedEvent:
    known = {
        "chain": incident,
        "began_at": "2026-01-31T08:00:00.000Z",
        "state": "outage",
        "can_pay": "no",
        "subject": "",
        "confidence": 0.9,
    }
    return OpenedEvent(incident=incident, cause=cause, category="network", **stamped(known | more))


def stamped(more: dict[str, Any]) -> dict[str, Any]:
    return {"at": "2026-01-31T08:00:00.000Z", "boot_id": BOOT, "running_s": 100.0} | more
