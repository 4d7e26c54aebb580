"""Whether a process is held by its control group, as a container that was paused is: the kernel shows it asleep, and it never wakes."""

from __future__ import annotations

from pathlib import Path

from probes.edge.kernel.reading import line_of, text_of
from probes.ground.files import is_file

_PROC, _GROUPS = Path("/proc"), Path("/sys/fs/cgroup")


def is_frozen(pid: int, proc: Path = _PROC, groups: Path = _GROUPS) -> bool:
    """By `cgroup.events` of version 2 (Linux 5.2), or the freezer of version 1; both count what a group above holds (cgroup-v2.rst,
    freezer-subsystem.rst). False where it cannot be told. Raises CannotTell."""
    for line in (text_of(proc / str(pid) / "cgroup") or "").splitlines():
        number, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if number == "0" and not controllers:
            mounted = groups if is_file(groups / "cgroup.controllers") else groups / "unified"
            told = text_of(mounted / path.lstrip("/") / "cgroup.events") or ""
            if "frozen 1" in told.splitlines():
                return True
        elif "freezer" in controllers.split(",") and line_of(groups / "freezer" / path.lstrip("/") / "freezer.state") == "FROZEN":
            return True
    return False
