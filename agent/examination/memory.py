"""What examinations remember of one another, kept over a restart."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import msgspec
from msgspec.structs import replace

from agent.contract.legible import stored
from agent.examination.result import Memory
from agent.storage.atomic import write
from probes.ground.files import read_small

FILE = "memory.json"
_MOST_INTERFACES = 512  # a machine of containers has thousands; more would not be read back
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
    memory = replace(
        memory,
        used_uplinks=memory.used_uplinks[-_MOST_INTERFACES:],
        link_errors=dict(islice(memory.link_errors.items(), _MOST_INTERFACES)),
    )
    if recall(state_dir) != memory:
        write(Path(state_dir) / FILE, stored(_Record(memory=memory)))
