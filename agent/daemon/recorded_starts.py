"""Starts and stops of the agent as the record tells them. Those in a row, as of a service that fails again and again, are counted: how many
were not told yet lies in `<status_dir>/starts.json`, which is there only meanwhile."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from agent.contract.event import AgentEvent, AnyEvent
from agent.contract.legible import stored
from agent.record.moments import Moment, elapsed_s, moment_of
from agent.storage.atomic import sweep, write
from probes.ground.files import read_small

FILE = "starts.json"
APART_S = 600.0  # starts that are closer are counted
_MOST, _HOUR_S = 20, 3600.0


class _Untold(Struct, frozen=True, kw_only=True):
    schema: str = "posdiag.starts/1"
    count: Annotated[int, Meta(ge=0, le=10**9)] = 0


class Starts:
    """`folder`: where the status document is renewed; in memory it costs no flash."""

    def __init__(self, past: Iterable[AnyEvent], folder: Path) -> None:
        self.path = folder / FILE
        sweep(self.path)
        self._told = deque((event for event in past if isinstance(event, AgentEvent)), _MOST + 1)
        self._untold = self._written = _recall(self.path)
        self._began: Moment | None = None

    def count(self, what: str, now: Moment) -> int:
        """How many starts or stops the line about this one stands for; 0: it is not told now."""
        if what == "started":
            self._began = now
        lately = self._lately(now)
        last = next((event for event in reversed(lately) if event.what != "stopped"), None)
        just = what == "started" and last is not None and elapsed_s(moment_of(last), now) < APART_S
        if just or len(lately) > _MOST:
            self._untold += what == "started"
            return 0
        return 1 + self._take() if what == "started" else 1

    def due(self, now: Moment, *, ending: bool = False) -> int:
        """How many starts are to be told by now, since none came for so long."""
        lasts = self._began is not None and elapsed_s(self._began, now) >= APART_S
        return self._take() if lasts or (ending and len(self._lately(now)) <= _MOST) else 0

    def put(self, event: AgentEvent) -> None:
        self._told.append(event)

    @property
    def dirty(self) -> bool:
        return self._untold != self._written

    def keep(self) -> None:
        """Raises `agent.storage.atomic.StoreError`."""
        count = self._untold
        if count:
            write(self.path, stored(_Untold(count=count)), mode=0o640)
        else:
            with suppress(OSError):
                self.path.unlink()
        self._written = count

    def _lately(self, now: Moment) -> list[AgentEvent]:
        return [event for event in self._told if elapsed_s(moment_of(event), now) < _HOUR_S]

    def _take(self) -> int:
        count, self._untold = self._untold, 0
        return count


def _recall(path: Path) -> int:
    """0 where there is none, or it cannot be read."""
    try:
        return msgspec.json.decode(read_small(path, 4096, follow=False), type=_Untold).count
    except (OSError, ValueError, RecursionError):
        return 0
