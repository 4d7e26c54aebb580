"""Work that may take long, in a thread that is there only while there is something to do."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Worker:
    """Calls `work` whenever it was woken, one call after another, and once more where it was woken meanwhile.

    With a thread of its own, `wake` never waits, and the thread ends when there is nothing more to do: what is rare costs no memory
    in between, and nothing waits at the end for one that hangs. Without one, the first to wake it does the work.
    """

    def __init__(self, name: str, work: Callable[[], None], *, own_thread: bool = True) -> None:
        self._name, self._work, self._own_thread = name, work, own_thread
        self._lock = threading.Lock()
        self._idle = threading.Event()
        self._idle.set()
        self._woken = False

    def wake(self) -> bool:
        """False where the system starts no thread now; then it is to be woken again later."""
        with self._lock:
            self._woken = True
            if not self._idle.is_set():
                return True
            self._idle.clear()
        if not self._own_thread:
            self._run()
            return True
        try:
            threading.Thread(target=self._run, name=self._name, daemon=True).start()
        except (RuntimeError, MemoryError):  # threading: "can't start new thread"
            self._idle.set()
            return False
        return True

    def wait(self, patience_s: float) -> bool:
        """Whether nothing is being done any more, now or within the time."""
        return self._idle.wait(patience_s)

    def _run(self) -> None:
        try:
            while self._again():
                self._work()
        except BaseException:
            self._idle.set()
            raise

    def _again(self) -> bool:
        """Not idle between the last look at what is asked and its end: nobody who wakes it is overlooked."""
        with self._lock:
            again, self._woken = self._woken, False
            if not again:
                self._idle.set()
            return again
