"""Names of serial ports that come and go in the directories of their nodes, told by the kernel (inotify(7)).

Works where uevents do not arrive: in containers, and for the links that udev makes under `/dev/serial`.
"""

from __future__ import annotations

import ctypes
import errno
import os
import re
import struct
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

_ATTRIB, _MOVED, _CREATE, _DELETE = 0x4, 0xC0, 0x100, 0x200
_ONLYDIR = 0x01000000
_OVERFLOW, _IGNORED = 0x4000, 0x8000
_HEADER = struct.Struct("=iIII")
_DEV = Path("/dev")
_SERIAL = re.compile(r"tty[A-Z]")  # tty1 is a screen, ttyUSB0 a port
_BUFFER, _AT_ONCE = 65536, 16


class InotifyWatch:
    """Watches `/dev` for any serial port, and for `ports` each directory on the way to them, there or not yet there.

    A change of owner or mode counts too: udev gives the rights after the node is made. OSError where nothing can be watched.
    """

    def __init__(self, ports: Sequence[str], dev: Path = _DEV) -> None:
        self._ports, self._dev = tuple(ports), dev
        try:
            self._libc = ctypes.CDLL(None, use_errno=True)
            self._descriptor = self._libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        except AttributeError as error:
            raise OSError(errno.ENOSYS, "no inotify") from error
        if self._descriptor < 0:
            raise OSError(ctypes.get_errno(), "inotify")
        self._watched: dict[int, set[str]] = {}
        self._refused = errno.EACCES  # why the last directory could not be watched
        self._top = -1
        self._arm()
        if not self._watched:
            self.close()
            raise OSError(self._refused, "no directory can be watched")

    def fileno(self) -> int:
        return int(self._descriptor)

    def read(self) -> bool:
        """Takes what waits, and tells whether a port may have come or gone. OSError: nothing more will be seen."""
        seen = False
        for _ in range(_AT_ONCE):
            try:
                data = os.read(self._descriptor, _BUFFER)
            except (BlockingIOError, InterruptedError):
                break
            if True in [self._matters(*event) for event in events(data)]:  # each is asked: some forget a directory
                seen = True
                self._arm()
        return seen

    def close(self) -> None:
        """Once."""
        with suppress(OSError):
            os.close(self._descriptor)

    def _matters(self, watch: int, what: int, name: str) -> bool:
        if what & _OVERFLOW:
            return True
        if what & _IGNORED:  # the directory is gone; its number may be given again
            return self._watched.pop(watch, None) is not None
        return name in self._watched.get(watch, ()) or (0 <= watch == self._top and _SERIAL.match(name) is not None)

    def _arm(self) -> None:
        """From the top down, so that a directory made meanwhile is either found or told of."""
        now: dict[int, set[str]] = {}
        self._top = -1
        wanted = _names(self._ports, self._dev)
        for directory in sorted(wanted, key=lambda each: len(each.parts)):
            mask = _CREATE | _DELETE | _MOVED | _ATTRIB | _ONLYDIR
            watch = self._libc.inotify_add_watch(self._descriptor, os.fsencode(directory), mask)
            if watch >= 0:
                now.setdefault(watch, set()).update(wanted[directory])  # two ways may lead to one directory
            else:
                self._refused = ctypes.get_errno()
            if directory == self._dev:
                self._top = watch
        for stale in self._watched.keys() - now.keys():
            self._libc.inotify_rm_watch(self._descriptor, stale)
        self._watched = now


def events(data: bytes) -> Iterator[tuple[int, int, str]]:
    """Watch, what happened, and the name it happened to; a part of an event at the end is left out."""
    offset = 0
    while offset + _HEADER.size <= len(data):
        watch, what, _cookie, length = _HEADER.unpack_from(data, offset)
        offset += _HEADER.size + length
        if offset > len(data):
            return
        yield watch, what, os.fsdecode(data[offset - length : offset].split(b"\0", 1)[0])


def _names(ports: Sequence[str], dev: Path) -> dict[Path, set[str]]:
    """By directory, the names that lead to a port; a link leads to its node, whether that is there or not."""
    names: dict[Path, set[str]] = {dev: set()}
    for port in ports:
        for path in {Path(port), Path(os.path.realpath(port))}:
            for each in (path, *path.parents):
                if each.parent != each.parent.parent:
                    names.setdefault(each.parent, set()).add(each.name)
    return names
