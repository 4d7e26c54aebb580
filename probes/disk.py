"""Space and writability of the file system that a path lies on."""

from __future__ import annotations

import os
from pathlib import Path

from probes.edge.failures import CannotTell
from probes.edge.kernel.mounts import Mount, mount_of
from probes.ground.text import escape
from probes.model import Check, Outcome, Symptom, check_of, rights
from probes.model.facts import DiskFacts


def disk(path: str, *, named: bool, proc: Path = Path("/proc")) -> Check[DiskFacts]:
    """Percentages as `df` counts them for an ordinary user: blocks reserved for root are neither used nor free."""
    target = escape(path)
    try:
        stat = os.statvfs(path)
    except OSError as error:
        return _unseen(DiskFacts(named=named), target, error)
    facts = DiskFacts(
        path=target,
        named=named,
        used_percent=_used_percent(stat.f_blocks, stat.f_bfree, stat.f_bavail),
        free_mb=round(stat.f_bavail * stat.f_frsize / 2**20, 1),
        inodes_used_percent=_used_percent(stat.f_files, stat.f_ffree, stat.f_favail),
    )
    try:
        facts = _with_mount(facts, mount_of(path, proc), flagged_read_only=bool(stat.f_flag & os.ST_RDONLY))
    except CannotTell as trouble:  # the flag alone may be our own sandbox's
        return check_of(facts, Outcome.UNKNOWN, Symptom.NOT_LOOKED, trouble.text, name=target)
    if facts.used_percent is None:
        return check_of(facts, Outcome.SKIP, because=f"{target} has no size: it is not kept on a disk", name=target)
    return check_of(facts, Outcome.PASS, name=target)


def _unseen(facts: DiskFacts, target: str, error: OSError) -> Check[DiskFacts]:
    if isinstance(error, PermissionError):
        return check_of(facts, Outcome.UNKNOWN, Symptom.DENIED, rights.FILE.missing(target), name=target)
    if isinstance(error, FileNotFoundError):
        return check_of(facts, Outcome.UNKNOWN, because=f"{target} does not exist", name=target)
    return check_of(facts, Outcome.UNKNOWN, Symptom.NOT_LOOKED, f"{target} cannot be read: {error.strerror}", name=target)


def _with_mount(facts: DiskFacts, mount: Mount | None, *, flagged_read_only: bool) -> DiskFacts:
    if mount is None:
        return facts.with_(read_only=flagged_read_only, by_design=False, writing_stopped=False)
    return facts.with_(
        read_only=mount.read_only,
        by_design=mount.read_only_by_design,
        writing_stopped=mount.writing_stopped and not mount.read_only_by_design,
        filesystem=escape(mount.filesystem),
    )


def _used_percent(total: int, free: int, available: int) -> float | None:
    """None where the file system does not count this (no blocks in `/proc`, no inodes on FAT and btrfs)."""
    used = total - free
    return round(100 * used / (used + available), 1) if total > 0 and used + available > 0 else None
