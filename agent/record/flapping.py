"""What changes again and again is told once, and then counted: in windows that grow for as long as it goes on. Pure."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from agent.record.differences import Difference
from agent.record.things import Thing

WINDOW_S, LONGEST_S = 600.0, 6 * 3600.0


class Window(Struct, frozen=True, kw_only=True):
    """After a change was told, until when others of the same thing only count. `held`: those."""

    until: float
    length_s: float
    held: Difference | None = None


class Flapping:
    """By thing, on the clock that nobody sets. `held` is what was not told yet."""

    def __init__(self) -> None:
        self._windows: dict[Thing, Window] = {}

    def take(self, found: Difference, now: float, *, sparing: bool = False) -> bool:
        """Whether the change is to be told now; else it is held. `sparing`: the longest window at once."""
        window = self._windows.get(found.thing)
        if window is None or (window.held is None and now >= window.until):
            length = LONGEST_S if sparing else WINDOW_S
            self._windows[found.thing] = Window(until=now + length, length_s=length)
            return True
        held = found if window.held is None else _joined(window.held, found)
        self._windows[found.thing] = replace(window, held=held)
        return False

    def remember(self, thing: Thing, age_s: float, now: float) -> None:
        """A change that was told `age_s` ago, before this start; the oldest first."""
        window = self._windows.get(thing)
        length = WINDOW_S if window is None else min(LONGEST_S, 2 * window.length_s)
        self._windows[thing] = Window(until=now + length - age_s, length_s=length)

    def due(self, now: float, *, sparing: bool = False, all_of_them: bool = False) -> list[Difference]:
        """What was counted in windows that have ended."""
        told = []
        for thing, window in list(self._windows.items()):
            if now < window.until and not all_of_them:
                continue
            if window.held is None:
                del self._windows[thing]
                continue
            length = LONGEST_S if sparing else min(LONGEST_S, 2 * window.length_s)
            self._windows[thing] = Window(until=now + length, length_s=length)
            told.append(window.held)
        return told

    @property
    def held(self) -> dict[Thing, Difference]:
        return {thing: window.held for thing, window in self._windows.items() if window.held is not None}


def _joined(held: Difference, found: Difference) -> Difference:
    return replace(held, after=found.after, count=held.count + found.count)
