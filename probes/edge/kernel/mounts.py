"""The kernel's table of mounted file systems (`proc(5)`, `/proc/PID/mountinfo`)."""

from __future__ import annotations

import re
from pathlib import Path

from msgspec import Struct, structs

from probes.edge.failures import CannotTell, raise_if_ours
from probes.edge.kernel.reading import text_of

_BY_DESIGN = frozenset({"squashfs", "erofs", "iso9660", "cramfs", "romfs"})
# ext4 stops writing after an error without becoming read-only in the flags; since Linux 6.15 it says so among its options
_STOPPED = frozenset({"emergency_ro", "shutdown"})


class Mount(Struct, frozen=True, kw_only=True):
    point: str
    device: str  # major:minor
    filesystem: str
    options: frozenset[str]  # of this mount
    super_options: frozenset[str]  # of the file system behind it

    @property
    def read_only_by_design(self) -> bool:
        """Nothing can ever be written here: an image, or an overlay without an upper directory."""
        if self.filesystem == "overlay":
            return not any(option.startswith("upperdir=") for option in self.super_options)
        return self.filesystem in _BY_DESIGN

    @property
    def read_only(self) -> bool:
        return "ro" in self.options or "ro" in self.super_options or self.writing_stopped

    @property
    def writing_stopped(self) -> bool:
        """It was mounted for writing, and the file system has stopped taking any (what `errors=remount-ro` does)."""
        return bool(self.super_options & _STOPPED) or ("rw" in self.options and "ro" in self.super_options)


def _plain(field: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), field)


def _mount(line: str) -> Mount | None:
    left, separator, right = line.partition(" - ")
    fields, tail = left.split(" "), right.split(" ")
    if not separator or len(fields) < 6 or len(tail) < 3:
        return None
    return Mount(
        point=_plain(fields[4]),
        device=fields[2],
        filesystem=tail[0],
        options=frozenset(fields[5].split(",")),
        super_options=frozenset(tail[2].split(",")),
    )


def mount_of(path: str, proc: Path = Path("/proc")) -> Mount | None:
    """The mount that `path` lies on, as the machine has it; None where no table can be read or none holds it.

    A service's sandbox (`ProtectSystem=`) has mounts of its own, all read-only, of the same file systems. So the first process's
    table is asked, which anybody may read; where it is hidden (hidepid) and our mount alone is read-only, that is left out.

    Raises CannotTell.
    """
    try:
        real = Path(path).resolve()
    except OSError as error:
        raise_if_ours(error)
        return None
    ours, machine = (_lowest(proc / who / "mountinfo", real) for who in ("self", "1"))
    if ours is None or machine is None:
        return ours and _without_own_limits(ours)
    return machine if machine.device == ours.device else ours  # another file system at this place: ours is the one that is measured


def shared_with_the_machine(path: str, proc: Path = Path("/proc")) -> bool:
    """Whether the first process has the same file system at this place; true as well where that cannot be told."""
    try:
        real = Path(path).resolve()
        ours, machine = (_lowest(proc / who / "mountinfo", real) for who in ("self", "1"))
    except (OSError, CannotTell):
        return True
    return ours is None or machine is None or ours.device == machine.device


def _without_own_limits(mount: Mount) -> Mount:
    return structs.replace(mount, options=mount.options - {"ro"}) if "rw" in mount.super_options else mount


def _lowest(table: Path, real: Path) -> Mount | None:
    lines = (text_of(table, "surrogateescape") or "").splitlines()
    best: Mount | None = None
    for mount in filter(None, map(_mount, lines)):
        # the table is in the order of mounting: of two at the same point the later covers the earlier
        if real.is_relative_to(mount.point) and (best is None or len(mount.point) >= len(best.point)):
            best = mount
    return best
