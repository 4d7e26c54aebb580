"""What examinations remember of one another, kept over a restart."""

from __future__ import annotations

from pathlib import Path

import msgspec

from agent.contract.legible import stored
from agent.examination.result import Memory
from agent.storage.atomic import write
from probes.ground.files import read_small

FILE = "memory.json"
SIZE_LIMIT = 64 * 1024  # bytes


class _Record(msgspec.Struct, frozen=True, kw_only=True):
    schema: str = "posdiag.memory/1"
    memory: Memory


def recall(state_dir: str | Path) -> Memory:
    """Whatever is missing, unreadable or garbage is an empty memory."""
    try:
        content = read_small(Path(state_dir) / FILE, SIZE_LIMIT, follow=False)
        return msgspec.json.decode(content, type=_Record).memory
    except (OSError, ValueError, RecursionError):
        return Memory()


def remember(state_dir: str | Path, memory: Memory) -> None:
    """Writes only what differs from the file. Raises `agent.storage.atomic.StoreError`."""
    if recall(state_dir) != memory:
        write(Path(state_dir) / FILE, stored(_Record(memory=memory)))
