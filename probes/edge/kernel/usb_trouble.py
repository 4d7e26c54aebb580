"""A USB device that resets or reconnects again and again, as the kernel's log tells where it may be read."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

from probes.ground.deadline import Deadline

WINDOW_S = 600.0
MANY = 4  # in the window: somebody who plugs a cable in twice makes two
_EVENT = re.compile(r"^usb (\S+): (?:reset \S+ USB device|USB disconnect|device descriptor read|device not accepting address)")
_PATIENCE_S = 0.3


def upsets(unit: str, deadline: Deadline, *, kmsg: Path = Path("/dev/kmsg")) -> int | None:
    """How often within the window; `unit` is the device's directory in sysfs. None where the log may not be read.

    A record is `priority,number,microseconds,flags;text` (Documentation/ABI/testing/dev-kmsg); only the kernel's own count.
    """
    place = Path(unit).name
    since = deadline.clock.monotonic() - WINDOW_S
    deadline = deadline.within(_PATIENCE_S)
    try:
        log = os.open(kmsg, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    count = 0
    try:
        with contextlib.suppress(BlockingIOError):  # the end of the log, for now
            while not deadline.passed():
                try:
                    records = os.read(log, 8192)
                except BrokenPipeError:
                    continue  # overwritten while being read
                if not records:
                    break
                count += sum(_tells(line, place, since) for line in records.decode("utf-8", "replace").splitlines())
    except OSError:
        return None
    finally:
        os.close(log)
    return count


def _tells(line: str, place: str, since: float) -> bool:
    head, _, text = line.partition(";")
    fields = head.split(",")
    event = _EVENT.match(text)
    if event is None or event[1] != place or len(fields) < 3 or not (fields[0].isdigit() and fields[2].isdigit()):
        return False
    return int(fields[0]) < 8 and int(fields[2]) / 1_000_000 >= since  # facility 0 is the kernel
