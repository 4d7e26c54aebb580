"""Space and writability of the file system that a path lies on."""

from __future__ import annotations

import os
from pathlib import Path

from probes.edge.kernel.mounts import mount_of
from probes.ground.text import escape
from probes.model import Check, Layer, Outcome, Symptom


def disk(path: str, *, named: bool, proc: Path = Path("/proc")) -> Check:
    """Percentages as `df` counts them for an ordinary user: blocks reserved for root are neither used nor free."""
    target = escape(path)
    check = f"system:disk:{target}"
    try:
        stat = os.statvfs(path)
    except PermissionError:
        because = f"no permission to enter {target}"
        return Check(id=check, layer=Layer.SYSTEM, target=target, outcome=Outcome.UNKNOWN, symptom=Symptom.DENIED, because=because)
    except FileNotFoundError:
        because = f"{target} does not exist"
        return Check(id=check, layer=Layer.SYSTEM, target=target, outcome=Outcome.UNKNOWN, because=because, facts={"named": named})
    except OSError as error:
        because = f"{target} cannot be read: {error.strerror}"
        return Check(id=check, layer=Layer.SYSTEM, target=target, outcome=Outcome.UNKNOWN, because=because, facts={"named": named})
    mount = mount_of(path, proc)
    stopped = mount is not None and mount.writing_stopped
    read_only = bool(stat.f_flag & os.ST_RDONLY) if mount is None else mount.read_only
    facts = {
        "path": target,
        "named": named,
        "used_percent": _used_percent(stat.f_blocks, stat.f_bfree, stat.f_bavail),
        "free_mb": round(stat.f_bavail * stat.f_frsize / 2**20, 1),
        "inodes_used_percent": _used_percent(stat.f_files, stat.f_ffree, stat.f_favail),
        "read_only": read_only,
        "by_design": mount is not None and mount.read_only_by_design,
        "writing_stopped": stopped and mount is not None and not mount.read_only_by_design,
        "filesystem": escape(mount.filesystem) if mount else None,
    }
    if facts["used_percent"] is None:
        because = f"{target} has no size: it is not kept on a disk"
        return Check(id=check, layer=Layer.SYSTEM, target=target, outcome=Outcome.SKIP, because=because, facts=facts)
    return Check(id=check, layer=Layer.SYSTEM, target=target, outcome=Outcome.PASS, facts=facts)


def _used_percent(total: int, free: int, available: int) -> float | None:
    """None where the file system does not count this (no blocks in `/proc`, no inodes on FAT and btrfs)."""
    used = total - free
    return round(100 * used / (used + available), 1) if total > 0 and used + available > 0 else None
