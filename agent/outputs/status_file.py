"""The status file: the document, a link to it where it does not lie where readers look, and a copy that outlives the memory it lies in."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from agent.contract.document import Status
from agent.contract.encode import encode
from agent.outputs.change import Change
from agent.outputs.file_troubles import FileTroubles
from agent.outputs.seam import Undelivered
from agent.settings.model import AgentSettings
from agent.storage.atomic import link, sweep, write
from agent.storage.places import places
from agent.storage.status_file import Flaw, StatusReading, read
from probes.ground.bilingual import Bilingual
from probes.ground.text import escape


def _nothing() -> None:
    """Nothing is to be written before."""


class StatusFile:
    """`sequence`: of the last document that was delivered. The next one gets its own when it is written, so that each delivered
    document has another one and none is left out. `delivered`: one was since this start. `first` is called before each document: what
    it tells of is written then. It raises nothing that a disk does."""

    name, slow = "status file", True

    def __init__(self, agent: AgentSettings, files: FileTroubles) -> None:
        self._state_dir = Path(agent.state_dir)
        self._places, self._files = places(agent), files
        self._uncopied: bytes | None = None
        self.sequence, self.delivered = 0, False
        self.first: Callable[[], None] = _nothing
        for path in {self._places.document, self._places.contract, self._places.copy}:
            sweep(path)

    def last(self, now: float, boot_id: str) -> StatusReading:
        """The last document, from whose sequence the next ones go on. Where the memory that it lay in is empty it is laid there as it is,
        so that the link to it leads somewhere; what it says of itself, the boot and the validity, tells readers that it is old."""
        last, document = self._places.past(now, boot_id), self._places.document
        if last.status is not None:
            self.sequence = max(last.status.sequence, 0)
            if read(document, now=now, boot_id=boot_id).flaw is Flaw.MISSING:
                self._files.tried(document, partial(write, document, last.content), self._meanwhile())
        return last

    def document(self, status: Status) -> None:
        """A copy or a link that could not be made is made where that is possible now."""
        self.first()
        content = encode(replace(status, sequence=self.sequence + 1))
        if self._places.apart and (self._uncopied is not None or not os.path.lexists(self._places.copy)):
            self._uncopied = content
        self._write_copy()
        if not self._written(content):
            raise Undelivered
        self.sequence, self.delivered = self.sequence + 1, True

    def change(self, change: Change) -> None:
        """A copy that outlives the machine's restart, where the document itself lies in memory."""
        if self._places.apart:
            self._uncopied = encode(replace(change.status, sequence=self.sequence))
            self._write_copy()

    def _written(self, content: bytes) -> bool:
        document, contract, apart = self._places.document, self._places.contract, self._places.apart
        if self._files.tried(document, partial(write, document, content), self._meanwhile()):
            if apart:
                self._lead_to(document)
            else:
                self._drop_copy()
            return True
        return apart and self._files.tried(contract, partial(write, contract, content))

    def _lead_to(self, document: Path) -> None:
        """A whole document at the place of the link is the only one to outlive a power cut until there is a copy."""
        contract = self._places.contract
        may_go = self._uncopied is None or not self._places.whole
        if may_go and self._files.tried(contract, partial(link, contract, document)):
            self._files.over(contract)

    def _meanwhile(self) -> Bilingual | None:
        if not self._places.apart:
            return None
        shown = escape(str(self._state_dir))
        return Bilingual(f"。在此之前写入 {shown}", f". Until then it is written to {shown}")

    def _write_copy(self) -> None:
        copy = self._places.copy
        if self._uncopied is not None and self._files.tried(copy, partial(write, copy, self._uncopied)):
            self._uncopied = None

    def _drop_copy(self) -> None:
        """It would be taken for news once the document lies in memory again."""
        with suppress(OSError):
            self._places.copy.unlink()
