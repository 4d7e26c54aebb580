"""One reading of all sources: the table of terminals, the totals, and what of it could not be read or believed."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Sequence
from typing import IO

from msgspec import Struct
from msgspec.structs import replace

from agent.fleet.model.answer import Totals
from agent.fleet.model.table import Table
from agent.fleet.reading import freshness
from agent.fleet.reading.contents import parts_of
from agent.fleet.reading.flaws import Flaw, Quality
from agent.fleet.reading.freshness import Reporting
from agent.fleet.reading.identity import Doubt, shared_machines
from agent.fleet.reading.intake import Intake
from agent.fleet.reading.rows import MOST
from agent.fleet.reading.tree import files_below, flaw_of, is_document
from probes.ground.text import escape

STDIN = "-"
_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY


class SourceMissing(Exception):
    """`source` is not there, or may not be read: nothing was scanned."""

    def __init__(self, source: str, error: OSError) -> None:
        self.source, self.error = source, error
        super().__init__(f"{escape(source)}: {error}")


class Scanned(Struct, frozen=True, kw_only=True):
    """`now`: seconds since the epoch, what everything is judged by. `silent`: 1 for each terminal, by its number in the table, that is.
    `ahead`: numbers of those whose clock is. `doubts`: by id; `machines`: machine ids with the several ids that they report under.
    `never_reported`: ids of the inventory; None without one."""

    table: Table
    totals: Totals
    quality: Quality
    now: int
    silent: bytearray
    ahead: tuple[int, ...] = ()
    doubts: dict[str, tuple[Doubt, ...]] = {}
    machines: dict[str, tuple[str, ...]] = {}
    never_reported: tuple[str, ...] | None = None


def scanned(sources: Sequence[str], *, now: float, as_of: bool = False, reporting: Reporting | None = None) -> Scanned:
    """`now`: the clock, or with `as_of` the moment as which to judge; then the documents' own times stand for their receipt.

    Raises `SourceMissing`.
    """
    intake = Intake()
    for source in sources:
        _read(source, intake, as_of)
    return judged(intake, int(now), reporting or Reporting())


def judged(intake: Intake, now: int, reporting: Reporting) -> Scanned:
    table, quality = intake.table, intake.quality
    quiet = freshness.silent(table, now, reporting)
    ahead = freshness.ahead(table, now)
    doubts, machines = intake.identities.doubtful(), shared_machines(table)
    counted = replace(
        freshness.totals(table, quiet),
        unreadable=quality.unreadable,
        clock_ahead=len(ahead),
        duplicate_ids=len(doubts) + len(machines),
    )
    return Scanned(
        table=table, totals=counted, quality=quality, now=now, silent=quiet, ahead=tuple(ahead), doubts=doubts, machines=machines
    )


def _read(source: str, intake: Intake, as_of: bool) -> None:
    if source == STDIN:
        _read_parts(sys.stdin.buffer, "-", None, intake)
        return
    try:
        mode = os.stat(source).st_mode  # noqa: PTH116
        if stat.S_ISDIR(mode):
            os.scandir(source).close()
    except OSError as error:
        raise SourceMissing(source, error) from error
    if not stat.S_ISDIR(mode):
        _read_file(source, intake, as_of, one=source.endswith(".json"))
        return
    for entry in files_below(source, intake.quality.note):
        _read_file(entry.path, intake, as_of, one=is_document(entry.name))


def _read_file(path: str, intake: Intake, as_of: bool, *, one: bool) -> None:
    """`one`: it is a document, and its receipt the time at which it was last written here."""
    try:
        descriptor = os.open(path, _FLAGS)
    except OSError as error:
        intake.quality.note(flaw_of(error), path)
        return
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            intake.quality.note(Flaw.NOT_A_FILE, path)
        elif not one:
            with open(descriptor, "rb", closefd=False) as stream:
                _read_parts(stream, path, None, intake)
        elif status.st_size > MOST:
            intake.quality.note(Flaw.TOO_LARGE, path)
        else:
            intake.take(os.read(descriptor, MOST + 1), None if as_of else int(status.st_mtime), path)
    except OSError as error:
        intake.quality.note(flaw_of(error), path)
    finally:
        os.close(descriptor)


def _read_parts(stream: IO[bytes], path: str, received: int | None, intake: Intake) -> None:
    for number, part in enumerate(parts_of(stream), 1):
        if isinstance(part, Flaw):
            intake.quality.note(part, f"{path}:{number}")
        elif len(part) > 2 or part.strip():
            intake.take(part, received, f"{path}:{number}")
