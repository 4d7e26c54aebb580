"""How this terminal is looked at while somebody is led: what the step is to change, beside what the service has seen; and everything."""

from __future__ import annotations

import glob
import os
import time
from functools import partial
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from agent.contract.document import Status
from agent.contract.experience import Experience, Tally
from agent.contract.times import utc
from agent.daemon.examiner import Examiner
from agent.diagnosis.causes import Cause
from agent.diagnosis.model import Diagnosis
from agent.examination.examine import examine
from agent.examination.live_look import Live, LiveLook
from agent.examination.memory import recall
from agent.examination.result import Examination
from agent.messages.visits import APART_S, Visits
from agent.record.recount import recount
from agent.record.said_dates import SaidDates
from agent.settings.load import Loaded
from agent.status.build import snapshot
from agent.status.private import hide, masker
from agent.storage.identity import boot_id
from agent.storage.lessons_file import LessonsFile
from agent.storage.places import places
from probes.ground.clock import Clock
from probes.model import Check, Facts

_Counts = dict[Cause, dict[str, Tally]]
_GRACE_S = 1.0
_TURN_S, _PAUSE_S = APART_S + 1, 0.25  # to wait for our turn to call on the acquirers' hosts


class Seen(Struct, frozen=True, kw_only=True):
    """`check`: the one that was asked for; `alone`: it can be looked at by itself. `verdict`: of all that is looked at, where it rests on
    nothing older than the last change and is another one than before, or was asked for. `service`: what the service says."""

    check: Check[Facts] | None = None
    alone: bool = True
    verdict: Status | None = None
    service: Status | None = None


class ThisTerminal:
    """`whole`: this user may read the configuration, so that everything can be looked at. Not to be used by two threads at once."""

    def __init__(self, loaded: Loaded, clock: Clock, timeout_s: float, *, whole: bool) -> None:
        self._loaded, self._clock, self._whole = loaded, clock, whole
        agent = loaded.settings.agent
        self._memory, self._boot, self._places = recall(agent.state_dir), boot_id(), places(agent)
        self._mask = masker(loaded.settings)
        self._look = LiveLook(loaded, clock, memory=self._memory, names=self._mask)
        said = SaidDates.beside(loaded.settings, clock)
        self._examiner = Examiner(partial(examine, by_check=True), loaded, timeout_s, clock, _GRACE_S, said=said)
        self._visits = Visits(agent.state_dir, self._boot, clock, memory_dir=agent.status_home)
        self._all_seen = False
        self._told: object = None
        self._experience: Experience | None = None
        self._ids: list[str] = []

    def seen(self, check_id: str, *, everything: bool) -> Seen:
        """Never waits for an answer: what was asked for now is there the next time. Until all has been seen once, all is looked at."""
        own = next((name for name in self._ids if self._mask(name) == check_id), check_id)
        live = self._look.look(*([glob.escape(own)] if check_id and self._all_seen and not everything else []))
        self._all_seen = self._all_seen or not live.awaited
        self._ids = [check.id for check in live.checks]
        checks = hide(live.checks, self._loaded.settings)
        found = next((each for each in checks if each.id == check_id), None)
        check = None if found is None else replace(found, observed_at=utc(live.at - live.ages.get(own, 0.0)))
        return Seen(
            check=check,
            alone=check is not None or own in live.awaited,
            verdict=self._verdict(live, asked=everything),
            service=live.service,
        )

    def _verdict(self, live: Live, *, asked: bool) -> Status | None:
        if not (self._whole and live.settled and self._all_seen):
            return None
        told = _told(live.diagnosis)
        if told == self._told and not asked:
            return None
        self._told = told
        return self._document(live.examination)

    def _document(self, examination: Examination) -> Status:
        if self._experience is None:
            steps, traces = _seen_here(Path(self._loaded.settings.agent.state_dir))
            self._experience = Experience(here=steps, fleet=LessonsFile(self._loaded.settings).read(), traces=traces)
        return snapshot(examination, self._loaded, self._clock, self._experience)

    def first(self) -> Status | None:
        """What to begin with: an examination, as `posdiag check` makes one. None where this user may not make it."""
        if not self._whole:
            return None
        if os.access(self._loaded.settings.agent.state_dir, os.W_OK):  # else nobody else's turn can be known
            self._turn()
        return self._examined()

    def everything(self) -> Status | None:
        """One examination, in its turn; None where this user may not make it, or where others always come first."""
        return self._examined() if self._whole and self._turn() else None

    def _examined(self) -> Status:
        return self._document(self._examiner.run(self._memory))

    def document(self) -> Status | None:
        """The service's, where it may be believed."""
        reading = self._places.shown(self._clock.wall(), self._boot)
        return reading.status if reading.flaw is None else None

    def _turn(self) -> bool:
        if not self._loaded.settings.gateway:
            return True
        end = time.monotonic() + _TURN_S
        while not self._visits.take(served=False):
            if time.monotonic() > end:
                return False
            time.sleep(_PAUSE_S)
        return True


def _seen_here(folder: Path) -> tuple[_Counts, _Counts]:
    """What the record tells of the steps; nothing where it may not be read."""
    try:
        return recount(folder).tallies()
    except OSError:
        return {}, {}


def _told(diagnosis: Diagnosis) -> object:
    return diagnosis.state, diagnosis.can_pay, tuple((each.code, each.subject, each.severity) for each in diagnosis.findings)
