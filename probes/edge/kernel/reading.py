"""Small files and directories of the kernel: that one could not be looked at is never taken for nothing being there."""

from __future__ import annotations

from pathlib import Path

from probes.edge.failures import raise_if_ours
from probes.ground.files import read_small

_LIMIT = 4 * 1024 * 1024  # bytes; a table of ten thousand mounts has less


def text_of(path: Path, errors: str = "replace") -> str | None:
    """None where there is no such file, it may not be read, it is none, or its driver has no answer. Raises CannotTell."""
    try:
        return read_small(path, _LIMIT).decode("utf-8", errors)
    except OSError as error:
        raise_if_ours(error)
        return None


def line_of(path: Path) -> str:
    """The text, stripped; empty where there is none to read. Raises CannotTell."""
    return (text_of(path) or "").strip()


def number_of(path: Path) -> float | None:
    try:
        return float(line_of(path))
    except ValueError:
        return None


def entries_of(folder: Path) -> list[Path]:
    """Sorted. Raises CannotTell, and OSError where it is not there or may not be listed."""
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        raise_if_ours(error)
        raise
