"""What a summary says of a terminal, and of which of several hosts and resolvers."""

from __future__ import annotations

import msgspec
import pytest
from msgspec.structs import replace

from agent.contract import summary
from agent.contract.document import ClosedEntry, Recorded, Status
from agent.diagnosis.causes import Cause
from agent.diagnosis.model import CanPay, State
from agent.status.summary import summarise
from tests.support.documents import THEN, cause, check, status

CHECKS = (
    check("link:eth0", kind="ethernet", used=True),
    check("dns:192.168.1.1"),
    check("dns:223.5.5.5", "fail", "timeout"),
    check("gateway:a", host="gw-a.example", address="192.0.2.1"),
    check("gateway:b", "fail", "refused", host="gw-b.example", address="192.0.2.2"),
    check("serial:modem", operator="中国移动"),
)
RECORD = Recorded(
    seconds_by_state={"ok": 31_000_000, "outage": 7200},
    incidents_by_cause={"network.internet_down": 41, "operator.cable_unplugged": 7},
    closed=tuple(ClosedEntry(cause="network.internet_down", subject="eth0", began_at=THEN, duration_s=60 + n, step="x") for n in range(8)),
    addresses={"a": "198.51.100.1", "b": "198.51.100.2"},
)


def found(code: Cause | None = None, *evidence: str, checks: tuple[object, ...] = CHECKS) -> Status:
    causes = () if code is None else (cause(code, evidence=evidence),)
    made = status(CanPay.YES, State.OK if code is None else State.DEGRADED, checks, causes)  # type: ignore[arg-type]
    return replace(made, record=RECORD, terminal=replace(made.terminal, model="A920", firmware="Linux 12"))


def test_attributes_of_a_terminal_that_is_well() -> None:
    assert summarise(found()).attributes == {
        "store": "南门店",
        "model": "A920",
        "firmware": "Linux 12",
        "host": "gw-a.example",
        "address": "192.0.2.1",
        "resolver": "192.168.1.1",
        "uplink": "ethernet",
        "operator": "中国移动",
    }


@pytest.mark.parametrize(
    ("code", "evidence", "host", "resolver"),
    [
        (Cause.GATEWAY_DOWN, "gateway:b", "gw-b.example", "192.168.1.1"),
        (Cause.DNS_UNREACHABLE, "dns:223.5.5.5", "gw-a.example", "223.5.5.5"),
    ],
)
def test_what_the_verdict_rests_on_stands_for_its_kind(code: Cause, evidence: str, host: str, resolver: str) -> None:
    attributes = summarise(found(code, evidence)).attributes
    assert (attributes["host"], attributes["resolver"]) == (host, resolver)


def test_where_a_name_leads_nowhere_the_last_known_address_stands() -> None:
    nowhere = check("gateway:a", "fail", "nxdomain", host="gw-a.example")
    assert summarise(found(checks=(nowhere,))).attributes["address"] == "198.51.100.1"


def test_a_label_of_that_name_is_the_attribute() -> None:
    made = found()
    labels = {"isp": "isp-c", "model": "P2", "operator": "x", "chain": "north"}
    told = summarise(replace(made, terminal=replace(made.terminal, labels=labels)))
    assert {name: told.attributes[name] for name in ("isp", "model", "operator")} == {"isp": "isp-c", "model": "P2", "operator": "x"}
    assert told.labels == {"chain": "north"}


def test_what_the_record_adds_up_to() -> None:
    told = summarise(found())
    assert (told.seconds_by_state, told.incidents_by_cause) == (RECORD.seconds_by_state, RECORD.incidents_by_cause)
    assert [each.seconds for each in told.closed] == list(range(60, 68)) and told.closed[0].step == "x"
    line = msgspec.json.decode(summary.encode(told), type=summary.Summary)
    assert line.incidents_by_cause == told.incidents_by_cause and len(summary.encode(told)) <= summary.SIZE_LIMIT + 1
    assert line.closed == told.closed[len(told.closed) - len(line.closed) :], "the latest stay"
