"""Something tried beside what takes long, so that nobody waits for both one after the other."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Aside:
    """Begins after `after_s` seconds, unless `not_needed` came first. Where the system gives no thread, it never succeeds."""

    def __init__(self, after_s: float, attempt: Callable[[], bool]) -> None:
        self._after_s, self._attempt = after_s, attempt
        self._over = threading.Event()
        self._result = False
        self._thread = threading.Thread(target=self._run, name="aside", daemon=True)
        self._started = False
        try:
            self._thread.start()
            self._started = True
        except (RuntimeError, MemoryError):
            pass

    def not_needed(self) -> None:
        self._over.set()

    def succeeded(self, patience_s: float) -> bool:
        """Waits for its end, at most `patience_s` seconds."""
        if self._started:
            self._thread.join(patience_s)
        return self._result

    def _run(self) -> None:
        if not self._over.wait(self._after_s):
            self._result = self._attempt()
