"""What the daemon keeps on disk for itself: the memory of examinations, the data budget, and what the record knows of things. Nobody
else reads it, so it is no output.

Written in a thread that is there only while something is written: a disk that hangs holds up no cycle.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from agent.daemon.data_budget import FILE as DATA_FILE
from agent.daemon.data_budget import DataBudget
from agent.daemon.recorder import Recorder
from agent.examination.memory import FILE as MEMORY_FILE
from agent.examination.memory import recall, remember
from agent.examination.result import Memory
from agent.outputs.file_troubles import FileTroubles
from agent.outputs.worker import Worker
from agent.storage.atomic import sweep
from probes.ground.clock import Clock

COUNTS_EVERY_S = 600.0  # between writes of the memory for no other reason than counters of the kernel


class Stores:
    """`status_delivered`: whether the status could be written, or can be within some time. Only then is anything written here: a full
    disk is said once, not once a file."""

    def __init__(self, state_dir: str, files: FileTroubles, clock: Clock, recorder: Recorder, status_delivered: Callable[[], bool]) -> None:
        self._state_dir, self._files, self._clock, self._status_delivered = Path(state_dir), files, clock, status_delivered
        for name in (MEMORY_FILE, DATA_FILE):
            sweep(self._state_dir / name)
        self.memory = recall(state_dir)  # what examinations have left
        self.data_budget = DataBudget(state_dir, clock)
        self._recorder = recorder
        self._written: Memory | None = None
        self._written_at = 0.0
        self._closing = False
        self._worker = Worker("stores", self._write)

    def save(self, memory: Memory) -> None:
        """Returns at once. What is not written now is tried again with the next one."""
        self.memory = memory
        if self._memory_due or self.data_budget.due or self._recorder.keep_due:
            self._worker.wake()

    def wait(self, patience_s: float) -> bool:
        return self._worker.wait(patience_s)

    def close(self) -> None:
        """What was spent since it was last written down is written down too. Returns at once."""
        self._closing = True
        self._worker.wake()

    @property
    def _memory_due(self) -> bool:
        """Where only counts differ, it waits a while."""
        known, memory = self._written, self.memory
        counts_only = known is not None and replace(known, link_errors={}) == replace(memory, link_errors={})
        return not counts_only or self._clock.running() - self._written_at >= COUNTS_EVERY_S

    def _write(self) -> None:
        if not self._status_delivered():
            return
        memory = self.memory
        if self._memory_due and self._files.tried(self._state_dir / MEMORY_FILE, partial(remember, self._state_dir, memory)):
            self._written, self._written_at = memory, self._clock.running()
        if self.data_budget.due or self._closing:
            self._files.tried(self._state_dir / DATA_FILE, partial(self.data_budget.keep, at_once=self._closing))
        self._recorder.keep(closing=self._closing)
