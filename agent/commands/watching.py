"""What `posdiag watch` looks at and remembers: the looks in a thread of their own, and the story that they tell."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence

from msgspec import Struct

from agent.contract.document import Status
from agent.contract.times import utc
from agent.diagnosis.causes import Severity
from agent.examination.live_look import Live, LiveLook
from agent.examination.memory import recall
from agent.present import times
from agent.present.page import Page
from agent.present.verdicts import ANSWERS
from agent.present.watch_rows import Watched
from agent.settings.load import Loaded
from agent.status.build import snapshot
from agent.status.private import masker
from probes.ground.bilingual import Bilingual
from probes.ground.clock import Clock
from probes.ground.text import escape
from probes.model import Outcome

EVERY_S = 1.0
STUCK_S = 15.0  # without a look that has ended
_KEPT = 20  # changes


class Sight(Struct, frozen=True, kw_only=True):
    """One look: as it is, and as a document. `trouble`: why there is none, and the last one stands."""

    live: Live | None = None
    status: Status | None = None
    ages: dict[str, float] = {}
    trouble: Bilingual | None = None
    at_s: float = 0.0


class Watcher:
    """Looks for as long as the program runs, and whatever goes wrong is a line on the screen."""

    def __init__(self, loaded: Loaded, clock: Clock) -> None:
        self._loaded, self._clock = loaded, clock
        self._names = masker(loaded.settings)
        self._look: LiveLook | None = None
        self._last = Sight(at_s=clock.running())
        self._new = threading.Event()

    def begin(self) -> None:
        threading.Thread(target=self._work, name="watch", daemon=True).start()

    def wait(self, seconds: float) -> None:
        self._new.wait(seconds)

    @property
    def sight(self) -> Sight:
        """The newest."""
        self._new.clear()
        last, now = self._last, self._clock.running()
        if now - last.at_s < STUCK_S:
            return last
        said = Bilingual(f"已有 {now - last.at_s:.0f} 秒没有结果", f"no look has ended for {now - last.at_s:.0f} s")
        return Sight(live=last.live, status=last.status, ages=last.ages, trouble=said, at_s=last.at_s)

    def _work(self) -> None:
        pause = threading.Event()
        while True:
            try:
                self._last = self._once()
            except Exception as error:  # noqa: BLE001 - whatever it is, the next look comes
                name = escape(f"{type(error).__name__}: {error}", 120)
                said = Bilingual(f"这一次没有看成（{name}），会再试", f"this look failed ({name}), the next one comes")
                self._last = Sight(live=self._last.live, status=self._last.status, trouble=said, at_s=self._clock.running())
            self._new.set()
            pause.wait(EVERY_S)

    def _once(self) -> Sight:
        if self._look is None:
            memory = recall(self._loaded.settings.agent.state_dir)
            self._look = LiveLook(self._loaded, self._clock, memory=memory, names=self._names)
        live = self._look.look()
        status = snapshot(live.examination, self._loaded, self._clock)
        ages = {self._names(name): age for name, age in live.ages.items()}
        return Sight(live=live, status=status, ages=ages, at_s=self._clock.running())


class Story:
    """Told every look, says what became different: of a thing on the path at once, of the verdict once the path was looked at anew."""

    def __init__(self, page: Page, now: Callable[[], float]) -> None:
        self._page, self._now = page, now
        self._known: dict[str, tuple[Outcome, str]] = {}
        self._verdict: tuple[object, ...] | None = None
        self.since = ""
        self.changes: deque[tuple[str, str]] = deque(maxlen=_KEPT)  # the newest first: when, and what
        self.begun = False  # there is a verdict

    def take(self, sight: Sight, rows: Sequence[Watched]) -> list[str]:
        """What is new, in words."""
        live, status = sight.live, sight.status
        if live is None or status is None or sight.trouble is not None:
            return []
        first = not self.begun
        found = [said for row in rows if (said := self._changed(row)) and not first]
        verdict = self._judged(live, status) if live.settled else []
        at = utc(self._now())
        self.changes.extendleft((at, said) for said in found)
        self.changes.extendleft((self.since, said) for said in verdict)  # which may be older than this program
        return found + verdict

    def told(self) -> tuple[str, ...]:
        return tuple(f"{self._when(at)} {said}" for at, said in self.changes)

    def _when(self, at: str) -> str:
        """Without the day, where that is today."""
        day, today = times.moment(at, self._page), times.moment(utc(self._now()), self._page)
        return times.of_day(at, self._page) if day[:5] == today[:5] else day

    def _changed(self, row: Watched) -> str:
        """What is only behind something else, or could not be told, is no news."""
        if row.outcome not in (Outcome.PASS, Outcome.WARN, Outcome.FAIL):
            return ""
        before = self._known.get(row.key)
        self._known[row.key] = now = row.outcome, row.why
        if before == now or (before is None and row.outcome is Outcome.PASS):
            return ""
        return f"{row.name}{self._page.say('：', ': ')}{row.state(self._page)}"

    def _judged(self, live: Live, status: Status) -> list[str]:
        wrong = [cause for cause in status.causes if cause.severity is not Severity.NOTICE]
        verdict = status.can_pay, status.state, tuple((cause.code, cause.subject) for cause in wrong)
        if verdict == self._verdict:
            return []
        first = self._verdict is None
        self._verdict, self.begun = verdict, True
        service = live.service
        told = service is not None and (service.state, service.cause) == (status.state, status.cause)
        self.since = service.since if told and service is not None and first else utc(self._now())
        page = self._page
        said = [page.words(ANSWERS[status.can_pay].clause), *(page.words(cause.summary) for cause in wrong)]
        return [page.say("；", "; ").join(said)]
