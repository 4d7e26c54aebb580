"""What was measured in the last minutes, one row of values for each thing that is watched."""

from __future__ import annotations

from collections import deque

from agent.present.sparkline import LOST

KEPT_S = 900.0
_STANDS_S = 35.0  # a value is shown for so long until the next one comes
_MOST = 400  # of each thing


class Recent:
    """By the clock that nobody sets."""

    def __init__(self) -> None:
        self._values: dict[str, deque[tuple[float, float]]] = {}
        self._latest: dict[str, str] = {}

    def add(self, key: str, stamp: str, value: float | None, at_s: float) -> None:
        """`stamp` tells one measurement from the next; None: it was lost."""
        if self._latest.get(key) == stamp:
            return
        self._latest[key] = stamp
        kept = self._values.setdefault(key, deque(maxlen=_MOST))
        kept.append((at_s, LOST if value is None else value))
        while kept and kept[0][0] < at_s - KEPT_S:
            kept.popleft()

    def forget(self, present: set[str]) -> None:
        """What is no longer watched."""
        for key in self._values.keys() - present:
            del self._values[key]
            self._latest.pop(key, None)

    def row(self, key: str, now_s: float, columns: int, over_s: float) -> list[float | None]:
        """The last `over_s` seconds in so many parts, each with its worst; None where nothing was measured. A part begins at a round
        moment, so that the row moves once a part and not with every look."""
        part_s = max(1.0, over_s / max(1, columns))
        last = int(now_s / part_s)
        found: list[float | None] = [None] * columns
        for at_s, value in self._values.get(key, ()):
            place = columns - 1 - (last - int(at_s / part_s))
            if 0 <= place < columns:
                known = found[place]
                found[place] = value if known is None else max(known, value)
        return _standing(found, part_s)


def _standing(found: list[float | None], part_s: float) -> list[float | None]:
    shown, since, value = list(found), 0.0, None
    for place, each in enumerate(found):
        since = 0.0 if each is not None else since + part_s
        value = each if each is not None else value
        if each is None and since <= _STANDS_S:
            shown[place] = value
    return shown
