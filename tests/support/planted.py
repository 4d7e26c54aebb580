"""A terminal on which something that nobody may see stands in every place that is read, and a search for it in every way to write it."""

from __future__ import annotations

import base64
import html
import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from agent.contract.checks import entry_of
from agent.contract.encode import encode
from agent.contract.event import ChangeEvent, ClosedEvent, Evidence, OpenedEvent, ToldEvent, line_of
from agent.diagnosis.causes import Cause
from agent.diagnosis.model import CanPay, State
from tests.support.documents import cause, check, status
from tests.support.recorded import BOOT

AT, LOG_AT = "2026-01-31T08:00:00.000Z", "2026-01-31 16:00:00+08:00"
NOW = 1_769_850_000.0  # 2026-01-31T09:00:00Z
INCIDENT = "20260131T080000Z-ab12cd"


def config(folder: Path, planted: str, own: str = "") -> str:
    """`own`: TOML that the terminal has besides, such as its numbers."""
    planted = "".join(" " if unicodedata.category(each) in ("Cc", "Zl", "Zp") else each for each in planted)  # of what it may not hold
    planted = planted if len(planted) <= 200 else "long"  # half of it would be another
    text = "".join(rf"\U{ord(each):08x}" if not " " <= each <= "~" or each in '"\\' else each for each in planted)
    text, named = f'"{text}"', f', "{text}" = "x"' if len(planted) <= 64 else ""
    return f"""
[terminal]
id = "T-1001"
store = {text}
serial_number = {text}
labels = {{ note = {text}{named} }}
{own}
[support]
technician = {{ name = {text}, phone = "13800138000" }}
[agent]
state_dir = "{folder}/state"
log_dir = "{folder}/log"
[network]
internet_checks = [ {{ url = "http://192.0.2.1/x?k=1" }}, {{ url = "http://192.0.2.2/y" }} ]
[[app]]
name = "payapp"
process = "payapp"
[[plugin]]
name = "extra"
settings = {{ note = {text} }}
"""


def checks(planted: str) -> list[dict[str, Any]]:
    """What a machine shows now: the names of processes and of devices are what anybody calls them."""
    import msgspec

    found = (
        check("link:wlan0", kind="wifi", network=planted),
        check("app:payapp", names=(planted,), text=planted),
        check("serial:modem", answer=planted, maker=planted, operator=planted, refusal=planted, usb_serial=planted),
        check("gateway:acquirer-a", "fail", "http_error", host=planted, location=planted, trace=planted, text=planted),
        check("plugin:extra", values={planted: 1, "b": planted}),
        check("later:x", "fail", because=planted, nested={"a": [{planted: planted}], "n": planted}),
    )
    return [msgspec.to_builtins(entry_of(each)) for each in found]


def terminal(folder: Path, planted: str, *, own: str = "") -> Path:
    """The configuration file of one that has a state, a record and a log, all of them full of it."""
    for name in ("state", "log"):
        (folder / name).mkdir(exist_ok=True)
    (folder / "agent.toml").write_text(config(folder, planted, own), encoding="utf-8")
    document = json.loads(encode(status(CanPay.NO, State.OUTAGE, causes=(cause(Cause.ACCOUNT_SUSPENDED),))))
    document["checks"] = checks(planted)
    document["terminal"] |= {"store": planted, "serial_number": planted, "labels": {"l": planted, planted: "v"}}
    document["causes"][0] |= {"subject": planted, "summary": {"zh": planted, "en": planted}}
    document["of_a_later_version"] = {planted: [planted, {"x": planted}]}
    (folder / "state" / "status.json").write_text(json.dumps(document), encoding="utf-8")
    (folder / "state" / "history.ndjson").write_bytes(b"".join(_record(planted)))
    (folder / "log" / "posdiag.log").write_text(
        f"{LOG_AT} [T-1001] state=outage subject={planted}\n  cause {planted}\n  1. {planted}: x\n", encoding="utf-8"
    )
    (folder / "log" / "posdiag.log.1").write_text(f"{LOG_AT} [{planted}] before {planted} after\n", encoding="utf-8")
    return folder / "agent.toml"


def _record(planted: str) -> Iterator[bytes]:
    stamp: dict[str, Any] = {"at": AT, "boot_id": BOOT, "running_s": 100.0}
    evidence = (Evidence(id=f"gateway:{planted}", facts={"text": planted, planted: planted}),)
    before = ({"what": "wifi", "subject": planted, "before": planted, "after": planted, "seconds": 10.0},)
    opened = OpenedEvent(
        incident=INCIDENT,
        chain=INCIDENT,
        began_at=AT,
        state="outage",
        can_pay="no",
        cause="operator.account_suspended",
        subject=planted,
        category="operator",
        confidence=0.9,
        evidence=evidence,
        changes_before=before,
        **stamp,
    )
    yield line_of(ChangeEvent(what="wifi", subject=planted, before=planted, after=planted, **stamp), 1)
    yield line_of(opened, 2)
    told: dict[str, Any] = dict.fromkeys(("text", "who", "ticket", "promised", "step", "name"), planted)
    yield line_of(ToldEvent(what="called", word="w-1", incident=INCIDENT, **told, **stamp), 3)
    tried = ({"trace": planted, "step": planted, "seconds": 5.0},)
    yield line_of(ClosedEvent(incident=INCIDENT, ended_at=AT, duration_s=9.0, ended_by={"text": planted}, tried=tried, **stamp), 4)


def contents(packed: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def ways(secret: str) -> set[bytes]:
    """To write it, in which no file may have it."""
    found = {secret, quote(secret, safe=""), quote(secret), html.escape(secret), json.dumps(secret)[1:-1], secret.encode().hex()}
    found |= {json.dumps(json.dumps(secret)[1:-1])[1:-1], secret.encode().hex(" "), "".join(f"\\u{ord(each):04x}" for each in secret)}
    found |= {secret.encode(code).hex() for code in ("utf-16-le", "utf-16-be")}
    forms = {each.encode() for each in found} | {each.upper().encode() for each in found if re.fullmatch("[0-9a-f ]+", each)}
    forms |= {secret.encode(code) for code in ("utf-16-le", "utf-16-be", "gbk")}
    for content in (secret.encode(), secret.encode("utf-16-le")):
        for begin in range(3):
            whole = base64.b64encode(b"\0" * begin + content)
            middle = whole[(begin * 8 + 5) // 6 : (begin + len(content)) * 8 // 6]
            forms |= {middle, middle.translate(bytes.maketrans(b"+/", b"-_"))}
    return {form for form in forms if len(form) >= 6}


def seen_in(packed: bytes, secret: str) -> list[tuple[str, bytes]]:
    """Where a bundle has it, or all of a number but its end, also with anything between its figures."""
    files = {**contents(packed), "the zip itself": packed, "its names": "\n".join(contents(packed)).encode()}
    return [(name, form) for name, content in files.items() for form in _seen(content, secret)]


def seen_in_text(text: str, secret: str) -> list[bytes]:
    return list(_seen(text.encode("utf-8", "surrogatepass"), secret))


def _seen(content: bytes, secret: str) -> Iterator[bytes]:
    number = secret.isdigit() and len(secret) >= 11
    parts = {secret} | ({secret[:-4]} if number else set())
    yield from (form for part in parts for form in ways(part) if form in content)
    if number:
        bare = re.sub(r"(?<=\d)[^\w\n*]{1,3}(?=\d)", "", content.decode("utf-8", "replace"))
        yield from (f"{part}, spaced".encode() for part in parts if part in bare)
