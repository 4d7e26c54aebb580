"""Where the status document lies.

Readers find it at `<state_dir>/status.json`. Where it is renewed in another directory (in memory, to spare the flash), a symbolic
link there leads to it, and a copy beside the link outlives a restart of the machine.
"""

from __future__ import annotations

import math
import os
import stat
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from agent.contract.encode import changed
from agent.contract.times import parse
from agent.settings.model import AgentSettings
from agent.storage.status_file import FILE, StatusReading, read

COPY = "last-status.json"


class Places(Struct, frozen=True):
    """`most_per_s`: more documents a second there never are."""

    state_dir: Path
    status_dir: Path
    most_per_s: float

    @property
    def contract(self) -> Path:
        """Where readers look."""
        return self.state_dir / FILE

    @property
    def document(self) -> Path:
        """Where it is renewed."""
        return self.status_dir / FILE

    @property
    def copy(self) -> Path:
        return self.state_dir / COPY

    @property
    def apart(self) -> bool:
        """False also where both are names of one directory: a link in it would lead to itself."""
        try:
            return not self.state_dir.samefile(self.status_dir)
        except OSError:  # one of them is not there yet
            return os.path.realpath(self.state_dir) != os.path.realpath(self.status_dir)

    @property
    def whole(self) -> bool:
        """Whether a document of its own stands where readers look, and no link."""
        try:
            return stat.S_ISREG(self.contract.lstat().st_mode)
        except OSError:
            return False

    def shown(self, now: float, boot_id: str) -> StatusReading:
        """For a person: the last document that may be believed, wherever it is; where there is none, the last at all."""
        found = self._readings(now, boot_id)
        return _last([each for each in found if each.status and not each.stale] or found)

    def past(self, now: float, boot_id: str) -> StatusReading:
        """What the daemon goes on from. One that lay in memory and is lost may have had followers that nothing tells of:
        the sequence makes room for all there can have been, so that it never goes back."""
        found = self._readings(now, boot_id)
        last = _last(found)
        if last is found[0] or last.status is None:
            return last
        elapsed_s = max(0.0, now - (parse(last.status.generated_at) or now))
        later = math.ceil(elapsed_s * self.most_per_s) + 1
        sequence = last.status.sequence + later
        return replace(last, status=replace(last.status, sequence=sequence), content=changed(last.content, sequence=sequence))

    def _readings(self, now: float, boot_id: str) -> list[StatusReading]:
        return [read(path, now=now, boot_id=boot_id) for path in dict.fromkeys((self.document, self.contract, self.copy))]


def places(agent: AgentSettings) -> Places:
    shortest_s = min(agent.interval_s, agent.retry_s, agent.heartbeat_s, 1.0)
    return Places(Path(agent.state_dir), Path(agent.status_home), most_per_s=2 / shortest_s)


def _last(found: list[StatusReading]) -> StatusReading:
    """Of equals, and where none can be read, the first."""
    return max(found, key=lambda each: each.status.sequence if each.status else float("-inf"))
