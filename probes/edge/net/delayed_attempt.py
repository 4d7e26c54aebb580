"""Something tried beside what takes long, so that nobody waits for both one after the other."""

from __future__ import annotations

import threading
from collections.abc import Callable

from probes.edge.failures import CannotTell, start


class DelayedAttempt:
    """Begins after `after_s` seconds, unless `not_needed` came first.

    What the attempt raises is raised by `succeeded`, and `CannotTell` where the system gave no thread for it.
    """

    def __init__(self, after_s: float, attempt: Callable[[], bool]) -> None:
        self._after_s, self._attempt = after_s, attempt
        self._over = threading.Event()
        self.begun = False
        self._result = False
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="aside", daemon=True)
        self._started = False
        try:
            start(self._thread)
            self._started = True
        except CannotTell as trouble:
            self._error = trouble

    def not_needed(self) -> None:
        self._over.set()

    def succeeded(self, patience_s: float) -> bool:
        """Waits for its end, at most `patience_s` seconds."""
        if self._started:
            self._thread.join(patience_s)
        if self._error is not None:
            raise self._error
        return self._result

    def _run(self) -> None:
        if not self._over.wait(self._after_s):
            self.begun = True
            try:
                self._result = self._attempt()
            except BaseException as error:  # noqa: BLE001 - raised again where somebody waits for it
                self._error = error
