"""From what the probes saw to the checks as they are reported, in the order of the path, and what they mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agent.diagnosis.diagnose import diagnose
from agent.diagnosis.model import Diagnosis, State
from agent.examination.dependencies import settle
from agent.examination.judge import judge
from agent.examination.local import Local
from agent.examination.own_networks import in_the_way
from agent.examination.result import Memory
from agent.examination.runner import Task
from agent.examination.scene import Scene
from probes import link
from probes.edge.kernel import network as kernel
from probes.edge.kernel.uplink import physical
from probes.model import Check, Facts, Kind, Layer

_ORDER = {layer: position for position, layer in enumerate(Layer)}


def judged(
    seen: Sequence[Check[Facts]], planned: Sequence[Task], scene: Scene, memory: Memory, counted: Mapping[str, int]
) -> tuple[tuple[Check[Facts], ...], Diagnosis]:
    """Held against thresholds, with every premise settled. `counted`: receive errors by interface, as the kernel counts them now."""
    place = {task.id: number for number, task in enumerate(planned)}
    beside = len(place)
    ordered = sorted(seen, key=lambda check: beside if check.kind is Kind.PLUGIN else place.get(check.id, -1))
    network = scene.local.network

    def with_errors(check: Check[Facts]) -> Check[Facts]:
        """Growth since the last examination, or since this one began."""
        before = network.link(check.name) if check.kind is Kind.LINK else None
        if before is None or check.name not in counted:
            return check
        start = memory.link_errors.get(check.name, before.receive_errors)
        return link.with_errors(check, max(0, counted[check.name] - min(start, before.receive_errors)))

    with_counts = [with_errors(check) for check in ordered]
    with_counts += in_the_way(with_counts, network, frozenset(physical(network)))
    settled = settle(judge(with_counts, scene.loaded.settings))
    checks = tuple(sorted(settled, key=lambda check: _ORDER.get(check.layer, len(_ORDER))))
    return checks, diagnose(checks)


def receive_errors() -> dict[str, int]:
    """Empty where they could not be read just now."""
    return {found.name: found.receive_errors for found in kernel.read().links}


def remember(memory: Memory, here: Local, diagnosis: Diagnosis, counted: dict[str, int]) -> Memory:
    """Uplinks as they were when all was well, and every physical one that ever had an address. What could not be read now stays."""
    routed = tuple(dict.fromkeys(here.network.name(route.index) for route in here.network.default_routes()))
    real = physical(here.network)
    used = [*memory.used_uplinks, *(name for name in real if (found := here.network.link(name)) and here.network.addresses_of(found.index))]
    return Memory(
        good_uplinks=routed if diagnosis.state is State.OK and routed else memory.good_uplinks,
        used_uplinks=tuple(dict.fromkeys(used)),
        link_errors=counted or memory.link_errors,
    )
