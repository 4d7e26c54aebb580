"""Delivers: the status file, the memory and the log. What cannot be written is said once and tried again; nothing is raised."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from agent.contract.document import Status
from agent.contract.encode import encode
from agent.daemon.data_budget import FILE as DATA_FILE
from agent.daemon.data_budget import DataBudget
from agent.examination.memory import FILE as MEMORY_FILE
from agent.examination.memory import remember
from agent.examination.result import Memory
from agent.outputs import log_file
from agent.outputs.change import Announced
from agent.outputs.log_entry import entry
from agent.outputs.notifier import Notifier
from agent.present.headline import headline
from agent.present.verdicts import STATES
from agent.settings.load import Loaded
from agent.storage.atomic import StoreError, Trouble, link, sweep, write
from agent.storage.places import places
from agent.storage.status_file import Flaw, StatusReading, read
from probes.ground.bilingual import Bilingual
from probes.ground.clock import running
from probes.ground.text import escape

COUNTS_EVERY_S = 600.0  # between writes of the memory for no other reason than counters of the kernel
MOST_ENTRIES = 50  # that wait while the log cannot be written
# what the system's own set-up of the directories may end, unlike a full disk or a broken medium
_BARRED = frozenset({Trouble.READ_ONLY, Trouble.NO_DIRECTORY, Trouble.NO_PERMISSION})


class Publisher:
    def __init__(self, loaded: Loaded, notifier: Notifier) -> None:
        self._language = loaded.settings.terminal.language
        self._state_dir = Path(loaded.settings.agent.state_dir)
        self._places = places(loaded.settings.agent)
        self._log = Path(loaded.settings.agent.log_dir) / log_file.FILE
        self._notifier = notifier
        self._remembered: Memory | None = None
        self._remembered_at = 0.0
        self._unwritten: bytes | None = None
        self._uncopied: bytes | None = None
        self._entries: list[str] = []
        self._failing: set[Path] = set()
        self._barred_at: float | None = None
        kept = (self._state_dir / name for name in (MEMORY_FILE, DATA_FILE))
        for path in {self._places.document, self._places.contract, self._places.copy, *kept}:
            sweep(path)

    def last(self, now: float, boot_id: str) -> StatusReading:
        """The last document. Where the memory that it lay in is empty it is laid there as it is, so that the link to it leads somewhere;
        what it says of itself, the boot and the validity, tells readers that it is old."""
        last, document = self._places.past(now, boot_id), self._places.document
        if last.status is not None and read(document, now=now, boot_id=boot_id).flaw is Flaw.MISSING:
            self._tried(document, partial(write, document, last.content), self._meanwhile())
        return last

    def status(self, status: Status) -> bool:
        self._unwritten = encode(status)
        if self._places.apart and (self._uncopied is not None or not os.path.lexists(self._places.copy)):
            self._uncopied = self._unwritten
        return self.flush_status()

    def flush_status(self) -> bool:
        """Whether readers have the last document. A copy or a link that could not be made is made where that is possible now."""
        self._flush_copy()
        if self._unwritten is not None and self._delivered(self._unwritten):
            self._unwritten = None
        return self._unwritten is None

    def keep(self, status: Status) -> None:
        """A copy that outlives the machine's restart, where the document itself lies in memory."""
        if self._places.apart:
            self._uncopied = encode(status)
            self._flush_copy()

    def _delivered(self, content: bytes) -> bool:
        document, contract, apart = self._places.document, self._places.contract, self._places.apart
        if self._tried(document, partial(write, document, content), self._meanwhile()):
            if apart:
                self._lead_to(document)
            else:
                self._drop_copy()
            return True
        return apart and self._tried(contract, partial(write, contract, content))

    def _lead_to(self, document: Path) -> None:
        """A whole document at the place of the link is the only one to outlive a power cut until there is a copy."""
        contract = self._places.contract
        may_go = self._uncopied is None or not self._places.whole
        if may_go and self._tried(contract, partial(link, contract, document)):
            self._notifier.over(str(contract), _again(contract))

    def _meanwhile(self) -> Bilingual | None:
        if not self._places.apart:
            return None
        shown = escape(str(self._state_dir))
        return Bilingual(f"。在此之前写入 {shown}", f". Until then it is written to {shown}")

    def _flush_copy(self) -> None:
        copy = self._places.copy
        if self._uncopied is not None and self._tried(copy, partial(write, copy, self._uncopied)):
            self._uncopied = None

    def _drop_copy(self) -> None:
        """It would be taken for news once the document lies in memory again."""
        with suppress(OSError):
            self._places.copy.unlink()

    def memory(self, memory: Memory) -> None:
        """Only where the status could be written: a full disk is said once, not once a file. Counts alone wait a while."""
        known = self._remembered
        counts_only = known is not None and replace(known, link_errors={}) == replace(memory, link_errors={})
        if self._unwritten is not None or (counts_only and running() - self._remembered_at < COUNTS_EVERY_S):
            return
        if self._tried(self._state_dir / MEMORY_FILE, partial(remember, self._state_dir, memory)):
            self._remembered, self._remembered_at = memory, running()

    def data_use(self, budget: DataBudget, *, at_once: bool = False) -> None:
        if self._unwritten is None:
            self._tried(self._state_dir / DATA_FILE, partial(budget.keep, at_once=at_once))

    def change(self, status: Status, before: Announced | None) -> None:
        self._entries = [*self._entries, entry(status, before, self._language)][-MOST_ENTRIES:]
        self._notifier.change(headline(status, self._language), STATES[status.state].level)

    def flush_log(self) -> None:
        while self._entries and self._tried(self._log, partial(log_file.append, self._log, self._entries[0])):
            del self._entries[0]

    @property
    def barred_s(self) -> float:
        """Seconds since something is not written because its directory is away, read-only or closed to us."""
        barred_at = self._barred_at
        return 0.0 if barred_at is None else running() - barred_at

    def _tried(self, path: Path, attempt: Callable[[], None], meanwhile: Bilingual | None = None) -> bool:
        """What stands against one file of a directory mostly stands against the others: said once, over when all are written."""
        directory = str(path.parent)
        try:
            attempt()
        except StoreError as error:
            text = Bilingual(error.text.zh + meanwhile.zh, error.text.en + meanwhile.en) if meanwhile else error.text
            if error.trouble is Trouble.NO_LINKS:  # stands against no other file
                self._notifier.trouble(str(path), error.trouble, text)
                return False
            self._failing.add(path)
            self._notifier.trouble(directory, error.trouble, text)
            if error.trouble in _BARRED and self._barred_at is None:
                self._barred_at = running()
            return False
        self._failing.discard(path)
        if not self._failing:
            self._barred_at = None
        if not any(other.parent == path.parent for other in self._failing):
            self._notifier.over(directory, _again(path.parent))
        return True


def _again(path: Path) -> Bilingual:
    shown = escape(str(path))
    return Bilingual(f"{shown} 又可以写入了", f"{shown} can be written again")
