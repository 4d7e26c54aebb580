"""One reading of all sources: the table of terminals, the totals, and what of it could not be read or believed."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from agent.fleet.model.answer import Totals
from agent.fleet.model.table import Table
from agent.fleet.reading import freshness
from agent.fleet.reading.files import Files
from agent.fleet.reading.flaws import Flaw, Quality
from agent.fleet.reading.freshness import Reporting
from agent.fleet.reading.identity import Doubt, Identities, renamed, shared_machines
from agent.fleet.reading.intake import Intake
from agent.fleet.reading.inventory import Inventory
from agent.fleet.reading.kept import Known
from agent.fleet.reading.sources import STDIN, Reader, SourceMissing

__all__ = ["STDIN", "Gathered", "Scanned", "SourceMissing", "gathered", "judged", "scanned"]


class Scanned(Struct, frozen=True, kw_only=True):
    """`now`: seconds since the epoch, what everything is judged by. `silent`: 1 for each terminal, by its number in the table, that is.
    `ahead`: numbers of those whose clock is. `doubts`: by id; `machines`: machine ids with the several ids that they report under.
    `never_reported`: ids of the inventory; None without one. `touched`: numbers of rows that were read now; None where nobody knows."""

    table: Table
    totals: Totals
    quality: Quality
    now: int
    silent: bytearray
    ahead: tuple[int, ...] = ()
    doubts: dict[str, tuple[Doubt, ...]] = {}
    machines: dict[str, tuple[str, ...]] = {}
    never_reported: tuple[str, ...] | None = None
    touched: tuple[int, ...] | None = None

    @property
    def counts(self) -> dict[str, int]:
        """The quality as `fleet.json` has it."""
        return {flaw.value: count for flaw, count in sorted(self.quality.counts.items())}


class Gathered(Struct, frozen=True, kw_only=True):
    """What was read, before anything of it is judged. `reread`: how many files were."""

    table: Table
    identities: Identities
    quality: Quality
    files: Files
    touched: tuple[int, ...] | None
    reread: int


def scanned(
    sources: Sequence[str],
    *,
    now: float,
    as_of: bool = False,
    reporting: Reporting | None = None,
    inventory: Inventory | None = None,
) -> Scanned:
    """`now`: the clock, or with `as_of` the moment as which to judge; then the documents' own times stand for their receipt.

    Raises `SourceMissing`.
    """
    retired = inventory.retired if inventory is not None else {}
    return judged(gathered(sources, now=now, as_of=as_of, retired=retired), int(now), reporting, inventory)


def gathered(
    sources: Sequence[str],
    *,
    now: float,
    as_of: bool = False,
    known: Known | None = None,
    retired: Mapping[str, float] | None = None,
    since: float = 0,
) -> Gathered:
    """`known`: what the scan before left; terminals of it that are retired, or were not heard of `since` then, are left out.

    Raises `SourceMissing`.
    """
    intake = Intake(known.table, known.identities, retired, now) if known is not None else Intake(retired=retired, now=now)
    if as_of:
        intake.table.received = array("q", intake.table.generated)
    intake.repeats = known is None or known.as_of == as_of
    before = None if known is None else known.files if known.as_of == as_of else Files()
    reader = Reader(intake, as_of=as_of, before=before)
    for source in sources:
        reader.read(source)
    if known is not None and known.flaw:
        intake.quality.note(Flaw.STATE_DAMAGED, known.name)
    touched = intake.touched
    left = _left(intake.table, retired or {}, since, touched or ()) if known is not None and touched is not None else None
    return Gathered(
        table=intake.table if left is None else intake.table.only(left),
        identities=intake.identities,
        quality=intake.quality,
        files=reader.files,
        touched=tuple(sorted(touched)) if touched is not None and left is None else None,
        reread=reader.reread,
    )


def _left(table: Table, retired: Mapping[str, float], since: float, touched: Collection[int]) -> list[int] | None:
    """Numbers of those that stay; None where all do."""
    gone = {number for number, received in enumerate(table.received) if received < since and number not in touched}
    for name, moment in retired.items():
        number = table.number_of.get(name)
        if number is not None and table.received[number] <= moment:
            gone.add(number)
    return [number for number in range(len(table)) if number not in gone] if gone else None


def judged(found: Gathered, now: int, reporting: Reporting | None = None, inventory: Inventory | None = None) -> Scanned:
    table, quality, touched = found.table, found.quality.copy(), found.touched  # what was read may be judged again
    never: tuple[str, ...] | None = None
    if inventory is not None:
        filled = inventory.fill(table, quality)
        touched = None if touched is None else tuple(sorted({*touched, *filled}))
        never = inventory.missing(table)
    found.identities.forget(now)
    quiet = freshness.silent(table, now, reporting or Reporting())
    if old := renamed(table, quiet):
        for number, new in old.items():
            quality.note(Flaw.RENAMED, f"{table.ids[number]} → {table.ids[new]}")
        left = [number for number in range(len(table)) if number not in old]
        at = {number: place for place, number in enumerate(left)}
        table, touched = table.only(left), None if touched is None else tuple(at[number] for number in touched if number in at)
        quiet = bytearray(quiet[number] for number in left)
    ahead = freshness.ahead(table, now)
    doubts, machines = found.identities.doubtful(), shared_machines(table)
    counted = replace(
        freshness.totals(table, quiet),
        never_reported=None if never is None else len(never),
        unreadable=quality.unreadable,
        clock_ahead=len(ahead),
        duplicate_ids=len(doubts) + len(machines),
    )
    return Scanned(
        table=table,
        totals=counted,
        quality=quality,
        now=now,
        silent=quiet,
        ahead=tuple(ahead),
        doubts=doubts,
        machines=machines,
        never_reported=never,
        touched=touched,
    )
