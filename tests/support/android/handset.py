"""A made Android terminal by what its commands print."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.android.terminal import AndroidTerminal
from tests.support.servers.adb import Said

REFUSED = Said(err="nc: connect: Connection refused\n", status=1)
NO_WAY = Said(err="nc: connect: Network is unreachable\n", status=1)
TIMED_OUT = Said(err="nc: Timeout\n", status=1)
DENIED = Said(err="/system/bin/sh: can't execute: Permission denied\n", status=126)
NONE = Said(status=1)
Says = dict[str, Said | Callable[[str], Said]]


class Handset:
    """`says`: the beginning of a command → what it prints, the longest one that fits; all others are as `usual` has them."""

    def __init__(self, says: Says, usual: AndroidTerminal | None = None) -> None:
        self.says: dict[str, Said | Callable[[str], Said]] = dict(says)
        self._usual = usual or AndroidTerminal()

    def answer(self, command: str) -> Said:
        fitting = max((begin for begin in self.says if command.startswith(begin)), key=len, default=None)
        if fitting is None:
            return self._usual.answer(command)
        said = self.says[fitting]
        return said if isinstance(said, Said) else said(command)
