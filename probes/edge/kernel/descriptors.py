"""How many files and sockets a process has open, and how many it may have."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from probes.edge.failures import raise_if_ours
from probes.edge.kernel.reading import text_of

_PROC = Path("/proc")
_LINE = "Max open files"


class Descriptors(Struct, frozen=True):
    """`most`: where one more is refused (RLIMIT_NOFILE, getrlimit(2))."""

    used: int
    most: int

    @property
    def all_used(self) -> bool:
        return self.used >= self.most > 0


def descriptors_of(pid: int, proc: Path = _PROC) -> Descriptors | None:
    """None where it cannot be told: another user's process on kernels before 6.2, one without a limit, one that has just ended.

    Raises CannotTell.
    """
    most = _most(text_of(proc / str(pid) / "limits") or "")
    used = _used(proc / str(pid) / "fd") if most is not None else None
    return Descriptors(used, most) if most is not None and used is not None else None


def _most(limits: str) -> int | None:
    for line in limits.splitlines():
        if line.startswith(_LINE):
            soft = line.removeprefix(_LINE).split()[:1]
            return int(soft[0]) if soft and soft[0].isdigit() else None
    return None


def _used(folder: Path) -> int | None:
    """The kernel tells it as the size of the directory since Linux 6.2, to everybody."""
    try:
        size = folder.stat().st_size
        return size if size else sum(1 for _ in folder.iterdir())
    except OSError as error:
        raise_if_ours(error)
        return None
