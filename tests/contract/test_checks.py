"""Facts become a dictionary and come back; what is unknown here stays in the document and does no harm."""

from __future__ import annotations

import msgspec
import pytest

from agent.contract.checks import CheckEntry, check_from, entry_of, facts_from, values_of
from probes.ground.bilingual import Bilingual
from probes.model import Facts, Kind, Layer, Outcome, Symptom, check_of, kind_of
from probes.model.facts import (
    FACTS,
    AppConnection,
    Certificate,
    ClockFacts,
    DefaultRoute,
    DefaultRouteFacts,
    GatewayFacts,
    LinkFacts,
    OtherFacts,
    Phase,
    PluginFacts,
    PortHolder,
    PresentPort,
    ResolverFacts,
    SerialFacts,
    SerialPresentFacts,
)

KNOWN: tuple[Facts, ...] = (
    LinkFacts(interface_kind="wifi", mtu_bytes=1500, receive_errors=0, used=True),
    DefaultRouteFacts(routers=(DefaultRoute(router="192.0.2.1", interface="eth0", metric=100),), needed=True),
    ResolverFacts(names={"gw": "NOERROR"}, rtt_ms=0.5),
    GatewayFacts(
        phase=Phase.DONE,
        certificate=Certificate(subject="gw", names=("gw", "gw2")),
        app_connection=AppConnection(count=2, received_s_ago=None),
        segment_bytes=1400,
    ),
    SerialFacts(holder=PortHolder(), errors=("paper",), status={"1": "16"}, opened=False),
    SerialPresentFacts(devices=(PresentPort(node="/dev/ttyS0", console=True, holder=PortHolder(name="getty", pid=1)),)),
    ClockFacts(sources={"internet:check-1": -0.5}),
    PluginFacts(
        plugin="ups",
        called=Bilingual("不间断电源", "UPS"),
        said=Bilingual("坏了", "broken"),
        supports=("system.battery_low",),
        values={"battery_percent": 12.5, "on_mains": False, "cells": 8, "mode": "bypass"},
        beyond={"battery_percent": 20.0},
    ),
    OtherFacts(text="so", values={"a": [1, {"b": None}]}),
)


@pytest.mark.parametrize("facts", KNOWN, ids=lambda facts: type(facts).__name__)
def test_there_and_back(facts: Facts) -> None:
    values = values_of(facts)
    assert msgspec.json.decode(msgspec.json.encode(values)) == values, "plain JSON values"
    assert facts_from(facts.KIND, values) == facts


@pytest.mark.parametrize("kind", Kind)
def test_nothing_known_is_nothing_said(kind: Kind) -> None:
    assert values_of(FACTS[kind]()) == {}
    assert kind_of(kind.id("x")) in (kind, Kind.OTHER)


def test_units_stay_out_of_the_names_that_the_document_has_had_for_long() -> None:
    assert values_of(LinkFacts(interface_kind="wifi", mtu_bytes=1500, receive_errors=2)) == {"kind": "wifi", "mtu": 1500, "errors": 2}


def test_an_entry_is_the_check() -> None:
    seen = check_of(LinkFacts(carrier=False), Outcome.FAIL, Symptom.NO_CARRIER, name="eth0")
    entry = entry_of(seen)
    assert (entry.id, entry.layer, entry.facts) == ("link:eth0", Layer.LINK, {"carrier": False})
    assert check_from(entry) == seen


def test_what_is_not_of_its_type_is_left_out_and_the_rest_stays() -> None:
    values = {"port": {"number": 1}, "host": "h", "certificate": {"subject": 3}, "rtt_ms": 2, "future": [1], "tls": "yes"}
    entry = CheckEntry(id="gateway:a", layer=Layer.GATEWAY, target="a", outcome=Outcome.PASS, facts=values)
    assert check_from(entry).facts == GatewayFacts(host="h", rtt_ms=2.0)
    assert entry.facts == values
