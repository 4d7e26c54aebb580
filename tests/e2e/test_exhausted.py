"""A healthy shop, examined by a process to which this machine gives too little: it cannot tell, and never speaks of an outage."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.world import World
from tests.support.world.verdict import NOBODY, Verdict

pytestmark = pytest.mark.root


def nobody_is_blamed(verdict: Verdict) -> None:
    """Nothing failed, so nothing is out; what could not be looked at says why in words, or because of which check."""
    assert verdict.status, verdict.explain()
    assert verdict.status["can_pay"] in ("yes", "unknown"), verdict.explain()
    assert verdict.state in ("ok", "degraded", "unknown") and not [c for c in verdict.codes() if c.startswith("network.")], (
        verdict.explain()
    )
    assert [name for name, check in verdict.checks().items() if check["outcome"] == "fail"] == [], verdict.explain()


def not_looked(verdict: Verdict) -> dict[str, dict[str, Any]]:
    return {name: check for name, check in verdict.checks().items() if check["symptom"] == "not_looked"}


def said(verdict: Verdict) -> str:
    return " ".join(str(check["because"]) for check in not_looked(verdict).values())


def test_few_descriptors() -> None:
    with World(gateways="ab") as world:
        seen = {}
        for few in (4, 6, 8, 10, 12, 16, 24):
            world.machine[:] = [f"ulimit -n {few}"]
            seen[few] = world.check()
            if seen[few].status:  # with fewer the interpreter itself does not start
                nobody_is_blamed(seen[few])
    told = {few: verdict for few, verdict in seen.items() if verdict.status and not_looked(verdict)}
    assert told, {few: verdict.explain() for few, verdict in seen.items()}
    for verdict in told.values():  # which probe gets the last descriptors is chance: a gateway that got one was reached
        states = ("unknown",) if verdict.status["can_pay"] == "unknown" else ("ok", "degraded")
        assert verdict.state in states and "descriptor" in said(verdict) and "LimitNOFILE" in said(verdict), verdict.explain()


def test_no_threads() -> None:
    with World(gateways="ab") as world:
        world.machine[:] = ["prlimit --pid $$ --nproc=1"]
        verdict = world.check(user=NOBODY)
    nobody_is_blamed(verdict)
    assert verdict.state == "unknown" and "thread" in said(verdict), verdict.explain()


@pytest.mark.parametrize("mib", [70, 80, 90, 100])
def test_little_memory(mib: int) -> None:
    with World(gateways="a") as world:
        world.machine[:] = [f"ulimit -v {mib * 1024}"]
        verdict = world.check(timeout=10)
    if verdict.status:  # with less the interpreter itself does not come so far, and says so
        nobody_is_blamed(verdict)
    else:
        assert verdict.code == 3 or "MemoryError" in verdict.stderr or "memory" in verdict.stderr, verdict.explain()
