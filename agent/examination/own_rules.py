"""Where something is silent: whether its answers arrive here, and are dropped by rules of this machine's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial

from agent.diagnosis.views import knows, of_kind, own_way
from agent.examination.runner import Task
from agent.examination.scene import Scene
from probes import arrivals
from probes.model import Check, Facts, Kind, Symptom
from probes.model.facts import Phase, RemoteFacts, ResolverFacts, RouterFacts

_LOOK_S = 1.0


def answers_dropped(checks: Sequence[Check[Facts]], scene: Scene) -> list[Task]:
    """Reads counters, sends nothing. Behind a router that is not found nothing was sent, so nothing can have come back."""
    counted = scene.local.counted
    quiet = [c for c in own_way(checks) if not c.ok and c.symptom is Symptom.TIMEOUT]
    routers = [c for c in of_kind(checks, RouterFacts) if not c.ok and c.symptom is Symptom.ROUTER_SILENT]
    names = [c for c in quiet if knows(c, ResolverFacts)]
    asked: Counter[str] = Counter()
    for check in of_kind(quiet, RemoteFacts):
        if check.facts.address and check.facts.phase in (None, Phase.TCP) and not check.facts.by_us:
            asked[family_of(check.facts.address)] += 1 + (check.facts.retransmits or 0)
    unfound = any(":" in router.target for router in routers)
    if counted is None or not (asked or names or routers):
        return []
    return [Task.of(Kind.ARRIVALS, "", partial(arrivals.probe, counted, dict(asked), unfound), _LOOK_S)]


def family_of(address: str) -> str:
    return "ipv6" if ":" in address else "ipv4"
