"""The fleet, looked at again and again: page, `fleet.json`, metrics and alerts follow it until a signal ends it.

Whatever cannot be written, sent or read is said once and tried again at the next look; the rest goes on. Between two looks nothing is
done, by a clock that nobody sets.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import msgspec
from msgspec import Struct

from agent.contract.legible import stored
from agent.daemon.signals import Signals
from agent.fleet.model.answer import Answer
from agent.fleet.settings.model import FleetSettings
from agent.fleet.watching import kept_alerts
from agent.fleet.watching.alertmanager import Alertmanager
from agent.fleet.watching.alerts import Followed, Standing, follow
from agent.fleet.watching.groups import Group, groups
from agent.fleet.watching.looking import Looked, Looking, heard_in, some_of
from agent.fleet.watching.metrics import metrics
from agent.fleet.watching.own import about, stopped
from agent.outputs.error_stream import ErrorStream
from agent.outputs.file_troubles import FileTroubles
from agent.outputs.notifier import Notifier
from agent.outputs.seam import Health
from agent.outputs.systemd import Systemd
from agent.present.journal import Level
from agent.settings.model import Language
from agent.storage.atomic import sweep, write
from probes.ground.bilingual import Bilingual
from probes.ground.clock import Clock, JumpWatch

LEASE_LOOKS, LEASE_LEAST_S = 5, 900.0  # an alert that is not renewed for so long is over for whoever got it
_LAST_WORDS_S = 5.0


class Targets(Struct, frozen=True, kw_only=True):
    """Where everything goes; none where it is not wanted. `store`: the directory of `--store`."""

    store: Path | None = None
    html: Path | None = None
    answer: Path | None = None
    metrics: Path | None = None
    alertmanagers: tuple[str, ...] = ()


class Watch:
    def __init__(
        self,
        sources: Sequence[str],
        settings: FleetSettings,
        targets: Targets,
        *,
        inventory: str,
        every_s: float,
        language: Language,
        page: Callable[[Looked], bytes] | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._targets, self._every_s, self._language, self._page = targets, every_s, language, page
        self._clock = clock or Clock()
        self.errors = ErrorStream(language)
        self._notifier = Notifier(language, self.errors)
        self._files = FileTroubles(self._notifier, self._clock)
        self._systemd = Systemd(self._clock)
        self._jumps = JumpWatch(self._clock)
        self.own_store = Path(tempfile.mkdtemp(prefix="posdiag-fleet-")) if targets.store is None else None
        store = targets.store or self.own_store
        assert store is not None
        self._looking = Looking(sources, settings, store, inventory, self._notifier)
        lease_s = max(LEASE_LEAST_S, LEASE_LOOKS * every_s)
        self.receivers = [Alertmanager(url, self._notifier, self._clock, lease_s) for url in targets.alertmanagers]
        self._standing: tuple[Standing, ...] = kept_alerts.recall(targets.store) if targets.store is not None else ()
        self._answer: Answer | None = None
        self._groups: tuple[Group, ...] = ()

    def run(self) -> None:
        """Until SIGTERM or SIGINT."""
        for path in (self._targets.html, self._targets.answer, self._targets.metrics):
            if path is not None:
                sweep(path)
        try:
            with Signals() as signals:
                while True:
                    began = self._clock.running()
                    self.once()
                    if signals.wait(max(0.0, self._every_s - (self._clock.running() - began))):
                        break
        finally:
            self.end()

    def once(self) -> None:
        """One look, and everything that follows from it."""
        began = self._clock.monotonic()
        jumped = self._jumps.jumped()
        if jumped:
            zh, en = f"时钟被调了 {jumped:+.0f} 秒", f"the clock was set by {jumped:+.0f} s"
            self._notifier.say(Bilingual(zh, en), Level.NOTICE)
        lasting = tuple(each.last for each in self._standing if each.last is not None)
        looked = self._looking.look(self._clock.wall(), history=self._targets.store is not None, lasting=lasting)
        if looked is not None:
            self._answer, self._groups = looked.answer, groups(looked.scanned.table, looked.scanned.silent)
            self._write_answer(looked)
            self._tell(looked)
        else:
            for receiver in self.receivers:  # nobody knows that anything is over
                receiver.give(self._standing, ())
        self._write_metrics(took_s=self._clock.monotonic() - began, failing=looked is None)
        self._systemd.health(Health(completing=True, delivered=True, text=self._line()))

    def _write_answer(self, looked: Looked) -> None:
        if self._targets.answer is not None:
            content = msgspec.json.format(stored(looked.answer), indent=2) + b"\n"
            self._files.tried(self._targets.answer, partial(write, self._targets.answer, content))
        if self._targets.html is not None and self._page is not None:
            self._files.tried(self._targets.html, partial(write, self._targets.html, self._page(looked)))

    def _tell(self, looked: Looked) -> None:
        found = follow(self._standing, looked.answer, self._clock.wall(), heard=heard_in(looked), victims=some_of(looked))
        self._say(found)
        changed = found.standing != self._standing
        self._standing = found.standing
        for receiver in self.receivers:
            receiver.give(found.standing, found.ended)
        if changed and self._targets.store is not None:
            path = self._targets.store / kept_alerts.FILE
            self._files.tried(path, partial(kept_alerts.keep, self._targets.store, found.standing))

    def _say(self, found: Followed) -> None:
        """One line when a fault begins, and one when it is over."""
        for each in found.begun:
            said = Bilingual(each.said["summary_zh"], each.said["summary_en"])
            self._notifier.say(Bilingual(f"故障 {each.fault}：{said.zh}", f"fault {each.fault}: {said.en}"), Level.WARNING)
        for each in found.over:
            said = Bilingual(each.said.get("place_zh", ""), each.said.get("place_en", ""))
            self._notifier.say(Bilingual(f"故障 {each.fault} 结束：{said.zh}", f"fault {each.fault} is over: {said.en}"), Level.NOTICE)

    def _write_metrics(self, *, took_s: float, failing: bool) -> None:
        """Where nothing was ever looked at, there is nothing to tell but that."""
        path = self._targets.metrics
        if path is None:
            return
        undelivered = sum(receiver.failing for receiver in self.receivers)
        own = about(every_s=self._every_s, took_s=took_s, failing=failing, undelivered=undelivered)
        text = metrics(self._answer, self._groups, own) if self._answer is not None else "".join(f"{line}\n" for line in own)
        self._files.tried(path, partial(write, path, text.encode()))

    def _line(self) -> str:
        if self._answer is None:
            return self._notifier.standing()
        totals, count = self._answer.totals, sum(fault.remnant_of is None for fault in self._answer.faults)
        zh = f"{totals.terminals} 台终端，{totals.cannot_pay} 台不能收款，{totals.silent} 台没有消息，{count} 个共同故障"
        en = f"{totals.terminals} terminals, {totals.cannot_pay} cannot take payments, {totals.silent} silent, {count} shared faults"
        return "; ".join(filter(None, (Bilingual(zh, en).of(self._language), self._notifier.standing())))

    def end(self) -> None:
        """What stands stays with whoever got it, for its lease: a restart of this goes on with it."""
        self._systemd.stopping()
        if self._targets.metrics is not None:
            self._files.tried(self._targets.metrics, partial(write, self._targets.metrics, stopped().encode()))
        for receiver in self.receivers:
            receiver.wait(_LAST_WORDS_S)
        if self.own_store is not None:
            shutil.rmtree(self.own_store, ignore_errors=True)
        self.errors.flush(_LAST_WORDS_S)
