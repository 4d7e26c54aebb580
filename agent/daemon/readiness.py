"""What an audit says of this terminal, for the status document: ids alone, renewed once an hour and soon after what it rests on changed.

It reads the record, in a thread that is there only meanwhile: a disk that hangs holds up no cycle. What judges is given up again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from agent.contract.document import Readiness
from agent.contract.event import AnyEvent, ClosedEvent, DrillEvent, ToldEvent
from agent.contract.times import utc
from agent.daemon.process_memory import give_up
from agent.daemon.recorder import Recorder
from agent.examination.result import Examination
from agent.outputs.notifier import Notifier
from agent.outputs.worker import Worker
from agent.settings.load import Loaded
from probes.ground.bilingual import Bilingual
from probes.ground.clock import Clock
from probes.ground.text import escape
from probes.model import Check, Facts, Layer

EVERY_S = 3600.0
SETTLES_S = 5.0  # after what changed: until it is on the disk, and nothing more comes
APART_S = 60.0
_WELL = Bilingual("自查又正常了", "the audit works again")
_GIVEN_UP = {
    "agent.readiness": ("audit", "papers", "terminal", "ways", "known"),
    "agent.contract": ("audit",),
    "agent.record": ("loose_ends", "drills", "forgetting"),
    "agent.status": ("ready",),
    "agent.settings": ("left_in",),
    "agent.storage": ("printed",),
}


class ReadinessWatch:
    """`fleet`: version and hash of the configuration that the fleet has."""

    def __init__(self, loaded: Loaded, recorder: Recorder, notifier: Notifier, clock: Clock, fleet: Callable[[], tuple[str, str]]) -> None:
        self._loaded, self._recorder, self._notifier, self._clock, self._fleet = loaded, recorder, notifier, clock, fleet
        self._checks: Sequence[Check[Facts]] | None = None
        self._seen: frozenset[tuple[object, ...]] | None = None
        self._done_at = float("-inf")
        self._due_at = float("inf")
        self._news = False
        self.latest: Readiness | None = None
        self._worker = Worker("readiness", self._judge)
        self._heard, recorder.heard = recorder.heard, self.heard

    def heard(self, event: AnyEvent) -> None:
        """A line that is about to be written; whoever was told of it before is told still."""
        self._heard(event)
        if isinstance(event, ToldEvent | DrillEvent | ClosedEvent):
            self._due_at = min(self._due_at, self._clock.running() + SETTLES_S)

    def took(self, examination: Examination, patience_s: float) -> None:
        """What it saw; one without a look at gateways, as of a terminal that has just started, tells too little. `patience_s`: with what
        comes of it, where there is no later document."""
        if examination.held:
            return
        checks = examination.checks
        seen = frozenset((each.id, each.outcome, each.symptom) for each in checks if each.layer is Layer.SYSTEM)
        if seen != self._seen:
            self._due_at = min(self._due_at, self._clock.running() + (SETTLES_S if self.latest is not None else 0.0))
        self._checks, self._seen = checks, seen
        self.look()
        if patience_s:
            self._worker.wait(patience_s)

    def look(self) -> None:
        """To be called on and on. Returns at once."""
        now = self._clock.running()
        due = min(self._due_at, self._done_at + EVERY_S)
        if self._checks is not None and now >= due and now >= self._done_at + APART_S and self._worker.wake():
            self._done_at, self._due_at = now, float("inf")

    def news(self) -> bool:
        """Whether it says something else since it was last asked."""
        news, self._news = self._news, False
        return news

    def _judge(self) -> None:
        try:
            self._audit()
        except Exception as error:  # noqa: BLE001 - whatever it is, the next one comes within the hour
            kind = escape(f"{type(error).__name__}: {error}", 200)
            self._notifier.trouble("readiness", kind, Bilingual(f"自查出错：{kind}", f"the audit failed: {kind}"))
        else:
            self._notifier.over("readiness", _WELL)

    def _audit(self) -> None:
        from agent.readiness.audit import audited
        from agent.status.ready import gathered

        now = self._clock.wall()
        items = audited(gathered(self._loaded, self._checks, self._recorder.standing.promises, now, self._fleet()))
        failed, warned = (tuple(item.id for item in items if item.outcome == outcome) for outcome in ("fail", "warn"))
        before = self.latest
        self.latest = Readiness(checked_at=utc(now), failed=failed, warned=warned)
        self._news = before is None or (before.failed, before.warned) != (failed, warned)
        for package, names in _GIVEN_UP.items():
            give_up(package, names)
