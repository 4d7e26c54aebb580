"""A row made of a document is the one made of its summary; what is wrong with bytes is told by kind."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from agent.contract.decode import decode
from agent.contract.document import ClosedEntry, Recorded
from agent.contract.encode import encode
from agent.contract.summary import encode as encode_summary
from agent.diagnosis.causes import Cause
from agent.diagnosis.model import CanPay, State
from agent.fleet.model.row import Row
from agent.fleet.reading.flaws import Flaw
from agent.fleet.reading.rows import MOST, Found, found_in
from agent.status.summary import summarise
from tests.support.documents import LATER_VERSION, THEN, broken_names, cause, check, status


def changed(content: bytes, change: dict[str, Any]) -> bytes:
    return json.dumps({**json.loads(content), **change}).encode()


def row_of(content: bytes, received: int | None = 1_000) -> Row:
    found = found_in(content, received)
    assert isinstance(found, Found), found
    return found.row


HEALTHY = encode(status(CanPay.YES, State.OK))
DOCUMENTS = {
    "healthy": HEALTHY,
    "broken names": encode(broken_names()),
    "three hosts, of which the first tells nothing": encode(
        status(
            CanPay.YES,
            State.OK,
            (
                check("link:wlan0", "fail", "no_carrier", kind="wifi", used=True),
                check("link:eth0", "warn", kind="ethernet", used=True),
                check("link:wwan0", kind="cellular", used=True),
                check("dns:config"),
                check("dns:192.0.2.53"),
                check("dns:198.51.100.53"),
                check("gateway:a", "skip", because="dns:192.0.2.53"),
                check("gateway:b", host="gw-b.pay.example"),
                check("gateway:c", host="gw-c.pay.example", address="203.0.113.9"),
            ),
        )
    ),
    "with a record, of which the second host is the one that fails": encode(
        replace(
            status(
                CanPay.NO,
                State.OUTAGE,
                (
                    check("link:wwan0", kind="cellular", used=True),
                    check("serial:printer"),
                    check("serial:modem", operator="mobile-x"),
                    check("dns:192.0.2.53"),
                    check("gateway:a", host="gw-a.pay.example", address="203.0.113.8"),
                    check("gateway:b", "fail", "nxdomain", host="gw-b.pay.example"),
                ),
                (cause(Cause.DNS_FAILING, evidence=("gateway:b",)),),
            ),
            record=Recorded(
                seconds_by_state={"ok": 1000, "outage": 7},
                incidents_by_cause={"system.disk_full": 2},
                closed=(ClosedEntry(cause="system.disk_full", subject="/", began_at=THEN, duration_s=60, step="free_space"),),
                addresses={"a": "203.0.113.8", "b": "203.0.113.9"},
            ),
        )
    ),
    "of a later version": changed(LATER_VERSION, {"vantage": ""}),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_gives_the_row_of_its_summary(name: str) -> None:
    content = DOCUMENTS[name]
    summary = encode_summary(summarise(decode(content)), 100_000)
    assert msgspec.structs.asdict(row_of(content)) == msgspec.structs.asdict(row_of(summary))


def test_labels_with_a_meaning_are_attributes_and_others_have_their_name() -> None:
    content = json.loads(HEALTHY)
    content["terminal"]["labels"] = {"isp": "isp-c", "region": "south", "chain": "x", "empty": ""}
    attributes = row_of(json.dumps(content).encode()).attributes
    assert attributes == {
        "isp": "isp-c",
        "region": "south",
        "label:chain": "x",
        "store": "南门店",
        "host": "gw-a.pay.example",
        "resolver": "192.168.1.1",
        "uplink": "ethernet",
        "version": "0.1.0",
        "config": "h",
    }


def test_its_own_time_stands_for_a_receipt_that_nobody_knows() -> None:
    row = row_of(HEALTHY, None)
    assert row.received == row.generated > 0


@pytest.mark.parametrize(
    ("content", "flaw"),
    [
        (b"", Flaw.EMPTY),
        (b"\0\0\0\0\n", Flaw.EMPTY),  # what a file system leaves of a file after a power cut
        (HEALTHY[:-20], Flaw.TRUNCATED),
        (b"\xff\xfe{}", Flaw.DAMAGED),
        (b"nonsense", Flaw.DAMAGED),
        (HEALTHY.replace("南".encode(), b"\xc3("), Flaw.DAMAGED),
        (b'{"a": ' * 5_000, Flaw.TRUNCATED),
        (b"[" * 5_000 + b"]" * 5_000, Flaw.FOREIGN),
        (b"{}", Flaw.FOREIGN),
        (b"[1, 2]", Flaw.FOREIGN),
        (b'{"schema": 7}', Flaw.FOREIGN),
        (b'{"schema": "posdiag.event/1", "kind": "day"}', Flaw.FOREIGN),
        (b'{"schema": "posdiag.status/1"}', Flaw.UNFIT),
        (b'{"schema": "posdiag.status/2"}', Flaw.UNKNOWN_VERSION),
        (b'{"schema": "posdiag.summary/1", "id": "T"}', Flaw.UNFIT),
        (changed(HEALTHY, {"generated_at": "yesterday"}), Flaw.UNFIT),
        (changed(HEALTHY, {"sequence": 2**70}), Flaw.UNFIT),
        (changed(HEALTHY, {"sequence": -1}), Flaw.UNFIT),
        (changed(HEALTHY, {"terminal": {"id": ""}}), Flaw.UNFIT),
        (changed(HEALTHY, {"terminal": {"id": "x" * 300}}), Flaw.UNFIT),
        (changed(HEALTHY, {"pad": "x" * MOST}), Flaw.TOO_LARGE),
    ],
    ids=lambda value: value.value if isinstance(value, Flaw) else repr(value[:24]),
)
def test_what_gives_no_row_is_told_by_kind(content: bytes, flaw: Flaw) -> None:
    assert found_in(content, 1_000) is flaw


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "posdiag.status/2"},
        {"state": "resting"},
        {"can_pay": "perhaps"},
        {"schema": "posdiag.status/2", "cause": None, "causes": None, "checks": None, "stopped": None},
    ],
)
def test_a_later_version_is_read_as_far_as_it_is_known(change: dict[str, Any]) -> None:
    found = found_in(changed(HEALTHY, change), 1_000)
    assert isinstance(found, Found) and found.later and found.row.id == "T-1001"


def test_of_hostile_texts_no_more_is_kept_than_is_compared() -> None:
    content = json.loads(HEALTHY)
    content["terminal"]["labels"] = {f"{number}" * 200: "v" * 1_000 for number in range(10, 60)}
    row = row_of(json.dumps(content).encode())
    labels = [name for name in row.attributes if name.startswith("label:")]
    assert len(labels) == 16 and all(len(name) < 130 and len(row.attributes[name]) <= 120 for name in labels)


def test_what_was_examined_from_another_machine_has_no_machine_of_its_own() -> None:
    assert row_of(LATER_VERSION).machine_id == ""
