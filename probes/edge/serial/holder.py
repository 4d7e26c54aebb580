"""Who holds a serial port, found out without opening it: kernel locks, UUCP lock files, open files of processes."""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from probes.edge.failures import raise_if_ours
from probes.edge.kernel.processes import described, is_posdiag, sees_everybody, shown
from probes.edge.kernel.reading import entries_of, text_of
from probes.ground.deadline import Deadline
from probes.ground.files import read_small
from probes.model.facts import PortHolder

LOCK_DIRECTORIES = (Path("/var/lock"), Path("/run/lock"))
_FIRST_PID_NAMESPACE = "pid:[4026531836]"  # PROC_PID_INIT_INO of the kernel's proc_ns.h


class Holder(Struct, frozen=True, kw_only=True):
    """`pid` is None where a lock stands and nobody can tell whose. `posdiag`: it is another examination."""

    pid: int | None
    name: str | None
    how: str  # lock | lock_file | open_file
    posdiag: bool = False

    def facts(self) -> PortHolder:
        return PortHolder(name=self.name, pid=self.pid)


class Holding(Struct, frozen=True):
    """`complete`: every process was looked into, so that no holder means nobody holds it."""

    holders: tuple[Holder, ...]
    complete: bool

    @property
    def by_posdiag(self) -> bool:
        """By another examination and by nobody else: it is over in a moment."""
        return bool(self.holders) and all(holder.posdiag for holder in self.holders)


def holding(
    node: str, deadline: Deadline, *, aliases: tuple[str, ...] = (), proc: Path = Path("/proc"), locks: tuple[Path, ...] = LOCK_DIRECTORIES
) -> Holding:
    """`aliases` are other names of the node that a lock file may carry.

    Raises CannotTell, as nobody may be said to hold a port who was not looked for; OSError where the node is gone.
    """
    seen = _stat(node)
    found: dict[int | None, str] = {}
    files, complete = _open_files(seen, Path(node).name, proc, deadline)
    for pid, how in (
        *((pid, "open_file") for pid in files),
        *((pid, "lock") for pid in kernel_locks(seen, proc)),
        *((pid, "lock_file") for pid in _lock_files((node, *aliases), seen, locks)),
    ):
        if pid != os.getpid():
            found.setdefault(pid, how)
    if len(found) > 1:
        found.pop(None, None)  # the lock of a process that ended, inherited by one that is already in the list
    holders = (_holder(pid, how) for pid, how in found.items())
    return Holding(tuple(holder for holder in holders if holder is not None), complete)


def holder_of(node: str, deadline: Deadline, proc: Path = Path("/proc")) -> PortHolder | None:
    """The first process that has the node open; None where none is seen, or there is no such node. Raises CannotTell."""
    try:
        held = holding(node, deadline, proc=proc, locks=())
    except OSError:
        return None
    return next((each.facts() for each in held.holders), None)


def _stat(node: str) -> os.stat_result:
    try:
        return Path(node).stat()
    except OSError as error:
        raise_if_ours(error)
        raise


def _holder(pid: int | None, how: str) -> Holder | None:
    """None where it has ended since it was seen: then it holds nothing, and nobody can tell any more what it was. Raises CannotTell."""
    process = described(pid) if pid is not None else None
    if pid is None or (process is None and _alive(pid)):
        return Holder(pid=pid, name=None, how=how)
    if process is None or process.zombie:
        return None
    return Holder(pid=pid, name=shown(process.name), how=how, posdiag=is_posdiag(process))


def kernel_locks(node: os.stat_result, proc: Path) -> Iterator[int | None]:
    """Holders of flock(2) and fcntl(2) locks: `1: FLOCK  ADVISORY  WRITE 812 00:06:126 0 EOF`. Raises CannotTell."""
    for fields in map(str.split, (text_of(proc / "locks") or "").splitlines()):
        if len(fields) < 8 or fields[1] == "->":  # a waiter behind the holder
            continue
        try:
            major, minor, inode = fields[5].split(":")
            device, pid = os.makedev(int(major, 16), int(minor, 16)), int(fields[4])
            same = device == node.st_dev and int(inode) == node.st_ino
        except (ValueError, OverflowError):
            continue
        if same:
            yield pid if pid > 0 and _alive(pid) else None


def _lock_files(nodes: tuple[str, ...], seen: os.stat_result, directories: tuple[Path, ...]) -> Iterator[int]:
    """Holders by the UUCP convention; the file of a process that is gone is stale and holds nothing."""
    names = {f"LCK..{node.removeprefix('/dev/').replace('/', '_')}" for node in nodes} | {f"LCK..{Path(node).name}" for node in nodes}
    names.add(f"LK.{os.major(seen.st_dev):03d}.{os.major(seen.st_rdev):03d}.{os.minor(seen.st_rdev):03d}")  # the System V form
    for directory in directories:
        for name in sorted(names):
            pid = _written_pid(directory / name)
            if pid is not None and _alive(pid):
                yield pid


def _written_pid(path: Path) -> int | None:
    """The PID in a lock file: decimal in 10 columns with perhaps a name behind it, or 4 bytes in the machine's order."""
    try:
        content = read_small(path, 64, follow=False)
    except OSError as error:
        raise_if_ours(error)
        return None
    words = content.split()
    if words and words[0].isdigit():
        return int(words[0])
    return int(struct.unpack("=i", content)[0]) if len(content) == 4 else None


def _alive(pid: int) -> bool:
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True  # somebody else's
    return True


def _open_files(node: os.stat_result, name: str, proc: Path, deadline: Deadline) -> tuple[list[int], bool]:
    """Processes with the device open, and whether every process could be looked into."""
    first = _in_first_namespace(proc)
    complete = sees_everybody() and first
    found: list[int] = []
    try:
        pids = sorted(int(entry.name) for entry in entries_of(proc) if entry.name.isdigit())
    except OSError:
        return [], False
    for pid in pids:
        if deadline.passed():
            return found, False
        try:
            if _has_open(proc / str(pid) / "fd", node, name):
                found.append(pid)
        except (FileNotFoundError, ProcessLookupError):
            continue  # ended meanwhile
        except OSError as error:
            raise_if_ours(error)
            # the machine's own init has more rights than root in a sandbox; it starts programs, and uses no port itself
            complete = complete and first and pid == 1
    return found, complete


def _in_first_namespace(proc: Path) -> bool:
    """In a container the processes outside it, which may hold the port too, are not in the table at all."""
    try:
        return str((proc / "self/ns/pid").readlink()) == _FIRST_PID_NAMESPACE
    except OSError:
        return False


def _has_open(directory: Path, node: os.stat_result, name: str) -> bool:
    for link in directory.iterdir():
        try:
            # The text first: looking behind a link to a network file system that hangs would hang too. Whoever lives under
            # another root has its nodes in a /dev of its own; a node given to a container may have any place, and keeps its name.
            text = str(link.readlink())
            if "/dev/" not in text and not text.endswith(f"/{name}"):
                continue
            behind = link.stat()
        except FileNotFoundError:
            continue  # closed meanwhile
        same = stat.S_ISCHR(behind.st_mode) and behind.st_rdev == node.st_rdev
        if same and (behind.st_dev == node.st_dev or not 136 <= os.major(node.st_rdev) <= 143):
            return True  # pseudo terminals (majors 136 to 143) of another devpts share numbers with ours
    return False
