"""A made fleet as files: status documents as large as real ones, one a file or one a line, or summaries."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from agent.contract.checks import entry_of
from agent.contract.document import Call
from agent.contract.summary import Summary, encode
from agent.contract.times import utc
from agent.diagnosis.causes import Cause, Owner
from agent.fleet.model.attributes import LABEL
from agent.fleet.model.row import CAN_PAY, CANNOT_PAY, CANNOT_TELL, Row
from agent.remedy.catalogue import entry
from tests.fleet.made.fleet import Made
from tests.support import documents

_STATES = ("ok", "degraded", "outage", "unknown")
_PAYS = {CAN_PAY: "yes", CANNOT_PAY: "no", CANNOT_TELL: "unknown"}
_BY_LABEL = ("isp", "region", "operator")
_INTERFACES = {"ethernet": "eth0", "wifi": "wlan0", "cellular": "wwan0"}
_NAMES = ("www.baidu.com", "www.qq.com", "time.example.com")
_AT_ONCE = 1000  # lines


def document(row: Row) -> bytes:
    """A `posdiag.status/1`, in one line without its end."""
    return msgspec.json.encode(_document(row))


def summary(row: Row) -> bytes:
    """A `posdiag.summary/1`, with the end of its line."""
    own = {name: value for name, value in row.attributes.items() if not name.startswith(LABEL) and name not in ("version", "config")}
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
            attributes=own,
            labels={name.removeprefix(LABEL): value for name, value in row.attributes.items() if name.startswith(LABEL)},
            seconds_by_state=row.seconds_by_state,
            incidents_by_cause=row.incidents_by_cause,
            closed=row.closed,
        )
    )


def documents_of(fleet: Made) -> Iterator[bytes]:
    return (document(row) + b"\n" for row in fleet.table.rows())


def summaries_of(fleet: Made) -> Iterator[bytes]:
    return map(summary, fleet.table.rows())


def write_tree(fleet: Made, folder: Path) -> None:
    """One directory a terminal; a file's time is that of its receipt."""
    for row in fleet.table.rows():
        place = folder / row.id
        place.mkdir(parents=True)
        path = place / "status.json"
        path.write_bytes(document(row))
        os.utime(path, (row.received, row.received))


def write_lines(lines: Iterator[bytes], path: Path) -> None:
    with path.open("wb") as file:
        waiting: list[bytes] = []
        for line in lines:
            waiting.append(line)
            if len(waiting) == _AT_ONCE:
                file.writelines(waiting)
                waiting.clear()
        file.writelines(waiting)


def _document(row: Row) -> dict[str, Any]:
    known, cause = row.attributes, row.cause or None
    labels = {name: known[name] for name in _BY_LABEL if name in known}
    labels |= {name.removeprefix(LABEL): value for name, value in known.items() if name.startswith(LABEL)}
    since = utc(row.since)
    return {
        "schema": "posdiag.status/1",
        "terminal": {
            "id": row.id,
            "merchant": "***********2345",
            "serial_number": row.serial_number,
            "store": known.get("store", ""),
            "labels": labels,
            "machine_id": row.machine_id,
            "agent_version": known.get("version", ""),
            "agent_started_at": utc(row.since - 3600),
            "config_hash": known.get("config", ""),
            "model": known.get("model", ""),
            "firmware": known.get("firmware", ""),
        },
        "generated_at": utc(row.generated),
        "valid_until": utc(row.valid_until),
        "boot_id": row.boot_id,
        "sequence": row.sequence,
        "can_pay": _PAYS[row.can_pay],
        "state": _STATES[row.state],
        "since": since,
        "pending": None,
        "category": Cause.of(cause).category.value if cause else None,
        "cause": cause,
        "causes": [{**_cause(code), "since": since} for code in row.causes],
        "remediation": [step for code in row.causes for step in _steps(code)],
        "call": _call(cause) if cause else None,
        "checks": _checks(known.get("host", ""), known.get("address", ""), known.get("resolver", ""), known.get("uplink", ""), cause),
        "incident": {"id": f"{row.id}-{row.since}", "opened_at": since, "cause": cause, "changes_before": []} if cause else None,
        "next_check_at": utc(row.generated + 60),
        "stopped": row.stopped,
    }


@cache
def _cause(code: str) -> dict[str, Any]:
    cause = Cause.of(code)
    made: dict[str, Any] = msgspec.to_builtins(documents.cause(cause, evidence=("gateway:acquirer-a",), summary=entry(cause).summary))
    return made


@cache
def _steps(code: str) -> list[Any]:
    cause = Cause.of(code)
    steps = [documents.step(cause, number, each.zh, each.en, who=each.who) for number, each in enumerate(entry(cause).steps[:6], 1)]
    return [msgspec.to_builtins(step) for step in steps]


@cache
def _call(code: str) -> dict[str, Any]:
    made: dict[str, Any] = msgspec.to_builtins(Call(who=Owner(Cause.of(code).owner.value)))
    return made


@cache
def _checks(host: str, address: str, resolver: str, uplink: str, cause: str | None) -> msgspec.Raw:
    """What an examination looks at; with a cause the host was not reached. The link comes up with its kind in any case: it is seen without
    packets."""
    interface = _INTERFACES.get(uplink, "eth0")
    reached = "pass" if cause is None else "fail"
    symptom = None if cause is None else "timeout"
    seen = [
        documents.check("clock:system", offset_s=0.02),
        documents.check("memory:system", available_percent=61.0),
        documents.check("disk:/var/lib/posdiag", free_percent=72.0),
        documents.check("cpu:system", load=0.3),
        documents.check(f"link:{interface}", kind=uplink or "ethernet", used=True, speed_mbps=100),
        documents.check(f"address:{interface}", addresses=["192.168.1.23/24"]),
        documents.check("router:192.168.1.1", interface=interface, rtt_ms=0.6),
        documents.check(f"dns:{resolver or '192.168.1.1'}", names=dict.fromkeys(_NAMES, "NOERROR"), rtt_ms=11.5),
        *(documents.check(f"internet:{one}:53", address=one, port=53, expected=True) for one in ("223.5.5.5", "119.29.29.29")),
        *(documents.check(f"internet:check-{n}", url=f"https://{name}/", http_status=204) for n, name in enumerate(_NAMES)),
        documents.check("gateway:acquirer-a", reached, symptom, host=host or None, address=address or None, port=8583, tls=True),
        *(documents.check(f"serial:{name}", port=f"/dev/tty{name}", protocol="escpos") for name in ("printer", "pinpad", "scale")),
        documents.check("app:payapp", pids=[812]),
        *(documents.check(f"loss:{one}", sent=5, lost=0, rtt_ms=18.2, interface=interface) for one in ("223.5.5.5", "119.29.29.29")),
        *(
            documents.check(f"internet:{one}:443", address=one, port=443, expected=True, interface=interface, rtt_ms=18.2)
            for one in ("223.6.6.6", "180.76.76.76", "1.12.12.12", "120.53.53.53", "101.226.4.6", "218.30.118.6")
        ),
        *(documents.check(f"gateway:standby-{n}", host=f"standby{n}.example.com", port=8583, tls=True, depth="tls") for n in (1, 2)),
        *(documents.check(f"due:{name}", date="2027-06-30", days_left=215) for name in ("sim", "licence", "contract")),
    ]
    return msgspec.Raw(msgspec.json.encode([entry_of(each) for each in seen]))
