"""Lines for standard error, through a queue and a thread: a pipe that nobody empties, a disk that hangs, hold up nobody else."""

from __future__ import annotations

import sys
import threading
from collections import deque
from collections.abc import Sequence

from agent.outputs.worker import Worker
from agent.present.encoding import encoding_of, shows_chinese
from agent.present.journal import Level, leads_to_journal, marked
from agent.settings.model import Language
from probes.ground.bilingual import Bilingual

MOST_LINES = 200  # that wait; then the oldest is dropped


class ErrorStream:
    """For the journal each line is marked with how grave it is. Where the stream is closed or fails, the line is lost, and nothing else."""

    def __init__(self, wished: Language) -> None:
        self._wished = wished
        self._waiting: deque[tuple[str, Level]] = deque()
        self._lock = threading.Lock()
        self._lost = 0
        self._worker = Worker("standard error", self._write_all)

    @property
    def leads_to_journal(self) -> bool:
        return leads_to_journal(sys.stderr)

    @property
    def language(self) -> Language:
        """English where the stream cannot show Chinese."""
        zh = self._wished is Language.ZH and sys.stderr is not None and shows_chinese(encoding_of(sys.stderr))
        return Language.ZH if zh else Language.EN

    def write(self, lines: Sequence[str], level: Level) -> None:
        """Returns at once."""
        with self._lock:
            self._waiting.extend((line, level) for line in lines)
            while len(self._waiting) > MOST_LINES:
                self._waiting.popleft()
                self._lost += 1
        self._worker.wake()

    def flush(self, patience_s: float) -> bool:
        """Whether all was written, within the time."""
        with self._lock:
            waiting = bool(self._waiting)
        if waiting:
            self._worker.wake()
        return self._worker.wait(patience_s)

    def _write_all(self) -> None:
        while (batch := self._next()) is not None:
            _write(*batch)

    def _next(self) -> tuple[str, Level] | None:
        with self._lock:
            if self._lost:
                lost, self._lost = self._lost, 0
                text = Bilingual(
                    f"posdiag: 这里没有人读，丢失了 {lost} 行", f"posdiag: {lost} lines were lost here, while nobody read them"
                )
                return text.of(self.language), Level.WARNING
            return self._waiting.popleft() if self._waiting else None


def _write(line: str, level: Level) -> None:
    if sys.stderr is None:
        return
    try:
        sys.stderr.write("".join(f"{each}\n" for each in marked([line], level, sys.stderr)))
        sys.stderr.flush()
    except (OSError, ValueError):
        return
