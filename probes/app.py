"""Whether the payment application runs."""

from __future__ import annotations

from probes.edge.kernel.processes import Process, census, matches, shown
from probes.model import Check, Outcome, Symptom, check_of
from probes.model.facts import AppFacts
from probes.settings import App

PIDS_SHOWN = 20
_HIDDEN = "the processes of other users are hidden (hidepid or a sandbox): run as root, or in the group that may read /proc"


def app(settings: App) -> Check[AppFacts]:
    """Passes while one process of it is neither stopped nor dead."""
    seen = census()
    found = matches(settings.process, seen.processes)
    fitting = [(process, process.fits(found)) for process in seen.processes]
    ours = [process for process, fits in fitting if fits]
    alive = [process for process in ours if not process.zombie]
    working = [process for process in alive if not process.stopped]
    facts = _facts(settings, working or alive or ours)

    def check(outcome: Outcome, symptom: Symptom | None = None, because: str | None = None) -> Check[AppFacts]:
        return check_of(facts, outcome, symptom, because, name=settings.name)

    if working:
        return check(Outcome.PASS)
    if seen.not_looked:
        return check(Outcome.UNKNOWN, Symptom.NOT_LOOKED, seen.not_looked)
    if any(fits is None for _, fits in fitting):
        return check(Outcome.UNKNOWN, Symptom.NOT_LOOKED if found.said.not_looked else None, found.said.because)
    if not seen.complete and not alive:
        return check(Outcome.UNKNOWN, Symptom.DENIED, _HIDDEN)
    if alive:
        return check(Outcome.FAIL, Symptom.STOPPED)
    return check(Outcome.FAIL, Symptom.ZOMBIE if ours else Symptom.NOT_RUNNING)


def _facts(settings: App, processes: list[Process]) -> AppFacts:
    return AppFacts(
        required=settings.required,
        pids=tuple(process.pid for process in processes)[:PIDS_SHOWN],
        names=tuple(sorted({shown(process.name) for process in processes}))[:PIDS_SHOWN],
    )
