"""Handing alerts to an Alertmanager (`POST /api/v2/alerts`), in a thread of its own: one that is away, refuses or is slow holds up nothing,
is said once, and has everything that stands as soon as it is back.

Times are told by its own clock, as its last reply had it (`Date`): an alert that ended by a clock that is ahead would stand for an hour.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import requests
import urllib3

from agent.fleet.watching.alerts import Standing, ended, posted
from agent.outputs.notifier import Notifier
from agent.outputs.worker import Worker
from probes.ground.bilingual import Bilingual
from probes.ground.clock import Clock
from probes.ground.text import escape

MOST_ENDED = 2000  # that wait to be told; then the oldest is left to its lease
TIMEOUT_S = (5.0, 15.0)  # to connect, and for each part of the reply
CLOCK_S = 5.0  # a difference of the clocks that is worth another post
_SHOWN = 160  # characters of a reply


class Alertmanager:
    """`url`: of its web interface, with the prefix that it is served under; a login may stand in it."""

    def __init__(self, url: str, notifier: Notifier, clock: Clock, lease_s: float) -> None:
        self._url, self._notifier, self._clock, self._lease_s = url.rstrip("/"), notifier, clock, lease_s
        self.shown = escape(_without_login(url))
        self._lock = threading.Lock()
        self._standing: tuple[Standing, ...] = ()
        self._ended: list[tuple[Standing, float]] = []  # with the running clock's second at which it ended
        self._ahead_s = 0.0  # by how much its clock is ahead of ours
        self.delivered, self.failing = True, False  # what was last given to it; the last attempt
        self._worker = Worker(f"alerts to {self.shown}", self._post)
        self._session = requests.Session()
        self._session.trust_env = False

    def give(self, standing: Sequence[Standing], ended: Sequence[Standing]) -> None:
        """Returns at once."""
        with self._lock:
            self._standing = tuple(standing)
            at = self._clock.running()
            self._ended = [*self._ended, *((each, at) for each in ended)][-MOST_ENDED:]
            self.delivered = False
        self._worker.wake()

    def wait(self, patience_s: float) -> bool:
        """Whether it has been told all, within the time."""
        return self._worker.wait(patience_s) and self.delivered

    def _post(self) -> None:
        with self._lock:
            standing, over = self._standing, list(self._ended)
        # once more where its clock turns out to be another: the times of the first post were wrong by it
        told = self._told(standing, over) and (not self._clock_differs() or self._told(standing, over))
        with self._lock:
            self.failing = not told
            if told:
                self._ended = [each for each in self._ended if each not in over]
                self.delivered = standing is self._standing and not self._ended

    def _told(self, standing: Sequence[Standing], over: Sequence[tuple[Standing, float]]) -> bool:
        self._used_ahead_s = self._ahead_s
        now, running = self._clock.wall() + self._ahead_s, self._clock.running()
        # one that stands again by the same name must not be ended after it
        names = {tuple(each.labels.items()) for each in standing}
        gone = [(each, at) for each, at in over if tuple(each.labels.items()) not in names]
        body = [alert for each, at in gone for alert in ended([each], now - (running - at))] + posted(standing, self._lease_s, now)
        try:
            answer = self._session.post(f"{self._url}/api/v2/alerts", json=body, timeout=TIMEOUT_S, allow_redirects=False, stream=True)
            with answer:
                self._hear_clock(answer.headers.get("Date", ""))
                if answer.status_code == requests.codes.ok:
                    self._notifier.over(self.shown, Bilingual(f"{self.shown} 又收下告警了", f"{self.shown} takes alerts again"))
                    return True
                said = escape(answer.raw.read(4 * _SHOWN, decode_content=True).decode("utf-8", "replace"), _SHOWN)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            why = Bilingual(f"连不上（{type(error).__name__}）", f"it cannot be reached ({type(error).__name__})")
            self._trouble("away", why)
            return False
        status = answer.status_code
        self._trouble(f"HTTP {status}", Bilingual(f"它拒绝了（HTTP {status}：{said}）", f"it refuses them (HTTP {status}: {said})"))
        return False

    def _trouble(self, kind: str, why: Bilingual) -> None:
        text = Bilingual(
            f"告警没有送到 {self.shown}：{why.zh}。恢复后会补上", f"alerts do not reach {self.shown}: {why.en}. They follow once it is back"
        )
        self._notifier.trouble(self.shown, kind, text)

    def _hear_clock(self, date: str) -> None:
        try:
            told = parsedate_to_datetime(date).timestamp()
        except (ValueError, TypeError, OverflowError):
            return
        ahead = told - self._clock.wall()
        self._ahead_s = ahead if abs(ahead) > CLOCK_S else 0.0

    def _clock_differs(self) -> bool:
        return abs(self._ahead_s - self._used_ahead_s) > CLOCK_S


def _without_login(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
