"""Which alerts stand, from one start of the watch to the next: so that each keeps the name that it was raised with, and one that ended
meanwhile is ended where it was told."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from agent.contract.legible import stored
from agent.fleet.watching.alerts import Kept, Standing
from agent.storage.atomic import write
from probes.ground.files import read_small

FILE = "alerts.json"
_LARGEST = 16 * 1024 * 1024  # bytes


def recall(folder: Path) -> tuple[Standing, ...]:
    """None where nothing is kept, or what lies there is damaged: then each is raised anew, under the same id."""
    try:
        return msgspec.json.decode(read_small(folder / FILE, _LARGEST, follow=False), type=Kept).standing
    except (OSError, ValueError, RecursionError):
        return ()


def keep(folder: Path, standing: Sequence[Standing]) -> None:
    """Raises `StoreError`."""
    write(folder / FILE, stored(Kept(standing=tuple(standing))), mode=0o640)
