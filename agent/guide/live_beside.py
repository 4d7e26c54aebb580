"""How a terminal beside this machine is looked at while somebody is led: whole, at most once in 10 s, beside what the service says."""

from __future__ import annotations

import time
from pathlib import Path

from msgspec.structs import replace

from agent.contract.document import Status
from agent.contract.times import utc
from agent.examination.adb_servers import AdbServers
from agent.examination.beside import examine_beside
from agent.examination.beside_memory import remembered, trying
from agent.examination.carried import Carried
from agent.guide.live import Seen
from agent.messages.visits import APART_S
from agent.settings.load import Loaded
from agent.status.beside import snapshot_beside
from agent.status.private import hide
from agent.storage.identity import boot_id
from agent.storage.places import places
from probes.ground.clock import Clock
from probes.model import Check, Facts


class TerminalBeside:
    """`own`: the settings as of that terminal. Not to be used by two threads at once."""

    def __init__(self, own: Loaded, clock: Clock, timeout_s: float) -> None:
        self._own, self._clock, self._timeout_s = own, clock, timeout_s
        (self._beside,) = own.settings.beside
        self._folder = Path(own.settings.agent.state_dir)
        self._places, self._boot = places(own.settings.agent), boot_id()
        self._looked_at = float("-inf")  # on the monotonic clock
        self._told: object = None

    def seen(self, check_id: str, *, everything: bool) -> Seen:
        """What the last look saw, for as long as another would be too soon: each costs the terminal's data, and its host a connection."""
        service = self.document()
        if time.monotonic() - self._looked_at < APART_S:
            return Seen(service=service)
        status, checks = self._examined()
        verdict = status if self._news(status) or everything else None
        return Seen(check=checks.get(check_id), verdict=verdict, service=service)

    def first(self) -> Status:
        return self._examined()[0]

    def everything(self) -> Status | None:
        """One examination, in its turn."""
        time.sleep(max(0.0, self._looked_at + APART_S - time.monotonic()))
        return self.first()

    def document(self) -> Status | None:
        """The service's, where it may be believed."""
        reading = self._places.shown(self._clock.wall(), self._boot)
        return reading.status if reading.flaw is None else None

    def _examined(self) -> tuple[Status, dict[str, Check[Facts]]]:
        memory = trying(self._folder, self._beside, self._clock.wall())
        carried = Carried.of(self._clock)
        with AdbServers(self._own.service_dir) as adb:
            examination, memory = examine_beside(self._own, self._beside, memory, carried=carried, timeout_s=self._timeout_s, adb=adb)
        remembered(self._folder, memory)
        self._looked_at = time.monotonic()
        seen_at = utc(self._clock.wall())
        checks = [replace(check, observed_at=check.observed_at or seen_at) for check in hide(examination.checks, self._own.settings)]
        return snapshot_beside(examination, self._own, self._beside, self._clock), {check.id: check for check in checks}

    def _news(self, status: Status) -> bool:
        """Whether it tells another thing than the last one did."""
        told, self._told = self._told, (status.state, status.can_pay, tuple((each.code, each.subject) for each in status.causes))
        return told != self._told
