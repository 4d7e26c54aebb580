"""The planner of plug-ins. Each is imported in the thread of its own task: one that hangs or breaks at that costs nobody else anything."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from agent.examination.planned import Planned
from agent.examination.runner import Task
from agent.examination.scene import Scene
from probes.ground.deadline import Deadline
from probes.model import Check, Kind
from probes.model.facts import PluginFacts
from probes.settings import Plugin


def plan(scene: Scene) -> Iterator[Planned]:
    for wanted in scene.loaded.settings.plugin:
        yield Planned(Task.of(Kind.PLUGIN, wanted.name, partial(_look, wanted), wanted.timeout_s), aside=True)


def _look(wanted: Plugin, deadline: Deadline) -> list[Check[PluginFacts]]:
    from probes import plugged

    return plugged.probe(wanted, deadline)
