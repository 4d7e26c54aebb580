"""A scenario played in a world of its own, and what posdiag said."""

from __future__ import annotations

import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from msgspec import Struct

from agent.commands.request import DEFAULT_TIMEOUT_S
from tests.lab import cycles
from tests.lab.scenario import Kind, Scenario
from tests.support.shifted import shifted
from tests.support.world import World


class Said(Struct, frozen=True):
    """One reported cause."""

    code: str
    severity: str
    confidence: float
    category: str
    candidates: tuple[str, ...] = ()
    subject: str = ""


class Played(Struct, frozen=True, kw_only=True):
    """`seconds`: from the start of the process to its verdict. `made_s`: until the world stood. `text`: everything, for people.

    Of a fault that comes and goes: `states` and `leading`, as the daemon's documents showed them in their order.
    """

    name: str
    state: str = ""
    can_pay: str = ""
    exit_status: int = -1
    causes: tuple[Said, ...] = ()
    seconds: float = 0.0
    made_s: float = 0.0
    text: str = ""
    states: tuple[str, ...] = ()
    leading: tuple[str, ...] = ()


def play(scenario: Scenario, timeout_s: float = DEFAULT_TIMEOUT_S) -> Played:
    """Raises nothing of posdiag's: what it did wrong stands in the result. `timeout_s`: what it may take, where it runs once."""
    began = time.monotonic()
    with World(**scenario.world) as world, ExitStack() as stack:
        made_s = time.monotonic() - began
        scenario.arrange(world)
        if scenario.kind is Kind.PASSING:
            documents = cycles.watch(world, scenario.make)
            return _of_documents(scenario, documents, made_s)
        scenario.make(world)
        if scenario.shift_s:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pd-shift-")))
            folder.chmod(0o755)
            stack.enter_context(shifted(scenario.shift_s, folder))
        verdict = world.check(user=scenario.user, timeout=timeout_s, bare=scenario.bare)
    return Played(
        name=scenario.name,
        state=verdict.state,
        can_pay=str(verdict.status.get("can_pay")),
        exit_status=verdict.code,
        causes=said(verdict.status),
        seconds=round(verdict.seconds, 3),
        made_s=round(made_s, 3),
        text=verdict.explain(),
    )


def said(status: dict[str, Any]) -> tuple[Said, ...]:
    return tuple(
        Said(c["code"], c["severity"], c["confidence"], c["category"], tuple(c["candidates"]), c["subject"])
        for c in status.get("causes", [])
    )


def _of_documents(scenario: Scenario, documents: list[dict[str, Any]], made_s: float) -> Played:
    last = documents[-1] if documents else {}
    return Played(
        name=scenario.name,
        state=str(last.get("state")),
        can_pay=str(last.get("can_pay")),
        causes=said(last),
        made_s=round(made_s, 3),
        states=tuple(str(d["state"]) for d in documents),
        leading=tuple(str(d["cause"] or (d["pending"] or {}).get("cause") or "-") for d in documents),
        text="\n".join(f"{d['state']}, cause {d['cause']}, pending {d['pending']}" for d in documents),
    )
