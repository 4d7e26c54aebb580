"""One examination from beginning to end: look, follow up, hold against thresholds, settle premises, diagnose."""

from __future__ import annotations

import time

from agent.diagnosis.diagnose import diagnose
from agent.diagnosis.model import Diagnosis, State
from agent.examination import local, runner
from agent.examination.followups import followups
from agent.examination.judge import judge
from agent.examination.local import Local
from agent.examination.plan import plan
from agent.examination.premises import settle
from agent.examination.result import Examination, Memory
from agent.examination.runner import Progress
from agent.messages.turns import Turns
from agent.settings.load import Loaded
from agent.status.identity import boot_id
from probes import link
from probes.deadline import Deadline
from probes.edge import network as kernel
from probes.edge.uplink import physical
from probes.model import Check, Layer

_ORDER = {layer: position for position, layer in enumerate(Layer)}
_MARGIN_S = 0.3  # kept for judging and wording


def examine(
    loaded: Loaded, *, timeout_s: float = 15.0, memory: Memory | None = None, progress: Progress | None = None, by_check: bool = False
) -> Examination:
    """Takes at most `timeout_s` seconds, whatever hangs. Raises nothing that a probe raises.

    `by_check`: a person asked, who may ask the acquirers more often than the daemon.
    """
    began = time.monotonic()
    started_at = runner.now()
    remembered = memory or Memory()
    deadline = Deadline(max(0.1, timeout_s - _MARGIN_S))
    here = local.examine(loaded.settings, remembered)
    agent = loaded.settings.agent
    planned = plan(loaded, here, Turns(agent.state_dir, boot_id(), agent.retry_s, by_check=by_check))
    stamped = runner.stamp([*here.checks, *planned.skipped], (time.monotonic() - began) * 1000)
    seen = [*stamped, *runner.run(planned.tasks, deadline, progress)]
    seen += runner.run(followups(settle(seen), here, loaded, planned.lookup, time.monotonic() - began), deadline, progress)
    counted = _receive_errors()
    seen = [_with_errors(check, here, remembered, counted) for check in seen]
    checks = tuple(sorted(settle(judge(seen, loaded.settings)), key=lambda check: _ORDER[check.layer]))
    diagnosis = diagnose(checks)
    return Examination(
        checks=checks,
        diagnosis=diagnosis,
        memory=_remember(remembered, here, diagnosis, counted),
        started_at=started_at,
        took_ms=round((time.monotonic() - began) * 1000, 1),
    )


def _receive_errors() -> dict[str, int]:
    return {found.name: found.receive_errors for found in kernel.read().links}


def _with_errors(check: Check, here: Local, memory: Memory, counted: dict[str, int]) -> Check:
    """Growth since the last examination, or since this one began."""
    before = here.network.link(check.target) if check.layer is Layer.LINK else None
    if before is None or check.target not in counted:
        return check
    start = memory.link_errors.get(check.target, before.receive_errors)
    return link.with_errors(check, max(0, counted[check.target] - min(start, before.receive_errors)))


def _remember(memory: Memory, here: Local, diagnosis: Diagnosis, counted: dict[str, int]) -> Memory:
    """Uplinks as they were when all was well, and every physical one that ever had an address."""
    routed = tuple(dict.fromkeys(here.network.name(route.index) for route in here.network.default_routes()))
    real = physical(here.network)
    used = [*memory.used_uplinks, *(name for name in real if (found := here.network.link(name)) and here.network.addresses_of(found.index))]
    return Memory(
        good_uplinks=routed if diagnosis.state is State.OK and routed else memory.good_uplinks,
        used_uplinks=tuple(dict.fromkeys(used)),
        link_errors=counted,
    )
