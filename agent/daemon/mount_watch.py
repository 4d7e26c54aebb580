"""Whether the directories that systemd set up for us are still the machine's, and can be written.

In a sandbox we have mounts of our own. What is unmounted, removed or remounted outside may stay as it was for us: then we would write
where nobody reads, or nowhere. Only a new start sets that right.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from probes.edge.kernel.mounts import shared_with_the_machine
from probes.ground.clock import running

BARRED_S = 60.0  # without a directory that can be written
LOOK_S = 20.0


class MountWatch:
    """What differs at the start is the set-up's will, and is left alone."""

    def __init__(self, directories: Sequence[str | Path]) -> None:
        self._ours = [Path(each) for each in directories if shared_with_the_machine(str(each))]
        self._look_at = running() + LOOK_S

    def lost(self, barred_s: float) -> bool:
        """`barred_s`: for how long something could not be written because its directory is away, read-only or closed to us."""
        if barred_s > BARRED_S:
            return True
        if running() < self._look_at:
            return False
        self._look_at = running() + LOOK_S
        return any(not shared_with_the_machine(str(each)) for each in self._ours)
