"""Whether the directories that systemd set up for us are still the machine's, and can be written.

In a sandbox we have mounts of our own. What is unmounted, removed or remounted outside may stay as it was for us: then we would write
where nobody reads, or nowhere. Only a new start sets that right.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from probes.edge.kernel.mounts import shared_with_the_machine
from probes.ground.clock import Clock

BARRED_S = 60.0  # without a directory that can be written
LOOK_S = 20.0


class MountWatch:
    """What differs at the start is as it was set up, and is not watched."""

    def __init__(self, directories: Sequence[str | Path], clock: Clock) -> None:
        self._ours = [Path(each) for each in directories if shared_with_the_machine(str(each))]
        self._clock = clock
        self._look_at = clock.running() + LOOK_S

    @property
    def due(self) -> bool:
        return self._clock.running() >= self._look_at

    def lost(self) -> bool:
        """Whether one of them is the machine's no more; looked at where that is due."""
        if not self.due:
            return False
        self._look_at = self._clock.running() + LOOK_S
        return any(not shared_with_the_machine(str(each)) for each in self._ours)
