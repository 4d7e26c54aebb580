"""The judging process: follows the journal, keeps the table, and lays down an answer every so many seconds.

What it knows is kept in the store as a scan keeps it (`agent.fleet.reading.kept`, `agent.fleet.survey.memory`, Parquet by day), with how
far of the journal that is; older files of the journal are then taken away. It ends when its standard input does, and so with whoever
started it, however that ended.
"""

from __future__ import annotations

import os
import select
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from agent.fleet.model.table import Column
from agent.fleet.reading import kept
from agent.fleet.reading.files import Files
from agent.fleet.reading.flaws import Quality
from agent.fleet.reading.freshness import AHEAD_S, Reporting
from agent.fleet.reading.intake import Intake
from agent.fleet.reading.scanned import Gathered, Scanned, gathered, judged
from agent.fleet.serve.alone import one_at_a_time
from agent.fleet.serve.follow import Follower, Position, drop, position_of, write_position
from agent.fleet.serve.journal import FOLDER
from agent.fleet.serve.judge import Task, Told
from agent.fleet.serve.laying import lay_down
from agent.fleet.serve.own_fault import told_of
from agent.fleet.serve.stock import Stock
from agent.fleet.settings.load import load
from agent.fleet.settings.model import FleetSettings
from agent.fleet.store.duck import EngineError
from agent.fleet.store.keep import keep
from agent.fleet.survey.memory import Memory, day_of
from agent.fleet.survey.survey import answered
from agent.settings.problem import SettingsError
from agent.storage.atomic import StoreError
from probes.ground.clock import Clock
from probes.ground.text import escape

KEEP_S = 60.0  # between two times that everything is kept: the journal has what came since
HISTORY_S = 900.0  # between two entries of the history
_RENEWED_S = 60  # of the page in a browser
_NICE = 5  # who receives goes first
_IDS = 2000  # told at one time
_SHARE = 0.5  # of its time at most that it works
_SHOWN = 300  # characters of what an engine says
_DAY_S = 86400


class Judging:
    def __init__(self, task: Task, settings: FleetSettings, clock: Clock) -> None:
        self._task, self._settings, self._clock = task, settings, clock
        self._store = Path(task.store)
        self._journal = self._store / FOLDER
        self._memory = Memory(self._store)
        silence = settings.silence
        self._reporting = Reporting(every_s=silence.every_s, cellular_s=silence.cellular_every_s)
        self._stock = Stock(settings.inventory)
        with self._memory.alone():
            known = kept.read(self._store)
            self.hours = self._memory.hours()
        self.intake = Intake(known.table, known.identities)
        self.follower = Follower(self._journal, Position() if known.flaw or not known.table.ids else position_of(self._journal))
        self._day = day_of(clock.wall())
        self._whole = True  # nobody knows what the history has of it
        self._keep_at = clock.monotonic()
        self._history_at = clock.monotonic() + HISTORY_S

    def run(self) -> None:
        self._take_in()
        self._tell_ids()
        going = True
        while going:
            begun = self._clock.monotonic()
            self._take_in()
            trouble, made = self._tried(ending=False)
            took_s = self._clock.monotonic() - begun
            terminals, damaged = len(self.intake.table), self.follower.damaged
            _say(Told(made=made, seconds=took_s, terminals=terminals, damaged=damaged, trouble=trouble))
            going = _waits(max(self._task.every_s - took_s, took_s / _SHARE - took_s, 0.1))
        self._take_in()
        self._tried(ending=True)

    def _take_in(self) -> None:
        now = int(self._clock.wall())
        self.intake.now = now
        for line in self.follower.lines():
            self.intake.take(bytes(line.document), line.received, line.token)

    def _tried(self, *, ending: bool) -> tuple[str, bool]:
        """What went wrong, in words (empty where nothing did), and whether there is an answer all the same."""
        begun = self._clock.monotonic()
        try:
            with self._memory.alone():
                found = self._look()
                survey = answered(found, self._memory, self._settings.keep_days, self.hours)
                trouble = self._keep(found, ending=ending)
            if not ending:
                took_s = self._clock.monotonic() - begun
                every_s = self._task.every_s
                lay_down(self._store, survey, renewed_s=_RENEWED_S, every_s=every_s, took_s=took_s)
        except StoreError as error:
            return error.text.en, False
        return trouble or self._stock.trouble, True

    def _look(self) -> Scanned:
        now = int(self._clock.wall())
        self._set_right(now)
        inventory = self._stock.now()
        retired = {**self._memory.retired(), **(inventory.retired if inventory is not None else {})}
        known = kept.Known(table=self.intake.table, identities=self.intake.identities, files=Files())
        left = gathered((), now=now, known=known, retired=retired, since=now - self._settings.keep_days * _DAY_S)
        if left.table is not self.intake.table:
            quality = self.intake.quality
            self.intake = Intake(left.table, left.identities)
            self.intake.quality, self._whole = quality, True
        self.intake.retired = retired
        if self._day != day_of(now):
            self._day, self.intake.quality = day_of(now), Quality()
        read = Gathered(
            table=self.intake.table,
            identities=self.intake.identities,
            quality=self.intake.quality,
            files=Files(),
            touched=None if self._whole or self.intake.touched is None else tuple(sorted(self.intake.touched)),
            reread=0,
        )
        return judged(read, now, self._reporting, inventory)

    def _keep(self, found: Scanned, *, ending: bool) -> str:
        """Now and then, and at the end; why there is no history, in words. Raises `StoreError`; the journal then stays as it is."""
        now, trouble = self._clock.monotonic(), ""
        if ending or now >= self._history_at:
            self._history_at = now + HISTORY_S
            trouble = self._history(found)
        if ending or now >= self._keep_at:
            self._keep_at = now + KEEP_S
            kept.write(self._store, kept.packed(self.intake.table, self.intake.identities, Files()))
            self._forget_values()
            write_position(self._journal, self.follower.position)
            drop(self._journal, self.follower.position)
        return trouble

    def _history(self, found: Scanned) -> str:
        """Raises `StoreError`."""
        days = self._settings.keep_days
        try:
            keep(self._store, found.table, at=found.now, silent=found.silent, touched=found.touched, keep_days=days)
        except EngineError as error:
            return f"the history could not be written: {escape(str(error), _SHOWN)}"
        self.intake.touched, self._whole = set(), False
        return ""

    def _forget_values(self) -> None:
        """Of a column whose values no terminal has any more, once they are most: a fleet's counters and subjects change for months."""
        table = self.intake.table
        rows = range(len(table))
        for name in ("causes", "subjects", "all_causes", "incidents"):
            setattr(table, name, _without_old(getattr(table, name), rows))
        for name, column in table.attributes.items():
            table.attributes[name] = _without_old(column, rows)

    def _set_right(self, now: int) -> None:
        """Receipts of a time when this machine's own clock was ahead: nobody would ever be silent until then."""
        received = self.intake.table.received
        if received and max(received) > now + AHEAD_S:
            for number, moment in enumerate(received):
                if moment > now:
                    received[number] = now

    def _tell_ids(self) -> None:
        ids = self.intake.table.ids
        for begin in range(0, len(ids), _IDS):
            _say(Told(ids=tuple(ids[begin : begin + _IDS])))


def _without_old(column: Column, rows: range) -> Column:
    return column.only(rows) if len(column.values) > 2 * len(set(column.codes)) + 16 else column


def _say(told: Told) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(told) + b"\n")
    sys.stdout.buffer.flush()


def _waits(seconds: float) -> bool:
    """False where it is to end."""
    ready, _, _ = select.select([sys.stdin.buffer], [], [], seconds)
    return not ready


def _settings(config: str) -> FleetSettings:
    """Whoever receives has read the file already; one that was changed since and cannot be used is no reason to judge nothing."""
    try:
        return load(config).settings if config else FleetSettings()
    except SettingsError:
        return FleetSettings()


def main(argv: Sequence[str] = ()) -> None:
    task = msgspec.json.decode((argv or sys.argv[1:])[0], type=Task)
    for number in (signal.SIGTERM, signal.SIGINT):  # a supervisor sends them to all: what is known is kept when whoever receives has ended
        signal.signal(number, signal.SIG_IGN)
    with suppress(OSError):  # where a sandbox forbids it
        os.nice(_NICE)
    try:
        with one_at_a_time(Path(task.store)):
            Judging(task, _settings(task.config), Clock()).run()
    except BrokenPipeError:  # nobody listens any more
        os._exit(0)
    except Exception as error:  # noqa: BLE001 - the last resort: whoever receives says it in one line, and starts another one
        _say(Told(trouble=f"the answer could not be made: {told_of(error)}"))
        os._exit(1)
