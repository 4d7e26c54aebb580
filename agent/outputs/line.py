"""The way out as outputs may use it: what they spend on it, and whether a data budget leaves room for more."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Line:
    """Told after every examination which uplink leads out; asked and added to by the threads of outputs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spent: dict[str, int] = {}
        self._affords: Callable[[float], bool] | None = None
        self._uplink = ""
        self.metered = False

    @property
    def known(self) -> bool:
        """Before the first examination nobody knows what a byte costs."""
        return self._affords is not None

    def told(self, uplink: str, affords: Callable[[float], bool], *, metered: bool) -> None:
        self._uplink, self._affords, self.metered = uplink, affords, metered

    def affords(self, cost: float) -> bool:
        """Bytes that may be spent now, what was spent since the last examination already among them."""
        with self._lock:
            uncounted = sum(self._spent.values())
        return self._affords is not None and self._affords(cost + uncounted)

    def spend(self, interface: str, amount: int) -> None:
        """Empty where nobody saw by which it went."""
        name = interface or self._uplink
        with self._lock:
            self._spent[name] = self._spent.get(name, 0) + amount

    def drain(self) -> dict[str, int]:
        """By interface, since it was last asked."""
        with self._lock:
            spent, self._spent = self._spent, {}
        return spent
