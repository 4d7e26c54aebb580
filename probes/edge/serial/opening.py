"""Holding a serial port without leaving a trace: locked, shortly, its settings put back.

Opening raises DTR and RTS; that is the kernel's, and nothing prevents it. Closing lowers them again where HUPCL is set and
nobody else has the port open, and a device may hang up or reset at that. Settings outlive the last close, and HUPCL acts
in that very moment: it can be cleared and the lines stay, or set and they drop; to set it later the port would have to be
opened and closed again, which drops them after all. So:

- where nobody else has the port open, HUPCL is left cleared and everything else exactly as found. The device sees the
  lines rise once, at the first examination ever, and no change after that. A program that wants to hang up sets HUPCL itself.
- where somebody opened the port meanwhile, ours is not the last close, nothing drops, and HUPCL goes back to what it was.
- settings that are neither those found nor ours belong to somebody who opened the port meanwhile: they stay.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import termios
from collections.abc import Callable, Iterator

from probes.edge.failures import CannotTell, raise_if_ours
from probes.edge.serial import line as serial_line
from probes.model import Symptom


class NotOpened(Exception):
    """Why a port does not open. `symptom` is None for an error without a name; `text` then tells the kernel's words.

    `locked`: it did open, and somebody has its lock.
    """

    def __init__(self, symptom: Symptom | None, text: str, *, locked: bool = False) -> None:
        super().__init__(text)
        self.symptom = symptom
        self.text = text
        self.locked = locked


_BY_ERRNO = {
    errno.ENOENT: Symptom.DEVICE_MISSING,
    errno.ENXIO: Symptom.DEVICE_MISSING,
    errno.ENODEV: Symptom.DEVICE_MISSING,
    errno.EIO: Symptom.DEVICE_MISSING,  # a node without a chip, or a pseudo terminal whose other end is gone
    errno.ENOTTY: Symptom.DEVICE_MISSING,  # some other kind of device has this name
    errno.EACCES: Symptom.PORT_PERMISSION,
    errno.EPERM: Symptom.PORT_PERMISSION,
    errno.EBUSY: Symptom.PORT_BUSY,  # TIOCEXCL, for everybody but root
    errno.EAGAIN: Symptom.PORT_BUSY,  # flock
}


class OpenedPort:
    """A port that is ours for a moment. `changed_by_us` is set once its settings were changed for an exchange."""

    def __init__(self, port: int, found: bytes) -> None:
        self.port = port
        self.found = found
        self.changed_by_us: bytes | None = None

    def set_for_exchange(self) -> None:
        self.changed_by_us = serial_line.settings(self.port)

    def put_back(self, alone: bool) -> None:
        if alone and serial_line.unsent(self.port):
            termios.tcflush(self.port, termios.TCOFLUSH)  # ours, stalled: the last closing would wait for them to leave
        if serial_line.settings(self.port) in (self.found, self.changed_by_us):
            serial_line.put_settings(self.port, serial_line.keeping_lines(self.found) if alone else self.found)


@contextlib.contextmanager
def opened(node: str, others: Callable[[], bool]) -> Iterator[OpenedPort]:
    """Raises NotOpened and CannotTell. `others`: whether anybody else has the port open, asked before it is closed."""
    mine = _take(node)
    try:
        yield mine
    finally:
        try:
            with contextlib.suppress(OSError, termios.error):  # the device went away
                mine.put_back(alone=not _known(others))
        finally:
            os.close(mine.port)  # and with it the lock


def _known(others: Callable[[], bool]) -> bool:
    """Where nobody can tell, whoever came meanwhile is not known of."""
    try:
        return others()
    except CannotTell:
        return False


def _take(node: str) -> OpenedPort:
    try:
        port = os.open(node, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise _named(error) from None
    try:
        fcntl.flock(port, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if serial_line.is_exclusive(port):  # root gets past TIOCEXCL
            raise NotOpened(Symptom.PORT_BUSY, "opened exclusively by somebody else")
        return OpenedPort(port, serial_line.settings(port))
    except OSError as error:
        os.close(port)
        raise _named(error) from None
    except NotOpened:
        os.close(port)
        raise


def _named(error: OSError) -> NotOpened:
    """Raises CannotTell where the port is not to blame."""
    raise_if_ours(error)
    return NotOpened(_BY_ERRNO.get(error.errno or 0), error.strerror or type(error).__name__, locked=error.errno == errno.EAGAIN)
