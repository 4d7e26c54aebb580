"""A document of a version that does not exist yet is read, and nothing of it is lost where it is written again."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from agent.contract.checks import checks_from
from agent.contract.decode import decode
from agent.contract.encode import changed, encode
from agent.contract.schema import schema
from agent.diagnosis.causes import Category, Cause, Owner, Severity
from agent.diagnosis.model import CanPay, State
from probes.model import Layer, Outcome, Symptom
from probes.model.facts import GatewayFacts, LinkFacts, OtherFacts, RouterFacts
from tests.support.documents import LATER_VERSION


def altered(**changes: Any) -> bytes:
    return json.dumps(json.loads(LATER_VERSION) | changes).encode()


def test_its_words_are_kept_as_they_are() -> None:
    status = decode(LATER_VERSION)
    first = status.causes[0]
    words = (status.cause, first.code, first.owner, status.remediation[0].who, first.ruled_out[0].code)
    assert words == ("network.cell_barred", "network.cell_barred", "integrator", "robot", "network.jammed")
    assert not any(word.known for word in words if word is not None)
    assert first.ruled_out[1].code is Cause.DNS_UNREACHABLE
    assert (status.state, status.can_pay, first.category, first.severity) == (
        State.OUTAGE, CanPay.NO, Category.NETWORK, Severity.OUTAGE
    )  # fmt: skip
    assert status.incident is not None and status.incident.cause == "network.cell_barred"
    again = decode(encode(status))
    assert again == status


def test_its_checks_are_typed_as_far_as_they_are_known() -> None:
    status = decode(LATER_VERSION)
    checks = {check.id: check for check in checks_from(status.checks)}
    link, gateway, cell = checks["link:wwan0"], checks["gateway:acquirer-a"], checks["cell:wwan0"]
    assert (link.symptom, link.facts) == ("barred_by_cell", LinkFacts(interface_kind="nr", used=True, signal_dbm=-71))
    assert gateway.facts == GatewayFacts(host="gw-a.pay.example", protocol="iso20022", rtt_ms=31.0)
    assert checks["router:192.0.2.1"].facts == RouterFacts()
    assert (cell.layer, cell.layer.known, cell.outcome) == ("radio_core", False, Outcome.FAIL)
    assert isinstance(cell.facts, OtherFacts)
    assert cell.facts.values["neighbours"] == [{"pci": 14, "rsrp_dbm": -101}]
    assert next(entry for entry in status.checks if entry.id == "gateway:acquirer-a").facts["port"] == {"number": 8583}


@pytest.mark.parametrize("key", ["pending", "category", "cause", "incident", "data"])
def test_a_key_that_may_be_missing_may_be_null(key: str) -> None:
    plain = json.loads(LATER_VERSION)
    assert decode(altered(**{key: None})) == decode(json.dumps({k: v for k, v in plain.items() if k != key}).encode())


@pytest.mark.parametrize(("key", "word"), [("state", "asleep"), ("can_pay", "perhaps"), ("category", "weather")])
def test_what_decides_has_no_other_words(key: str, word: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        decode(altered(**{key: word}))


def test_one_thing_is_changed_and_the_rest_stays_byte_for_byte() -> None:
    again = changed(LATER_VERSION, sequence=5000, valid_until="2030-01-01T00:00:00.000Z")
    assert json.loads(again) == json.loads(LATER_VERSION) | {"sequence": 5000, "valid_until": "2030-01-01T00:00:00.000Z"}
    assert LATER_VERSION[LATER_VERSION.index(b'{ "name": "3.1"') :][:30] in again
    with pytest.raises(msgspec.DecodeError):
        changed(b"[]", sequence=1)


@pytest.mark.parametrize("vocabulary", [Layer, Symptom, Cause, Owner])
def test_the_schema_leaves_growing_vocabularies_open(vocabulary: type[Layer]) -> None:
    described = schema()["$defs"][vocabulary.__name__]
    assert described["type"] == "string" and "enum" not in described
    assert set(described["examples"]) == {member.value for member in vocabulary}


@pytest.mark.parametrize("vocabulary", [State, CanPay, Severity, Outcome, Category])
def test_the_schema_closes_the_others(vocabulary: type[State]) -> None:
    assert set(schema()["$defs"][vocabulary.__name__]["enum"]) == {member.value for member in vocabulary}
