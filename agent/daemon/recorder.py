"""The record as the daemon keeps it: what each examination shows to have changed, and what waits to be written.

Nothing here waits for a disk: lines are queued, and appended in the thread of the status file, before the status that tells of them.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from agent import __version__
from agent.contract.day import Today
from agent.contract.event import AgentEvent, AnyEvent, ChangeEvent, DrillEvent, ToldEvent
from agent.contract.times import utc
from agent.daemon.recorded_day import days_of
from agent.daemon.recorded_lines import last_events, watched_until, words_in
from agent.daemon.recorded_starts import Starts
from agent.examination.result import Examination
from agent.outputs.file_troubles import FileTroubles
from agent.record.allowance import Allowance
from agent.record.baseline import FILE as BASELINE_FILE
from agent.record.baseline import Baseline, recall, remember, things_of
from agent.record.before import WITHIN_S, changes_before
from agent.record.differences import Difference, Known, compare, flickered, values
from agent.record.flapping import Flapping
from agent.record.moments import Moment, back, elapsed_s, known_apart, moment_of
from agent.record.system import system_things
from agent.record.things import Thing, carrier_changes, things_in
from agent.record.traces import Traces
from agent.settings.load import Loaded
from agent.status.private import masker
from agent.storage.atomic import sweep
from agent.storage.history_file import PAGE, HistoryFile
from agent.storage.identity import Identity
from probes.ground.clock import Clock
from probes.model import Check, Facts
from probes.model.facts import ClockFacts

MOST_WAITING = 200  # events that cannot be written now
MOST_RECENT = 32  # changes that are remembered for what comes after them
DAY_KEPT_EVERY_S = 6 * 3600.0  # between writes of what the day was like until now: a power cut costs no more of it
SPARING_S = 1200.0  # between appends of nothing but changes, where the record is sparing
_TOLD_WITHIN_S = 3600.0  # what is over is told sooner
KEEP_EVERY_S = 3600.0  # between writes of what is known of things


class Recorder:
    """`once`: there is no daemon that starts and stops, only an examination. `today`: as the last status document told of it. `past`: the
    last lines of the record, as they were found, for whoever goes on from them; to be given up then."""

    def __init__(
        self, loaded: Loaded, identity: Identity, files: FileTroubles, clock: Clock, *, once: bool = False, today: Today | None = None
    ) -> None:
        self.folder = Path(loaded.settings.agent.state_dir)
        self._files, self._clock, self._once = files, clock, once
        self._boot, self._hash = identity.boot_id, loaded.hash
        self.masked: Callable[[str], str] = masker(loaded.settings)
        self.heard: Callable[[AnyEvent], None] = lambda _: None  # told of every event that is to be written
        self._lock, self._writing = threading.Lock(), threading.Lock()
        self._waiting: list[AnyEvent] = []
        self._flaps = Flapping()
        self._held: dict[Thing, ChangeEvent] = {}
        self._counts: dict[str, int] = {}
        self._doubtful = False
        self._kept_at: float | None = None
        sweep(self.folder / BASELINE_FILE)
        self.past = last_events(self.folder)
        self._starts = Starts(self.past, Path(loaded.settings.agent.status_home))
        baseline = recall(self.folder) or Baseline()
        self.known: Known = baseline.known(self.past)  # of every thing, what it was last
        self._file = HistoryFile(self.folder, sequence=baseline.sequence, carry=self._carried)
        self._changes = deque((event for event in self.past if isinstance(event, ChangeEvent)), MOST_RECENT)
        self._allowance = Allowance(clock.running(), self._written_lately())
        agent = loaded.settings.agent
        slack_s = max(_TOLD_WITHIN_S, 2 * agent.interval_s)
        self.watching = watched_until(self.folder, self.past, self.now(), agent.watch_h, slack_s)
        self._days = days_of(loaded.settings, None if once else baseline, self.past, self.masked, today)
        self.open_incident = baseline.incident  # as it was last written down, until somebody says another
        self.standing = words_in(self.folder)  # of what people said
        self._dirty = self._stopping = False
        self._appended_at = float("-inf")
        self.traces = Traces()
        self._remember_windows()
        self._start()

    def opened(self, incident: str) -> None:
        """It is the one that is open from now on; empty: none is."""
        self._dirty = self._dirty or incident != self.open_incident
        self.open_incident = incident

    def now(self) -> Moment:
        return Moment(at=self._clock.wall(), boot_id=self._boot, running_s=self._clock.running(), doubtful=self._doubtful)

    def stamp(self, moment: Moment) -> dict[str, Any]:
        """What every line says of when it was."""
        clock = "doubtful" if moment.doubtful else "ok"
        return {"at": utc(moment.at), "boot_id": moment.boot_id, "running_s": round(moment.running_s, 1), "clock": clock}

    @property
    def flash_bytes(self) -> int:
        """Written since this start, in whole pages."""
        return self._file.flash_bytes

    @property
    def sparing(self) -> bool:
        return self._allowance.sparing(self._clock.running())

    def take(self, examination: Examination, *, by_event: bool = False) -> None:
        """What an examination shows is held against what is known. `by_event`: something that happened to the way out began it."""
        checks, now = examination.checks, self._clock.running()
        told = next((check for check in checks if isinstance(check.facts, ClockFacts) and check.made), None)
        self._doubtful = self._doubtful if told is None else not told.ok
        found = self._learn(things_in(checks, examination.uplink, self.known))
        counts = carrier_changes(checks)
        found += flickered(self._counts, counts, self.known, found)
        self._counts |= counts
        fresh = [check for check in checks if not check.observed_at or check.observed_at >= examination.started_at]
        self.traces.look(fresh, found, now, told=by_event)
        self._changed(found)
        for each in self._flaps.due(now, sparing=self.sparing):
            self._tell(each)

    def look(self, state: str, *, can_pay: bool, checks: Sequence[Check[Facts]], uplink: str = "") -> None:
        """What the daemon reports from now on; a day that is over is told."""
        self._told_of_agent("started", self._starts.due(self.now()))
        for tally in self._days.look(self.now(), state, can_pay=can_pay, checks=checks, uplink=uplink):
            self.put(tally.told(self.stamp(self.now())))
            time.tzset()  # the time zone of this machine may have become another

    @property
    def today(self) -> Today | None:
        """What the day was like until now."""
        return self._days.today(self._file.sequence)

    def clock_moved(self, by: float) -> None:
        found = [Difference(what="clock", subject="", before="", after=f"{by:+.0f} s")]
        self.traces.changed(found, self._clock.running())
        self._changed(found)

    def changes_before(self, began_at: float) -> tuple[dict[str, Any], ...]:
        """What changed in the day before something was first seen, at `began_at` on the wall clock as it is now."""
        now, latest_first = self.now(), (*self._held.values(), *reversed(self._changes))
        return changes_before(latest_first, back(now, max(0.0, now.at - began_at)), now)

    def put(self, event: AnyEvent) -> None:
        """To be written next. Where too many wait, a change is given up before what tells of an incident."""
        self._days.told(event)
        self.standing.take(event)
        with self._lock:
            self._waiting.append(event)
            if len(self._waiting) > MOST_WAITING:
                first = next((each for each in self._waiting if isinstance(each, ChangeEvent)), self._waiting[0])
                self._waiting.remove(first)
        self.heard(event)

    def flush(self) -> None:
        """Appends what waits. May take as long as a disk does; a page is what each append costs, so changes wait where it is sparing."""
        self._append(())

    def tell(self, words: Sequence[ToldEvent | DrillEvent]) -> bool:
        """Appends what people said behind what waits; whether it is on the disk. What is not waits where it was said."""
        written = self._append(words)
        for each in words if written else ():
            self._days.told(each)
            self.standing.take(each)
            self.heard(each)
        return written

    def forget(self, name: str) -> bool:
        """A word of a person's, or all about an incident; whether they are gone."""
        from agent.record.forgetting import forget

        with self._writing:
            done = self._files.tried(self._file.path, partial(forget, self._file, name))
        if done:
            self.standing.forget(name)
            self._days.planned = self._days.planned if self.standing.planned(self._clock.wall()) else None
        return done

    def _append(self, words: Sequence[ToldEvent | DrillEvent]) -> bool:
        with self._writing:
            if self._starts.dirty:
                self._files.tried(self._starts.path, self._starts.keep)
            with self._lock:
                events = (*self._waiting, *words)
            if not events or self._not_yet(events):
                return not words
            before = self._file.flash_bytes
            written = self._files.tried(self._file.path, partial(self._file.append, events))
            if written:
                now = self._clock.running()
                self._allowance.spend(self._file.flash_bytes - before, now)
                self._appended_at = now
                with self._lock:
                    self._waiting = [each for each in self._waiting if not any(each is one for one in events)]
            return written

    def _not_yet(self, events: Sequence[AnyEvent]) -> bool:
        if not self.sparing or self._stopping or not all(isinstance(each, ChangeEvent) for each in events):
            return False
        return self._clock.running() - self._appended_at < SPARING_S

    @property
    def keep_due(self) -> bool:
        age_s = float("inf") if self._kept_at is None else self._clock.running() - self._kept_at
        return age_s >= (KEEP_EVERY_S if self._dirty else DAY_KEPT_EVERY_S)

    def keep(self, *, closing: bool = False) -> None:
        """Writes down what is known of things, once every line about them is written."""
        if closing:
            self.flush()
        if self._waiting or not (self.keep_due or closing):
            return
        known = dict(self.known)
        for thing, held in self._flaps.held.items():  # what was not told yet is not known yet
            known[thing] = (held.before, *known.get(thing, ())[1:])
        day, planned, things = self._days.tally, self._days.planned, things_of(known)
        baseline = Baseline(sequence=self._file.sequence, things=things, day=day, planned=planned, incident=self.open_incident)
        if self._files.tried(self.folder / BASELINE_FILE, partial(remember, self.folder, baseline)):
            self._dirty, self._kept_at = False, self._clock.running()

    def stop(self) -> None:
        """What was only counted is told, and that the agent ends."""
        for each in self._flaps.due(self._clock.running(), all_of_them=True):
            self._tell(each)
        self._told_of_agent("started", self._starts.due(self.now(), ending=True))
        self._agent("stopped")
        self._stopping = True

    def _start(self) -> None:
        things = system_things(self._boot, __version__, self._hash)
        if self.known.get(("boot", "")) not in (None, (self._boot,)):
            self.known = {thing: values for thing, values in self.known.items() if thing[0] != "app"}  # its processes are others by now
        found = self._learn(things)
        self.traces.changed(found, self._clock.running())
        self._changed(found)
        changed = {each.what for each in found}
        self._agent("upgraded" if "agent" in changed else "config_changed" if "config" in changed else "started")

    def _remember_windows(self) -> None:
        now = self.now()
        for event in self._changes:
            then = moment_of(event)
            if (age_s := elapsed_s(then, now)) < WITHIN_S and known_apart(then, now):
                self._flaps.remember((event.what, event.subject), age_s, now.running_s)
                done = Difference(what=event.what, subject=event.subject, before=event.before, after=event.after)
                self.traces.changed([done], now.running_s - age_s)

    def _agent(self, what: str) -> None:
        """Starts in a row are counted; an examination by itself is none."""
        count = 1
        if what in ("started", "stopped"):
            count = 0 if self._once else self._starts.count(what, self.now())
        self._told_of_agent(what, count)

    def _told_of_agent(self, what: str, count: int) -> None:
        if count:
            event = AgentEvent(what=what, version=__version__, config_hash=self._hash, count=count, **self.stamp(self.now()))
            self._starts.put(event)
            self.put(event)

    def _learn(self, things: dict[Thing, str]) -> list[Difference]:
        masked = {(what, self.masked(subject)): self.masked(value) for (what, subject), value in things.items()}
        found, known = compare(self.known, masked)
        self._dirty = self._dirty or values(known) != values(self.known)
        self.known = known
        return found

    def _changed(self, found: Sequence[Difference]) -> None:
        now = self._clock.running()
        for each in found:
            if self._flaps.take(each, now, sparing=self.sparing):
                self._tell(each)
            else:
                self._held[each.thing] = self._event(self._flaps.held[each.thing])

    def _tell(self, found: Difference) -> None:
        event = self._held.pop(found.thing, None) or self._event(found)
        self._changes.append(event)
        self.put(event)

    def _event(self, found: Difference) -> ChangeEvent:
        told = {name: getattr(found, name) for name in ("what", "subject", "before", "after", "count")}
        return ChangeEvent(**told, **self.stamp(self.now()))

    def _written_lately(self) -> int:
        """Bytes of the last day, as far as the last lines tell: those of one moment were one append."""
        now = self.now()
        moments = {(event.boot_id, event.running_s) for event in self.past if elapsed_s(moment_of(event), now) < WITHIN_S}
        return PAGE * len(moments)

    def _carried(self, folder: Path) -> Sequence[AnyEvent]:
        from agent.record.carry import carried  # once in weeks

        return carried(folder, self.stamp(self.now()), self.watching.to_carry(self.now()))
