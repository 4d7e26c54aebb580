"""How many bytes went over the wire, by the local address or the interface they left from."""

from __future__ import annotations

import threading


class BytesSpent:
    """Added to by many threads, and read by whoever owns it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spent: dict[str, int] = {}

    def add(self, local: str, amount: int) -> None:
        with self._lock:
            self._spent[local] = self._spent.get(local, 0) + amount

    def drain(self) -> dict[str, int]:
        """What was spent since this was last asked."""
        with self._lock:
            spent, self._spent = self._spent, {}
        return spent
