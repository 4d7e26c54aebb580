"""A text file that grows by whole entries and is kept small. Opened for each entry, so that nothing done to it matters for long."""

from __future__ import annotations

import os
from pathlib import Path

from agent.remedy.here import LOG
from agent.storage.atomic import in_directory
from agent.storage.own_file import open_own

FILE = LOG
SIZE_LIMIT = 1024 * 1024  # bytes, before it is rotated
MODE = 0o644  # whatever the umask
KEPT = 3  # older files: .1 is the newest


def append(path: Path, entry: str, *, limit: int = SIZE_LIMIT) -> None:
    """The whole entry or nothing. Raises `agent.storage.atomic.StoreError`."""
    content = entry.encode("utf-8", "backslashreplace")

    def add(directory: int) -> None:
        _rotate(directory, path.name, len(content), limit)
        _write(directory, path.name, content)

    in_directory(path, add)


def _rotate(directory: int, name: str, coming: int, limit: int) -> None:
    try:
        size = os.stat(name, dir_fd=directory, follow_symlinks=False).st_size
    except FileNotFoundError:
        return
    if not size or size + coming <= limit:
        return
    names = [name, *(f"{name}.{number}" for number in range(1, KEPT + 1))]
    for older, newer in reversed(list(zip(names[1:], names, strict=False))):
        try:
            os.rename(newer, older, src_dir_fd=directory, dst_dir_fd=directory)
        except FileNotFoundError:
            continue


def _write(directory: int, name: str, content: bytes) -> None:
    file = open_own(directory, name, os.O_WRONLY | os.O_APPEND, MODE)
    try:
        before = os.fstat(file).st_size
        try:
            rest = memoryview(content)
            while rest:
                rest = rest[os.write(file, rest) :]
            os.fsync(file)
        except OSError:
            os.ftruncate(file, before)
            raise
    finally:
        os.close(file)
