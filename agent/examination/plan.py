"""From the configuration and the local view to the list of tasks; what has no way out is skipped before it starts."""

from __future__ import annotations

from msgspec import Struct

from agent.examination.registry import planned
from agent.examination.runner import Task
from agent.examination.scene import Scene
from probes import dns
from probes.model import Check, Facts, Outcome
from probes.model.facts import FACTS, InternetFacts


class Plan(Struct, frozen=True):
    """Tasks to run side by side, and the checks of what need not be tried."""

    tasks: tuple[Task, ...]
    skipped: tuple[Check[Facts], ...]


def plan(scene: Scene) -> Plan:
    tasks: list[Task] = []
    skipped: list[Check[Facts]] = []
    for each in planned(scene):
        if each.obstacle:
            skipped.append(_skipped(each.task, each.obstacle, scene.loaded.settings.network.expect_internet))
        else:
            tasks.append(each.task)
    if not scene.local.resolvers.servers and scene.wanted_names():
        skipped.append(dns.not_configured(scene.local.resolvers, needed=True))
    return Plan(tuple(tasks), tuple(skipped))


def _skipped(task: Task, because: str, expected: bool) -> Check[Facts]:
    facts = FACTS[task.kind]()
    known = facts.with_(expected=expected) if isinstance(facts, InternetFacts) else facts
    return task.check(Outcome.SKIP, because=because, facts=known)
