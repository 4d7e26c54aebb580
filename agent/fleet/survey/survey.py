"""One look at the whole fleet, with or without a store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from agent.contract.times import parse, utc
from agent.fleet.localise.hours import Hours
from agent.fleet.localise.located import Located, located
from agent.fleet.model.answer import Answer, Fault
from agent.fleet.reading import kept
from agent.fleet.reading.flaws import Flaw
from agent.fleet.reading.freshness import Reporting
from agent.fleet.reading.inventory import Inventory
from agent.fleet.reading.scanned import Scanned, gathered, judged
from agent.fleet.settings.model import FleetSettings
from agent.fleet.survey.ended import ended
from agent.fleet.survey.memory import Acknowledged, Memory, day_of
from agent.storage.atomic import StoreError

_DAY_S = 86400


class HistoryFailed(Exception):
    """The store took no history of this scan; it says why."""


class Survey(Struct, frozen=True, kw_only=True):
    """`located`: the terminals behind each fault. `before`: the last answer of the day before, or of the newest before that. `unkept`,
    `no_history`: the answer is as it would be, but the store did not take it, or no history of it."""

    scanned: Scanned
    located: Located
    answer: Answer
    before: Answer | None = None
    unkept: StoreError | None = None
    no_history: HistoryFailed | None = None


class Asked(Struct, frozen=True, kw_only=True):
    """`as_of`: `now` was given, and the documents' own times stand for their receipt. `history`: Parquet is kept beside the state.
    `lasting`: faults that the last answer does not have, and that are not held for over: one of them that is back keeps its name. `last`:
    the answer before, where the store may not have it. `insists`: what no history was kept of is read again the next time."""

    sources: Sequence[str]
    now: int
    as_of: bool = False
    settings: FleetSettings = FleetSettings()
    store: Path | None = None
    inventory: Inventory | None = None
    history: bool = True
    lasting: tuple[Fault, ...] = ()
    last: Answer | None = None
    insists: bool = True

    @property
    def reporting(self) -> Reporting:
        silence = self.settings.silence
        return Reporting(every_s=silence.every_s, cellular_s=silence.cellular_every_s)

    @property
    def gone(self) -> Mapping[str, float]:
        return self.inventory.retired if self.inventory is not None else {}


def surveyed(asked: Asked) -> Survey:
    """Where the store cannot be written, the answer is told all the same. Raises `SourceMissing`."""
    if asked.store is None:
        read = gathered(asked.sources, now=asked.now, as_of=asked.as_of, retired=asked.gone)
        found = judged(read, asked.now, asked.reporting, asked.inventory)
        there = located(found.table, found.totals, found.now, asked.last, silent=found.silent, quality=found.counts)
        there.answer = replace(there.answer, ended=ended(found, there, asked.last))
        return Survey(scanned=found, located=there, answer=there.answer)
    memory = Memory(asked.store)
    with ExitStack() as held:
        try:
            held.enter_context(memory.alone())
        except StoreError as failed:
            return _kept(asked, memory, failed)
        return _kept(asked, memory)


def _kept(asked: Asked, memory: Memory, unkept: StoreError | None = None) -> Survey:
    """`unkept`: why nothing is to be written."""
    keep_days = asked.settings.keep_days
    retired = {**memory.retired(), **asked.gone}
    inventory = replace(asked.inventory, retired=retired) if asked.inventory is not None else None
    read = gathered(
        asked.sources,
        now=asked.now,
        as_of=asked.as_of,
        known=_known(memory.folder),
        retired=retired,
        since=asked.now - keep_days * _DAY_S,
    )
    state = kept.packed(read.table, read.identities, read.files, as_of=asked.as_of)  # before an inventory fills in what nobody told
    found = judged(read, asked.now, asked.reporting, inventory)
    survey, hours = _told(found, memory, lasting=asked.lasting, last=asked.last)
    if unkept is not None:
        return replace(survey, unkept=unkept)
    failed: HistoryFailed | None = None
    try:
        _keep(survey, memory, hours, keep_days)
        if asked.history:
            failed = _history(found, memory.folder, keep_days)
        if failed is None or not asked.insists:
            kept.write(memory.folder, state)  # the last, so that what nobody kept is read again
    except StoreError as error:
        return replace(survey, unkept=error, no_history=failed)
    return replace(survey, no_history=failed)


def _known(folder: Path) -> kept.Known:
    try:
        return kept.read(folder)
    except NotADirectoryError:
        return kept.nothing()
    except OSError:
        return kept.nothing(flaw=True, name=str(folder))


def _history(found: Scanned, folder: Path, keep_days: int) -> HistoryFailed | None:
    """Raises `StoreError`."""
    from agent.fleet.store.duck import EngineError  # 17 MiB, of which a scan without a store has no need
    from agent.fleet.store.keep import keep

    try:
        keep(folder, found.table, at=found.now, silent=found.silent, touched=found.touched, keep_days=keep_days)
    except EngineError as failed:
        return HistoryFailed(str(failed))
    return None


def recalled(memory: Memory, now: int, settings: FleetSettings, inventory: Inventory | None = None) -> Survey:
    """What the last scan found, of what it left: nothing is read anew, and nothing kept. `now`: its moment. Raises OSError."""
    known = kept.read(memory.folder)
    retired = {**memory.retired(), **(inventory.retired if inventory is not None else {})}
    silence = settings.silence
    reporting = Reporting(every_s=silence.every_s, cellular_s=silence.cellular_every_s)
    found = judged(gathered((), now=now, as_of=known.as_of, known=known, retired=retired), now, reporting, inventory)
    there = located(found.table, found.totals, now, memory.answer(), silent=found.silent, hours=memory.hours(), quality=found.counts)
    last = memory.answer()
    there.answer = with_notes(replace(there.answer, ended=last.ended if last is not None else ()), memory.acknowledged(), now)
    return Survey(scanned=found, located=there, answer=there.answer)


def answered(found: Scanned, memory: Memory, keep_days: int, hours: Hours) -> Survey:
    """What was read, located and held against the look before; the answer is kept. Raises `StoreError`."""
    survey, learned = _told(found, memory, hours)
    _keep(survey, memory, learned, keep_days)
    return survey


def _told(
    found: Scanned, memory: Memory, hours: Hours | None = None, *, lasting: Sequence[Fault] = (), last: Answer | None = None
) -> tuple[Survey, Hours | None]:
    """With the hours of shops, where something was learned of them."""
    hours = memory.hours() if hours is None else hours
    learned = hours if hours.note(found.table, found.now) else None
    last, before, taken = _later(memory.answer(), last), memory.answer_before(day_of(found.now)), memory.acknowledged()
    for path in memory.damaged:
        found.quality.note(Flaw.STATE_DAMAGED, path)
    there = located(
        found.table, found.totals, found.now, with_lasting(last, lasting), silent=found.silent, hours=hours, quality=found.counts
    )
    there.answer = with_notes(replace(there.answer, ended=ended(found, there, last)), taken, found.now)
    return Survey(scanned=found, located=there, answer=there.answer, before=before), learned


def _keep(survey: Survey, memory: Memory, hours: Hours | None, keep_days: int) -> None:
    """Raises `StoreError`."""
    if hours is not None:
        memory.keep_hours(hours)
    memory.keep_answer(survey.answer, day_of(survey.scanned.now), keep_days)


def _later(one: Answer | None, other: Answer | None) -> Answer | None:
    known = [each for each in (one, other) if each is not None]
    return max(known, key=lambda each: parse(each.generated_at) or 0.0, default=None)


def with_lasting(last: Answer | None, lasting: Sequence[Fault]) -> Answer | None:
    known = {fault.id for fault in last.faults} if last is not None else set()
    return last and replace(last, faults=(*last.faults, *(fault for fault in lasting if fault.id not in known)))


def with_notes(answer: Answer, taken: Mapping[str, Acknowledged], now: int) -> Answer:
    """What was noted of faults that somebody took on, until the time that was named."""

    def noted(fault: Fault) -> Fault:
        found = taken.get(fault.id)
        if found is None or (found.until and found.until <= now):
            return replace(fault, acknowledged=None, acknowledged_until=None)
        return replace(fault, acknowledged=found.note, acknowledged_until=utc(found.until) if found.until else None)

    return replace(answer, faults=tuple(map(noted, answer.faults)))
