"""What terminals of a fleet would have sent: rows as summaries and as status documents."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from agent.contract.summary import Summary, encode
from agent.contract.times import utc
from agent.fleet.model.attributes import LABEL
from agent.fleet.model.row import Row

_LABELS = ("isp", "region", "model", "firmware", "operator")
_STATES, _CAN_PAY = ("ok", "degraded", "outage", "unknown"), {1: "yes", 0: "no", -1: "unknown"}


def summary_of(row: Row) -> bytes:
    """One line."""
    plain = {name: value for name, value in row.attributes.items() if not name.startswith(LABEL) and name not in ("version", "config")}
    return encode(
        Summary(
            id=row.id,
            serial_number=row.serial_number,
            machine_id=row.machine_id,
            boot_id=row.boot_id,
            version=row.attributes.get("version", ""),
            config_hash=row.attributes.get("config", ""),
            sequence=row.sequence,
            generated_at=row.generated,
            valid_until=row.valid_until,
            state=row.state,
            can_pay=row.can_pay,
            since=row.since,
            cause=row.cause,
            subject=row.subject,
            causes=row.causes,
            attributes=plain,
            labels={name.removeprefix(LABEL): value for name, value in row.attributes.items() if name.startswith(LABEL)},
            seconds_by_state=row.seconds_by_state,
            incidents_by_cause=row.incidents_by_cause,
            closed=row.closed,
        )
    )


def document_of(row: Row) -> bytes:
    """As much of it as anybody reads who looks after many."""
    known = row.attributes
    facts: dict[str, Any] = {name: known[name] for name in ("host", "address") if name in known}
    checks: list[dict[str, Any]] = [_check("link:eth0", "link", {"kind": known.get("uplink", "ethernet"), "used": True})]
    checks += [_check(f"dns:{known['resolver']}", "dns", {})] if "resolver" in known else []
    checks += [_check("gateway:acquirer-a", "gateway", facts)]
    labels = {name: known[name] for name in _LABELS if name in known}
    labels |= {name.removeprefix(LABEL): value for name, value in known.items() if name.startswith(LABEL)}
    document = {
        "schema": "posdiag.status/1",
        "terminal": {
            "id": row.id,
            "merchant": "",
            "serial_number": row.serial_number,
            "store": known.get("store", ""),
            "labels": labels,
            "machine_id": row.machine_id,
            "agent_version": known.get("version", ""),
            "agent_started_at": utc(row.generated),
            "config_hash": known.get("config", ""),
        },
        "generated_at": utc(row.generated),
        "valid_until": utc(row.valid_until),
        "boot_id": row.boot_id,
        "sequence": row.sequence,
        "can_pay": _CAN_PAY[row.can_pay],
        "state": _STATES[row.state],
        "since": utc(row.since),
        "category": row.cause.partition(".")[0] or None,
        "cause": row.cause or None,
        "causes": [_cause(code, row) for code in row.causes],
        "remediation": [],
        "checks": checks,
        "next_check_at": utc(row.valid_until),
        "stopped": row.stopped,
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _check(name: str, layer: str, facts: dict[str, Any]) -> dict[str, Any]:
    return {"id": name, "layer": layer, "target": name.partition(":")[2], "outcome": "pass", "facts": facts}


def _cause(code: str, row: Row) -> dict[str, Any]:
    return {
        "code": code,
        "category": code.partition(".")[0],
        "owner": "technician",
        "severity": "outage" if row.can_pay == 0 else "degraded" if row.cause else "notice",
        "subject": row.subject if code == row.cause else "",
        "confidence": 0.9,
        "since": utc(row.since),
        "summary": {"zh": "", "en": ""},
        "evidence": [],
    }


def tree_of(rows: Iterable[Row], folder: Path) -> Path:
    """A directory for each terminal, whose file came in when the row says it did."""
    for row in rows:
        path = folder / row.id / "status.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(document_of(row))
        os.utime(path, (row.received, row.received))
    return folder


def lines_of(rows: Iterable[Row]) -> bytes:
    return b"".join(map(summary_of, rows))
