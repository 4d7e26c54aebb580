"""What the receiver counts, and what it says of it where people look: on the error stream, a line a minute for each kind of trouble."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from probes.ground.clock import Clock
from probes.ground.text import escape

EVERY_S = 60.0
_MOST_KINDS = 50  # of trouble, in one minute
_SHOWN = 80


class Counted:
    """`answers`: by status; `refused`: documents and requests, by kind; `bytes`: as they were sent. `say`: takes a line."""

    def __init__(self, say: Callable[[str], None], clock: Clock) -> None:
        self.answers: Counter[int] = Counter()
        self.refused: Counter[str] = Counter()
        self.accepted = 0
        self.bytes = 0
        self._say, self._clock = say, clock
        self._since: Counter[tuple[str, str, str]] = Counter()
        self._begun = clock.monotonic()

    def refuse(self, kind: str, why: str, holder: str, count: int = 1) -> None:
        self.refused[kind] += count
        key = (kind, holder, why)
        if key in self._since or len(self._since) < _MOST_KINDS:
            self._since[key] += count
        else:
            self._since["many", "", "others"] += count

    def told(self) -> Iterator[str]:
        """What was refused since this was asked last. An access token is in none of it."""
        since, self._since = self._since, Counter()
        for (_, holder, why), count in since.most_common():
            whose = f" of “{escape(holder, _SHOWN)}”" if holder else ""
            yield f"refused {count}{whose}: {escape(why, _SHOWN)}"

    def tick(self) -> None:
        """To be called every second or so."""
        if self._clock.monotonic() - self._begun >= EVERY_S and self._since:
            self._begun = self._clock.monotonic()
            for line in self.told():
                self._say(line)
