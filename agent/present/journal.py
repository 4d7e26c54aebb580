"""The journal reads how grave a line is from a mark at its beginning, such as `<4>` (sd-daemon(3)); a person never sees the mark."""

from __future__ import annotations

import os
from collections.abc import Iterable
from enum import IntEnum
from typing import TextIO

from probes.ground.whole_number import whole_number

_VARIABLE = "JOURNAL_STREAM"  # device:inode of the stream that leads to the journal (systemd.exec(5))


class Level(IntEnum):
    """As syslog(3) numbers them."""

    ERROR = 3
    WARNING = 4
    NOTICE = 5
    INFO = 6


def leads_to_journal(stream: TextIO | None) -> bool:
    """False for a stream that was redirected since, such as into a file: the variable is inherited, the stream may not be."""
    device, _, inode = os.environ.get(_VARIABLE, "").partition(":")
    told = whole_number(device), whole_number(inode)
    if stream is None or None in told:
        return False
    try:
        seen = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return False
    return (seen.st_dev, seen.st_ino) == told


def marked(lines: Iterable[str], level: Level, stream: TextIO | None) -> list[str]:
    """The lines as the stream wants them: each with its mark for the journal, unchanged for everybody else."""
    if not leads_to_journal(stream):
        return list(lines)
    return [f"<{level.value}>{line}" for line in lines]
