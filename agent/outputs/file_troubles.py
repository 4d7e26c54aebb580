"""Files that cannot be written: said once for each directory, and once more when all of it can be written again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from agent.outputs.notifier import Notifier
from agent.storage.atomic import StoreError, Trouble
from probes.ground.bilingual import Bilingual
from probes.ground.clock import Clock
from probes.ground.text import escape

# what the system's own set-up of the directories may end, unlike a full disk or a broken medium
_BARRED = frozenset({Trouble.READ_ONLY, Trouble.NO_DIRECTORY, Trouble.NO_PERMISSION})


class FileTroubles:
    """What stands against one file of a directory mostly stands against the others. Any thread may try."""

    def __init__(self, notifier: Notifier, clock: Clock) -> None:
        self._notifier, self._clock = notifier, clock
        self._lock = threading.Lock()
        self._failing: set[Path] = set()
        self._barred_at: float | None = None

    @property
    def barred_s(self) -> float:
        """Seconds since something is not written because its directory is away, read-only or closed to us."""
        barred_at = self._barred_at
        return 0.0 if barred_at is None else self._clock.running() - barred_at

    def tried(self, path: Path, attempt: Callable[[], None], meanwhile: Bilingual | None = None) -> bool:
        """Whether `attempt` wrote the file, which it does or raises `StoreError`. `meanwhile` is added to what is said of a failure."""
        try:
            attempt()
        except StoreError as error:
            text = Bilingual(error.text.zh + meanwhile.zh, error.text.en + meanwhile.en) if meanwhile else error.text
            self._failed(path, error.trouble, text)
            return False
        self._written(path)
        return True

    def over(self, path: Path) -> None:
        """What was said of this one file is true no more."""
        self._notifier.over(str(path), _again(path))

    def _failed(self, path: Path, trouble: Trouble, text: Bilingual) -> None:
        with self._lock:
            if trouble is Trouble.NO_LINKS:  # stands against no other file
                self._notifier.trouble(str(path), trouble, text)
                return
            self._failing.add(path)
            self._notifier.trouble(str(path.parent), trouble, text)
            if trouble in _BARRED and self._barred_at is None:
                self._barred_at = self._clock.running()

    def _written(self, path: Path) -> None:
        with self._lock:
            self._failing.discard(path)
            if not self._failing:
                self._barred_at = None
            if not any(other.parent == path.parent for other in self._failing):
                self._notifier.over(str(path.parent), _again(path.parent))


def _again(path: Path) -> Bilingual:
    shown = escape(str(path))
    return Bilingual(f"{shown} 又可以写入了", f"{shown} can be written again")
