"""From the bytes of a document to a row, or to what is wrong with them. Pure; the same row for a document and for its summary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from agent.contract.decode import without_nulls
from agent.contract.summary import ClosedIncident
from agent.contract.times import parse
from agent.fleet.model.attributes import ATTRIBUTES, LABEL
from agent.fleet.model.row import CANNOT_TELL, UNKNOWN, Row
from agent.fleet.reading.flaws import Flaw
from agent.fleet.reading.lean import Head, LeanClosed, LeanIncident, LeanRecord, LeanStatus, LeanSummary
from agent.fleet.reading.shared import MEANT, shared_by

MOST = 80 * 1024  # bytes of a document: the 64 KiB that it may have, and a margin for later versions
_STATES = {"ok": 0, "degraded": 1, "outage": 2, "unknown": 3}
_CAN_PAY = {"yes": 1, "no": 0, "unknown": -1}
_TEXT = 120  # characters of a value that is compared
_LABELS = 16  # of a terminal
_CLOSED = 50  # incidents of a summary
_NO_RECORD = LeanRecord()
_OURS = ("posdiag.status", "posdiag.summary")

_document = msgspec.json.Decoder(LeanStatus | LeanSummary)
_head = msgspec.json.Decoder(Head)


class Found(Struct, gc=False):
    """`later`: written by a later version, whose words are taken as they are."""

    row: Row
    later: bool = False


def found_in(content: bytes, received: int | None) -> Found | Flaw:
    """`received`: seconds since the epoch; None where nobody knows, and the document's own time stands for it. Never raises."""
    if len(content) > MOST:
        return Flaw.TOO_LARGE
    try:
        read = _document.decode(content)
    except msgspec.ValidationError:
        return _otherwise(content, received)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return _broken(content)
    return _found(read, received)


def _found(read: LeanStatus | LeanSummary, received: int | None, *, later: bool = False) -> Found | Flaw:
    row = _of_status(read, received) if isinstance(read, LeanStatus) else _of_summary(read, received)
    if row is None:
        return Flaw.UNFIT
    return Found(row, later or (isinstance(read, LeanStatus) and (read.state not in _STATES or read.can_pay not in _CAN_PAY)))


def _broken(content: bytes) -> Flaw:
    rest = content.strip(b" \t\r\n\0")
    if not rest:
        return Flaw.EMPTY
    return Flaw.TRUNCATED if rest.startswith(b"{") and not rest.endswith(b"}") else Flaw.DAMAGED


def _otherwise(content: bytes, received: int | None) -> Found | Flaw:
    """What is JSON, and not as this version writes it: another version's, another schema's, or wrong."""
    try:
        schema = _head.decode(content).schema
        kind, _, version = schema.partition("/")
        if kind not in _OURS:
            return Flaw.FOREIGN
        values = without_nulls(msgspec.json.decode(content))
    except msgspec.ValidationError:
        return Flaw.FOREIGN
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return _broken(content)
    later = version != "1"
    wrong = Flaw.UNKNOWN_VERSION if later else Flaw.UNFIT
    try:
        read = _document.decode(msgspec.json.encode(_as_known(values, kind)))
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return wrong
    found = _found(read, received, later=later)
    return wrong if isinstance(found, Flaw) else found


def _as_known(values: dict[str, Any], kind: str) -> dict[str, Any]:
    """What a later version may have made richer is passed over; what a row cannot do without stays, to be found wrong."""
    known = dict(values)
    known["schema"] = f"{kind}/1"
    if isinstance(terminal := known.get("terminal"), dict):
        known["terminal"] = {name: _plain(name, value) for name, value in terminal.items() if _plain(name, value) is not None}
    if isinstance(checks := known.get("checks"), list):
        known["checks"] = [each for each in checks if _is_check(each)]
    if isinstance(known.get("labels"), dict):
        known["labels"] = _plain("labels", known["labels"])
    return known


def _plain(name: str, value: Any) -> Any:
    if name == "labels" and isinstance(value, dict):
        return {key: each for key, each in value.items() if isinstance(each, str)}
    return value if name == "id" or isinstance(value, str) else None


def _is_check(each: Any) -> bool:
    return isinstance(each, dict) and isinstance(each.get("id"), str)


def _of_status(read: LeanStatus, received: int | None) -> Row | None:
    generated, until = parse(read.generated_at), parse(read.valid_until)
    if generated is None or until is None:
        return None
    terminal, made, record = read.terminal, int(generated), read.record or _NO_RECORD
    return Row(
        id=terminal.id,
        serial_number=terminal.serial_number[:_TEXT],
        machine_id="" if read.vantage else terminal.machine_id[:_TEXT],  # of what was examined from another machine it is that one's
        boot_id="" if read.vantage else read.boot_id[:_TEXT],
        sequence=read.sequence,
        generated=made,
        valid_until=int(until),
        received=made if received is None else received,
        since=int(parse(read.since) or 0),
        state=_STATES.get(read.state, UNKNOWN),
        can_pay=_CAN_PAY.get(read.can_pay, CANNOT_TELL),
        cause=(read.cause or "")[:_TEXT],
        subject=read.causes[0].subject[:_TEXT] if read.cause and read.causes else "",
        causes=tuple(dict.fromkeys([cause.code[:_TEXT] for cause in read.causes])),
        attributes=_attributes(shared_by(read), terminal.labels, terminal.agent_version, terminal.config_hash),
        stopped=read.stopped,
        seconds_by_state=record.seconds_by_state,
        incidents_by_cause=_counted(record.incidents_by_cause),
        closed=tuple([_over(each) for each in record.closed[-_CLOSED:]]) if record.closed else (),
    )


def _of_summary(read: LeanSummary, received: int | None) -> Row:
    return Row(
        id=read.id,
        serial_number=read.serial_number[:_TEXT],
        machine_id="" if read.vantage else read.machine_id[:_TEXT],
        boot_id="" if read.vantage else read.boot_id[:_TEXT],
        sequence=read.sequence,
        generated=read.generated_at,
        valid_until=read.valid_until,
        received=read.generated_at if received is None else received,
        since=read.since,
        state=read.state if 0 <= read.state <= UNKNOWN else UNKNOWN,
        can_pay=read.can_pay if -1 <= read.can_pay <= 1 else CANNOT_TELL,
        cause=read.cause[:_TEXT],
        subject=read.subject[:_TEXT],
        causes=tuple([code[:_TEXT] for code in read.causes]),
        attributes=_attributes(read.attributes, read.labels, read.version, read.config_hash),
        stopped=read.stopped,
        seconds_by_state=read.seconds_by_state,
        incidents_by_cause=_counted(read.incidents_by_cause),
        closed=tuple([_closed(each) for each in read.closed[-_CLOSED:]]) if read.closed else (),
    )


def _counted(counts: dict[str, int]) -> dict[str, int]:
    return {cause[:_TEXT]: count for cause, count in counts.items()} if counts else {}


def _over(each: LeanClosed) -> ClosedIncident:
    began = int(parse(each.began_at) or 0)
    return ClosedIncident(
        cause=each.cause[:_TEXT], subject=each.subject[:_TEXT], began=began, seconds=each.duration_s, step=each.step[:_TEXT]
    )


def _closed(each: LeanIncident) -> ClosedIncident:
    cause, subject, step = each.cause[:_TEXT], each.subject[:_TEXT], each.step[:_TEXT]
    return ClosedIncident(cause=cause, subject=subject, began=each.began, seconds=each.seconds, step=step)


def _attributes(given: Mapping[str, str], labels: Mapping[str, str], version: str, config: str) -> dict[str, str]:
    """By the names of `ATTRIBUTES`; what else is given is a label."""
    made = {name: value[:_TEXT] for name, value in given.items() if value and name in ATTRIBUTES}
    if version and "version" not in made:
        made["version"] = version[:_TEXT]
    if config and "config" not in made:
        made["config"] = config[:_TEXT]
    for name, value in list(labels.items())[:_LABELS] if labels else ():
        if value and name not in MEANT:
            made[LABEL + name[:_TEXT]] = value[:_TEXT]
    return made
