"""What the daemon knows of the steps from cases, and what its record adds up to: of its own record, read once and then taken in as it is
written, and of the fleet's lessons, read again when they change."""

from __future__ import annotations

from pathlib import Path

from agent.contract.day import Today
from agent.contract.document import ClosedEntry, Recorded
from agent.contract.event import AnyEvent
from agent.contract.experience import Experience, Tally
from agent.diagnosis.causes import Cause
from agent.outputs.notifier import Notifier
from agent.record.differences import Known
from agent.record.learned import Learned
from agent.record.tallied import Tallied
from agent.settings.model import Settings
from agent.storage.lessons_file import LessonsFile
from probes.ground.bilingual import Bilingual

_WHOLE_AGAIN = Bilingual("机群经验文件又可用了", "the lessons of the fleet can be used again")
_Counts = dict[Cause, dict[str, Tally]]


class Learning:
    def __init__(self, settings: Settings, notifier: Notifier) -> None:
        self._lessons, self._notifier = LessonsFile(settings), notifier
        self._folder = Path(settings.agent.state_dir)
        self._learned, self._tallied = Learned(), Tallied()
        self._here: tuple[_Counts, _Counts] = {}, {}
        self.again()

    def again(self) -> None:
        """Reads the record anew, which takes as long as a disk does. Where it cannot be read, the recorder says so."""
        from agent.record.recount import recount, tallied  # once, at the start

        try:
            self._learned, self._tallied = recount(self._folder), tallied(self._folder)
        except OSError:
            self._learned, self._tallied = Learned(), Tallied()
        self._here = self._learned.tallies()

    def take(self, event: AnyEvent) -> None:
        """A line that is about to be written."""
        self._tallied.take(event)
        if self._learned.take(event):
            self._here = self._learned.tallies()

    @property
    def fleet(self) -> tuple[str, str]:
        """The version and the configuration's hash that the fleet has, as far as its lessons say."""
        return self._lessons.fleet

    def experience(self) -> Experience:
        fleet, trouble = self._lessons.read(), self._lessons.trouble
        if trouble is None:
            self._notifier.over("lessons", _WHOLE_AGAIN)
        else:
            self._notifier.trouble("lessons", trouble.en, trouble)
        steps, traces = self._here
        return Experience(here=steps, fleet=fleet, traces=traces)

    def record(self, today: Today | None, known: Known) -> Recorded:
        """`known`: of every thing, what it was last."""
        tallied = self._tallied
        return Recorded(
            seconds_by_state=tallied.with_today({} if today is None else today.seconds),
            incidents_by_cause=dict(tallied.incidents),
            closed=tuple(
                ClosedEntry(cause=each.cause, subject=each.subject, began_at=each.began_at, duration_s=each.seconds, step=each.step)
                for each in tuple(tallied.closed)
            ),
            addresses={subject: values[0] for (what, subject), values in known.items() if what == "gateway_address" and values},
        )
