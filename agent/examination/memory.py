"""What examinations remember of one another, kept over a restart."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from agent.examination.result import Memory
from agent.storage.atomic import write

FILE = "memory.json"
SIZE_LIMIT = 64 * 1024  # bytes


class _Record(msgspec.Struct, frozen=True, kw_only=True):
    schema: str = "posdiag.memory/1"
    memory: Memory


def recall(state_dir: str | Path) -> Memory:
    """Whatever is missing, unreadable or garbage is an empty memory."""
    try:
        file = os.open(Path(state_dir) / FILE, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except (OSError, ValueError):
        return Memory()
    try:
        content = os.read(file, SIZE_LIMIT)
        return msgspec.json.decode(content, type=_Record).memory
    except (OSError, msgspec.DecodeError, UnicodeError, RecursionError):
        return Memory()
    finally:
        os.close(file)


def remember(state_dir: str | Path, memory: Memory) -> None:
    """Writes only what differs from the file. Raises `agent.storage.atomic.StoreError`."""
    if recall(state_dir) != memory:
        write(Path(state_dir) / FILE, msgspec.json.encode(_Record(memory=memory)) + b"\n")
