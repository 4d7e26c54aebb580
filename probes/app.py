"""Whether the payment application runs."""

from __future__ import annotations

from typing import Any

from probes.edge.kernel.processes import Process, census, matches, shown
from probes.model import Check, Layer, Outcome, Symptom
from probes.settings import App

PIDS_SHOWN = 20


def app(settings: App) -> Check:
    """Passes while one process of it is neither stopped nor dead."""
    seen = census()
    found = matches(settings.process, seen.processes)
    fitting = [(process, process.fits(found)) for process in seen.processes]
    ours = [process for process, fits in fitting if fits]
    alive = [process for process in ours if not process.zombie]
    working = [process for process in alive if not process.stopped]
    facts = _facts(settings, working or alive or ours)
    if working:
        return _check(settings, Outcome.PASS, None, facts)
    if any(fits is None for _, fits in fitting):
        return _check(settings, Outcome.UNKNOWN, None, facts, found.said.because)
    if not seen.complete and not alive:
        because = "the processes of other users are hidden (hidepid or a sandbox): run as root, or in the group that may read /proc"
        return _check(settings, Outcome.UNKNOWN, Symptom.DENIED, facts, because)
    if alive:
        return _check(settings, Outcome.FAIL, Symptom.STOPPED, facts)
    return _check(settings, Outcome.FAIL, Symptom.ZOMBIE if ours else Symptom.NOT_RUNNING, facts)


def _facts(settings: App, processes: list[Process]) -> dict[str, Any]:
    return {
        "required": settings.required,
        "pids": [process.pid for process in processes][:PIDS_SHOWN],
        "names": sorted({shown(process.name) for process in processes})[:PIDS_SHOWN],
    }


def _check(settings: App, outcome: Outcome, symptom: Symptom | None, facts: dict[str, Any], because: str | None = None) -> Check:
    return Check(
        id=f"app:{settings.name}",
        layer=Layer.APP,
        target=settings.name,
        outcome=outcome,
        symptom=symptom,
        because=because,
        facts=facts,
    )
