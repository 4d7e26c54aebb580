"""What the kernel tells of an open serial line: its settings, its modem lines, its counters."""

from __future__ import annotations

import fcntl
import struct
import termios
from pathlib import Path

from msgspec import Struct

from probes.edge.kernel.reading import text_of

# asm-generic/ioctls.h; the termios module has no name for these
_TCGETS2, _TCSETS2 = 0x802C542A, 0x402C542B
_TIOCGICOUNT = 0x545D
_TIOCGEXCL = 0x80045440
_CONTROL_MODES = slice(8, 12)  # c_cflag of struct termios2, behind c_iflag and c_oflag


def settings(port: int) -> bytes:
    """The whole struct termios2: the termios module loses a speed that has no constant. OSError where it is no terminal."""
    return fcntl.ioctl(port, _TCGETS2, bytes(44))


def put_settings(port: int, wanted: bytes) -> None:
    if settings(port) != wanted:
        fcntl.ioctl(port, _TCSETS2, wanted)


def keeping_lines(found: bytes) -> bytes:
    """The same settings with HUPCL cleared: then closing leaves DTR and RTS as they are."""
    (modes,) = struct.unpack("=I", found[_CONTROL_MODES])
    return found[: _CONTROL_MODES.start] + struct.pack("=I", modes & ~termios.HUPCL) + found[_CONTROL_MODES.stop :]


def is_exclusive(port: int) -> bool:
    try:
        answer = fcntl.ioctl(port, _TIOCGEXCL, bytes(4))
    except OSError:
        return False  # no terminal, or a kernel before 3.8
    return bool(struct.unpack("=i", answer)[0])


class Lines(Struct, frozen=True):
    """What the device raises."""

    dsr: bool
    cts: bool


def lines(port: int) -> Lines | None:
    """None where there are no modem lines (a pseudo terminal)."""
    try:
        (state,) = struct.unpack("=i", fcntl.ioctl(port, termios.TIOCMGET, bytes(4)))
    except OSError:
        return None
    return Lines(dsr=bool(state & termios.TIOCM_DSR), cts=bool(state & termios.TIOCM_CTS))


class Counters(Struct, frozen=True):
    """Bytes since the driver found the port, whoever sent them; `framing` counts framing and parity errors."""

    received: int
    sent: int
    framing: int = 0


def counters(port: int) -> Counters | None:
    """struct serial_icounter_struct of linux/serial.h; None where the driver keeps none."""
    try:
        fields = struct.unpack("=20i", fcntl.ioctl(port, _TIOCGICOUNT, bytes(80)))
    except OSError:
        return None
    return Counters(received=fields[4], sent=fields[5], framing=fields[6] + fields[8])


def counters_unopened(node: str, proc: Path = Path("/proc")) -> Counters | None:
    """What `/proc/tty/driver` tells root of a port of the serial core, without opening it: `0: uart:16550A … tx:12 rx:0`.

    Raises CannotTell.
    """
    name = Path(node).name
    kind = name.rstrip("0123456789")
    drivers = [line.split() for line in (text_of(proc / "tty/drivers") or "").splitlines()]
    # a driver without a file of its own is listed by a path, such as /dev/console, which must never be read
    files = [words[0] for words in drivers if len(words) > 1 and words[1] == f"/dev/{kind}" and "/" not in words[0]]
    for line in (line for file in files for line in (text_of(proc / "tty/driver" / file) or "").splitlines()):
        number, _, rest = line.partition(":")
        if number.strip() == name[len(kind) :]:
            told = dict(word.split(":", 1) for word in rest.split() if ":" in word)
            if told.get("tx", "").isdigit() and told.get("rx", "").isdigit():
                return Counters(received=int(told["rx"]), sent=int(told["tx"]))
    return None


def waiting(port: int) -> int:
    """Bytes that came and that nobody has read."""
    return _queued(port, termios.FIONREAD)


def unsent(port: int) -> int:
    """Bytes that were written and have not left."""
    return _queued(port, termios.TIOCOUTQ)


def _queued(port: int, question: int) -> int:
    try:
        return int(struct.unpack("=i", fcntl.ioctl(port, question, bytes(4)))[0])
    except OSError:
        return 0
