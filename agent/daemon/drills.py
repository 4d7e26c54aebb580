"""Drills of the backups by their schedule, beside the cycle: in a thread that is there only while there is something to decide or to try.

A drill waits while anything else matters more: planned work, payments that do not work or a change that is not confirmed, data that the
payment application exchanges, a data budget without room for it. One attempt an hour, then; what hinders it is told once a week.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from agent.contract.event import DrillEvent
from agent.daemon.confirm import Standing
from agent.daemon.data_budget import DataBudget
from agent.daemon.recorder import Recorder
from agent.daemon.traffic_watch import heard_s_ago
from agent.diagnosis.model import CanPay
from agent.examination.result import Memory
from agent.examination.scene import peers_of
from agent.outputs.notifier import Notifier
from agent.outputs.worker import Worker
from agent.present.journal import Level
from agent.settings.load import Loaded
from agent.storage.identity import Identity
from probes.ground.bilingual import Bilingual
from probes.ground.clock import Clock
from probes.ground.text import escape

if TYPE_CHECKING:
    from agent.examination.drill import Drilled
    from agent.examination.local import Local
    from agent.record.drills import Schedule
    from agent.record.moments import Moment

FIRST_S = 300.0  # a service that has just started has other things to look at
POSTPONED_S = 3600.0
RARELY_S = 3600.0  # between looks whether one is due: a clock may be set, an uplink may come
APART_S = 300.0  # between one drill and the next
QUIET_S = 300.0  # without data of the payment application
LONGEST_S = 45.0
HELD_S = 24 * 3600.0  # between two tries of what cannot be tried
TOLD_S = 7 * HELD_S  # between two lines about what hinders a drill
Target = tuple[str, str]  # what, subject


class Drills:
    """`lock`: under which the budget is counted."""

    def __init__(
        self,
        loaded: Loaded,
        identity: Identity,
        recorder: Recorder,
        budget: DataBudget,
        notifier: Notifier,
        clock: Clock,
        lock: threading.Lock,
    ) -> None:
        self._loaded, self._identity, self._recorder = loaded, identity, recorder
        self._budget, self._notifier, self._clock, self._lock = budget, notifier, clock, lock
        self._look_at = clock.running() + FIRST_S if loaded.settings.readiness.drill_days else float("inf")
        self._started = recorder.now()
        self._standing: Standing | None = None
        self._memory = Memory()
        self._last: dict[Target, Moment] = {}
        self._since: Moment | None = None
        self._held: dict[Target, float] = {}  # what could not be tried, on the running clock until when
        self._told: dict[Target, float] = {}
        self._worker = Worker("drill", self._work)

    def look(self, standing: Standing | None, memory: Memory) -> None:
        """To be called on and on. Returns at once. `standing`: what the daemon reports."""
        self._standing, self._memory = standing, memory
        if self._clock.running() >= self._look_at:
            self._look_at = float("inf")
            if not self._worker.wake():
                self._look_at = self._clock.running() + RARELY_S

    def wait(self, patience_s: float) -> bool:
        """Whether nothing is being tried, now or within the time."""
        return self._worker.wait(patience_s)

    def _work(self) -> None:
        """Never raises."""
        again_s = POSTPONED_S
        try:
            again_s = self._next()
            self._notifier.over("drill", Bilingual("演练又正常了", "drills work again"))
        except Exception as error:  # noqa: BLE001 - whatever it is, the next one comes
            kind, text = type(error).__name__, escape(f"{type(error).__name__}: {error}", 200)
            self._notifier.trouble("drill", kind, Bilingual(f"演练时自身出错：{text}", f"a fault of its own in a drill: {text}"))
        finally:
            self._look_at = self._clock.running() + again_s

    def _next(self) -> float:
        """Seconds until it is to be asked again."""
        from agent.examination import drill, local  # once an hour, and no longer there than that

        settings = self._loaded.settings
        here = local.examine(settings, self._memory)
        targets: list[Target] = [("uplink", each.interface) for each in drill.uplinks(here)]
        targets += [("gateway", each.name) for each in drill.gateways(settings)]
        targets = [each for each in targets if self._clock.running() >= self._held.get(each, 0.0)]
        if not targets:
            return RARELY_S
        waits = self._waits(targets)
        if min(waits.values()) > 0:
            return min(RARELY_S, *waits.values())
        self._since = None  # a person may have tried it meanwhile
        waits = self._waits(targets)
        for target in (each for each in targets if waits[each] <= 0):
            hindrance = self._hindrance(target, here, drill.cost(target[0], settings))
            if hindrance is None:
                self._drill(target)
                return APART_S
            self._postponed(target, hindrance)
        return POSTPONED_S if min(waits.values()) <= 0 else min(RARELY_S, *waits.values())

    def _waits(self, targets: list[Target]) -> dict[Target, float]:
        from agent.record.drills import due, known_since, last_moments

        if self._since is None:
            folder = Path(self._loaded.settings.agent.state_dir)
            known = last_moments(folder)
            self._last = {**self._last, **known}
            self._since = known_since(folder) or self._started
        now, plan = self._recorder.now(), self._plan()
        return {each: due(plan, self._last.get(self._key(each)), self._since, now) or 0.0 for each in targets}

    def _plan(self) -> Schedule:
        from agent.record.drills import schedule

        settings, known = self._loaded.settings, self._identity
        hours = None
        if settings.terminal.hours:
            from agent.settings.hours import parse

            hours = parse(settings.terminal.hours)
        terminal = "\n".join((known.machine_id, known.serial_number, known.terminal_id, settings.terminal.merchant_id))
        return schedule(settings.readiness.drill_days, settings.readiness.drill_at, terminal, hours)

    def _key(self, target: Target) -> Target:
        """As the record has it."""
        return target[0], self._recorder.masked(target[1])

    def _hindrance(self, target: Target, here: Local, cost: int) -> Bilingual | None:
        standing, settings = self._standing, self._loaded.settings
        if self._recorder.standing.planned(self._clock.wall()) is not None:
            return Bilingual("正在计划内施工", "planned work is under way")
        if standing is None or not standing.settled or standing.reported.diagnosis.can_pay is not CanPay.YES:
            return Bilingual("现在收款不正常，或者刚有变化", "payments do not work now, or something has just changed")
        if heard_s_ago(peers_of(settings.gateway)) < QUIET_S:
            return Bilingual("收款程序正在收发数据", "the payment application is exchanging data")
        over = target[1] if target[0] == "uplink" else here.current()
        if not self._budget.affords(over, here.budget_mb(over, settings), cost):
            return Bilingual(f"{over} 的流量预算现在不够", f"the data budget of {over} has no room for it now")
        return None

    def _drill(self, target: Target) -> None:
        from agent.examination import drill
        from agent.examination.carried import Carried

        what, subject = target
        carried = Carried.of(self._clock)
        done: Drilled
        if what == "uplink":
            done = drill.drill_uplink(subject, self._loaded, carried, self._memory, LONGEST_S, by_check=False)
        else:
            wanted = next(each for each in self._loaded.settings.gateway if each.name == subject)
            done = drill.drill_gateway(wanted, self._loaded, carried, self._memory, LONGEST_S, by_check=False)
        with self._lock:
            self._budget.spend(done.examination.spent, done.examination.budgets)
        if done.result == drill.SKIPPED:
            self._held[target] = self._clock.running() + HELD_S
            self._postponed(target, Bilingual(f"没法试（{done.text}）", f"it could not be tried ({done.text})"))
            return
        self._record(target, done.result, done.text)
        self._last[self._key(target)] = self._recorder.now()
        self._told.pop(target, None)
        if done.result == drill.FAILED:
            shown, text = escape(self._recorder.masked(subject)), escape(self._recorder.masked(done.text), 200)
            zh = f"演练没通过：{_KINDS[what].zh} {shown}（{text}）。怎么办：posdiag drill {what}"
            en = f"a drill failed: the {_KINDS[what].en} {shown} ({text}). What to do: posdiag drill {what}"
            self._notifier.say(Bilingual(zh, en), Level.WARNING)

    def _postponed(self, target: Target, why: Bilingual) -> None:
        now = self._clock.running()
        if now < self._told.get(target, 0.0):
            return
        self._told[target] = now + TOLD_S
        self._record(target, "skipped", why.en)
        shown = escape(self._recorder.masked(target[1]))
        kind = _KINDS[target[0]]
        self._notifier.say(
            Bilingual(
                f"{kind.zh} {shown} 的演练推迟：{escape(why.zh, 200)}",
                f"the drill of the {kind.en} {shown} is postponed: {escape(why.en, 200)}",
            ),
            Level.NOTICE,
        )

    def _record(self, target: Target, result: str, text: str) -> None:
        what, subject = self._key(target)
        masked: Callable[[str], str] = self._recorder.masked
        stamp = self._recorder.stamp(self._recorder.now())
        self._recorder.put(DrillEvent(what=what, subject=subject, result=result, text=masked(text), **stamp))


_KINDS = {"uplink": Bilingual("备用网络", "backup uplink"), "gateway": Bilingual("备用收单主机", "backup gateway")}
