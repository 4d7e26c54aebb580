"""One examination from beginning to end: look, follow up, hold against thresholds, settle premises, diagnose."""

from __future__ import annotations

import time
from collections.abc import Sequence

from agent.contract.times import utc
from agent.diagnosis.model import Diagnosis
from agent.examination import light_examination, local, reachability, runner
from agent.examination.carried import Carried
from agent.examination.dependencies import settle
from agent.examination.followups import EARLY_S
from agent.examination.judged import judged, receive_errors, remember
from agent.examination.light_examination import Depth, LightExamination
from agent.examination.plan import Plan, plan
from agent.examination.registry import called_for, early
from agent.examination.result import Examination, Memory
from agent.examination.runner import Midway, Progress, Task
from agent.examination.scene import Scene, scene
from agent.messages.limiter import SendLimiter
from agent.settings.load import Loaded
from agent.storage.identity import boot_id
from probes.ground.deadline import Deadline
from probes.model import Check, Facts

_MARGIN_S = 0.3  # kept for judging and wording


def examine(
    loaded: Loaded,
    *,
    carried: Carried,
    timeout_s: float = 15.0,
    memory: Memory | None = None,
    progress: Progress | None = None,
    by_check: bool = False,
    light: LightExamination | None = None,
    only: str | None = None,
) -> Examination:
    """Takes at most `timeout_s` seconds, whatever hangs. Raises nothing that a probe raises.

    `by_check`: a person asked, who may ask the acquirers more often than the daemon. With `light` only what is cheap is looked
    at again, and everything once anything differs. `carried`: what earlier examinations left in memory, and what this one leaves.
    """
    began = time.monotonic()
    clock = carried.clock
    started_at = utc(clock.wall())
    remembered = memory or Memory()
    deadline = Deadline(max(0.1, timeout_s - _MARGIN_S), clock, carried.spent)
    here = local.examine(loaded.settings, remembered)
    agent = loaded.settings.agent
    limiter = SendLimiter(
        agent.state_dir, boot_id(), agent.retry_s, clock, by_check=by_check, memory_dir=agent.status_home, unwritten=carried.unwritten
    )
    stage = scene(loaded, here, limiter, carried, anew=light is None)
    planned = plan(stage) if only is None else plan(stage).only(only)
    aside = runner.begin(planned.aside, deadline, progress, carried.hanging)
    stamped = runner.stamp(planned.checks, (time.monotonic() - began) * 1000, clock)
    look = _Look(stage, planned, deadline, progress, remembered, carried, follow=only is None)
    seen = look.lightly(stamped, light) if light else None
    complete = seen is None
    if seen is None:
        seen = look.at_everything(stamped, packets=light is None or light.packets)
    seen = [*seen, *aside.ended()]
    checks, diagnosis = look.judged(seen)
    return Examination(
        checks=checks,
        diagnosis=diagnosis,
        memory=remember(remembered, here, diagnosis, look.counted),
        started_at=started_at,
        took_ms=round((time.monotonic() - began) * 1000, 1),
        seen=tuple(seen),
        complete=complete,
        held=bool(stage.held),
        uplink=here.current(),
        budgets=here.budgets(loaded.settings),
        spent=here.by_interface(carried.spent.drain()),
    )


class _Look:
    """One look at this terminal."""

    def __init__(
        self,
        stage: Scene,
        planned: Plan,
        deadline: Deadline,
        progress: Progress | None,
        memory: Memory,
        carried: Carried,
        *,
        follow: bool = True,
    ) -> None:
        self._scene, self._planned, self._memory, self._carried = stage, planned, memory, carried
        self._deadline, self._progress, self._follow = deadline, progress, follow
        self._fresh: list[Check[Facts]] = []  # what a light look saw before it turned out that everything has to be looked at
        self.counted: dict[str, int] = {}

    def lightly(self, stamped: list[Check[Facts]], light: LightExamination) -> list[Check[Facts]] | None:
        """None where anything is not as it was."""
        tasks = self._planned.tasks
        asked: list[Task] = []
        if light.gateways is Depth.REACH:
            possible = frozenset(task.id for task in tasks)
            asked = reachability.tasks(
                self._scene.loaded.settings.gateway, light.earlier, possible, self._carried.pool, proxied=self._scene.proxy is not None
            )
        cheap = light_examination.chosen(light, tasks)
        found = self._run([*cheap, *asked])
        self._fresh, reached = found[: len(found) - len(asked)], found[len(found) - len(asked) :]
        seen = light_examination.merged(light, [*stamped, *self._fresh], reached, tasks)
        if light_examination.differs(light, seen, reached, tasks):
            return None
        called_for = {task.id for task in self._followups(seen)}
        if called_for - {check.id for check in light.earlier}:
            return None
        return seen if light_examination.same_verdict(self.judged(seen)[1], light.verdict) else None

    def at_everything(self, stamped: list[Check[Facts]], *, packets: bool) -> list[Check[Facts]]:
        """What a light look saw just now is not looked at twice."""
        self._carried.names.forget()
        done = {check.id for check in self._fresh}
        rest = [task for task in self._planned.tasks if task.id not in done]
        if not packets:
            quiet = self._run([task for task in rest if task.layer not in light_examination.SENDING])
            return runner.stamp([*stamped, *self._fresh, *quiet, *light_examination.without_packets(rest)], 0.0, self._carried.clock)
        known = [*stamped, *self._fresh]
        if not self._follow:
            return [*known, *self._run(rest)]
        midway = Midway(EARLY_S, lambda found: early(settle([*known, *found]), self._scene))
        seen = [*known, *self._run(rest, midway)]
        return seen + self._run(self._followups(seen))

    def judged(self, seen: Sequence[Check[Facts]]) -> tuple[tuple[Check[Facts], ...], Diagnosis]:
        """The checks in the order of the path, and what they mean."""
        self.counted = receive_errors()
        return judged(seen, self._planned.tasks, self._scene, self._memory, self.counted)

    def _followups(self, seen: Sequence[Check[Facts]]) -> list[Task]:
        return called_for(settle(seen), self._scene)

    def _run(self, tasks: Sequence[Task], midway: Midway | None = None) -> list[Check[Facts]]:
        return runner.run(tasks, self._deadline, self._progress, midway, self._carried.hanging)
