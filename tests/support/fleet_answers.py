"""The fleet's answers, as a test says them."""

from __future__ import annotations

from typing import Any

from agent.fleet.model.answer import Answer, Fault, Onset, Totals
from probes.ground.bilingual import Bilingual

AT = "2026-11-27T08:00:00.000Z"
ONSET = Onset(first="2026-11-27T07:10:00.000Z", median="2026-11-27T07:12:00.000Z", last="2026-11-27T07:20:00.000Z")


def fault(name: str = "f-1", **more: Any) -> Fault:
    known: dict[str, Any] = {
        "family": "gateway",
        "causes": {"system.gateway_down": 90, "network.gateway_blocked": 10},
        "where": ({"host": "gw-a.pay.example"}, {"address": "192.0.2.7"}),
        "failing": 100,
        "of": 120,
        "elsewhere_failing": 8,
        "elsewhere_of": 1000,
        "cannot_pay": 90,
        "score": 300.0,
        "since": ONSET,
        "owner": "acquirer",
        "step": Bilingual("打电话给收单机构", "Call the acquirer"),
    }
    return Fault(id=name, **(known | more))


def answer(*faults: Fault, **more: Any) -> Answer:
    known: dict[str, Any] = {
        "generated_at": AT,
        "totals": Totals(terminals=1120, can_pay=990, cannot_pay=100, unknown=10, silent=20, never_reported=3),
        "single": {"operator.paper_out": 7},
        "notices": {"operator.paper_low": 30},
        "quality": {"truncated": 2},
    }
    return Answer(faults=faults, **(known | more))
