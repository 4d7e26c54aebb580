"""The looks that go on while somebody does a step, and what of them is news to whoever is led.

In a thread of its own: a name server that does not answer holds up no key.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from agent.contract.document import Status
from agent.examination.registry import FOLLOWING
from agent.guide.live import Seen
from agent.remedy.route import lasting, well
from agent.remedy.walk import Phase, Walk
from probes.model import Check, Facts, kind_of

_PACE_S = 0.7
_SPARE = 5.0  # times as long as a look takes, so that a slow machine has time for its work
_SERVICE_S = 8.0  # until the service has looked at everything as well: then nothing is asked twice
EVERYTHING_S = 30.0  # between two examinations of our own


class Still(Exception):
    """Everything was looked at, and the fault is still there."""


class Live(Protocol):
    def seen(self, check_id: str, *, everything: bool) -> Seen: ...

    def everything(self) -> Status | None: ...


News = Check[Facts] | Status | Still


class Looks:
    """`wake` is called, by another thread, when a look has ended."""

    def __init__(self, live: Live, wake: Callable[[], None]) -> None:
        self._live, self._wake = live, wake
        self._found: queue.SimpleQueue[Seen | Status | None] = queue.SimpleQueue()
        self._busy = False
        self._next_at = 0.0
        self._everything_at = float("-inf")
        self._examine = False
        self._service: Status | None = None

    def begin(self, walk: Walk, now: float) -> None:
        """Whatever is due."""
        if self._busy or walk.ended or walk.phase is Phase.WAS:
            return
        if self._examine:
            self._examine, self._everything_at = False, now
            self._start(self._live.everything)
        elif now >= self._next_at:
            check_id = walk.step.verify if walk.step else ""
            self._start(lambda: self._live.seen(check_id, everything=walk.sure))

    def found(self, walk: Walk, now: float) -> list[News]:
        """What is news since the last time."""
        news: list[News] = []
        while not self._found.empty():
            each = self._found.get()
            self._busy = False
            if isinstance(each, Seen):
                news += self._news(each, walk, now)
            elif each is not None:
                news.append(each)
            elif walk.sure:
                news.append(Still())
        return news

    def _news(self, seen: Seen, walk: Walk, now: float) -> list[News]:
        news: list[News] = []
        if seen.check is not None:
            news.append(seen.check)
        service, self._service = self._service, seen.service
        if seen.service is not None and (service is None or service.sequence != seen.service.sequence):
            news.append(seen.service)
        if seen.verdict is not None and _counts(seen.verdict, walk):
            news.append(seen.verdict)
        elif seen.verdict is not None and walk.sure and _same(seen.verdict, walk):
            news.append(Still())
        elif self._examination_is_due(seen, walk, now):
            self._examine = True
        return news

    def _examination_is_due(self, seen: Seen, walk: Walk, now: float) -> bool:
        """Where a look at what is cheap does not tell: the service's examination is waited for, where there is a service."""
        if now - self._everything_at < EVERYTHING_S:
            return False
        if walk.sure:
            return seen.service is None or (walk.sure_at is not None and now - walk.sure_at >= _SERVICE_S)
        return not seen.alone and seen.service is None

    def _start(self, look: Callable[[], Seen | Status | None]) -> None:
        def work() -> None:
            seen: Seen | Status | None = None
            began = time.monotonic()
            with suppress(Exception):  # whatever it is, it is no news, and nothing to show to whoever is led
                seen = look()
            ended = time.monotonic()
            self._next_at = ended + max(_PACE_S, _SPARE * (ended - began))
            self._found.put(seen)
            self._wake()

        self._busy = True
        threading.Thread(target=work, name="guide-look", daemon=True).start()


def _codes(status: Status) -> set[object]:
    return {each.code for each in lasting(status)}


def _counts(verdict: Status, walk: Walk) -> bool:
    """A light look may say that a fault is over. It names no new one, and says nothing of those that only an examination sees."""
    if _by_examination_only(walk):
        return False
    now, before = _codes(verdict), _codes(walk.latest)
    return now < before and (bool(now) or well(verdict))


def _same(verdict: Status, walk: Walk) -> bool:
    return not _by_examination_only(walk) and _codes(verdict) == _codes(walk.latest)


def _by_examination_only(walk: Walk) -> bool:
    evidence = {name for each in lasting(walk.latest) for name in each.evidence} | ({walk.step.verify} if walk.step else set())
    return any(kind_of(name) in FOLLOWING for name in evidence)
