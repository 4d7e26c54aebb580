"""The record of a daemon whose clock and whose examinations the test says; and what such examinations show."""

from __future__ import annotations

import random
from pathlib import Path

from msgspec.structs import replace

from agent.contract.day import Today
from agent.daemon.confirm import Verdict
from agent.daemon.incident import follow
from agent.daemon.recorded_incident import RecordedIncident
from agent.daemon.recorder import Recorder
from agent.diagnosis.causes import Cause
from agent.diagnosis.model import CanPay, State
from agent.outputs.error_stream import ErrorStream
from agent.outputs.file_troubles import FileTroubles
from agent.outputs.notifier import Notifier
from agent.settings.load import Loaded, load
from agent.settings.model import Language
from agent.storage.identity import Identity
from probes.model import Check, Facts, Outcome, Symptom, check_of
from probes.model.facts import GatewayFacts, LinkFacts, RouterFacts
from tests.support.clocks import SetClock
from tests.support.recorded import told
from tests.support.staged import diagnosis, examination


class Played:
    """The record of a daemon whose clock and whose examinations the test says."""

    def __init__(
        self,
        folder: Path,
        clock: SetClock,
        *,
        boot: str = "b-1",
        once: bool = False,
        interval_s: int = 60,
        today: Today | None = None,
        **terminal: str,
    ) -> None:
        self.state_dir, self.clock = folder / "state", clock
        (folder / "agent.toml").write_text(
            "[terminal]\n"
            + "".join(f'{key} = "{value}"\n' for key, value in terminal.items())
            + f'[agent]\nstate_dir = "{self.state_dir}"\nlog_dir = "{folder}/log"\ninterval_s = {interval_s}\n'
        )
        loaded: Loaded = load(str(folder / "agent.toml"))
        files = FileTroubles(Notifier(Language.EN, ErrorStream(Language.EN)), clock)
        identity = Identity(terminal_id="T-1", machine_id="m", serial_number="", boot_id=boot)
        self.recorder = Recorder(loaded, identity, files, clock, once=once, today=today)
        self.recorded = RecordedIncident(self.recorder)
        self.incident = self.recorded.resumed(None)
        self._since, self._state = clock.wall(), State.OK

    def see(self, *checks: Check[Facts], state: State = State.OK, cause: Cause | None = None, uplink: str = "") -> None:
        """One confirmed look, and what is written after it."""
        found = replace(examination(diagnosis(state, *([cause] if cause else [])), checks=checks), uplink=uplink)
        verdict = Verdict(diagnosis=found.diagnosis, checks=found.checks, at=self.clock.wall())
        if state is not self._state:
            self._since, self._state = self.clock.wall(), state
        self.recorder.take(found)
        incident = follow(self.incident, found.diagnosis, since=self._since, mark=f"{random.randrange(1 << 24):06x}")
        if incident is not None and self.incident is None:
            incident = self.recorded.opening(incident, self._since)
        self.recorded.follow(incident, verdict, self._since, settled=True)
        self.incident = incident
        self.recorder.look(state.value, can_pay=found.diagnosis.can_pay is CanPay.YES, checks=found.checks, uplink=uplink)
        self.recorder.flush()
        self.recorder.keep()

    def close(self) -> None:
        self.recorded.end()
        self.recorder.stop()
        self.recorder.keep(closing=True)

    @property
    def size(self) -> int:
        return sum(path.stat().st_size for path in self.state_dir.glob("history*"))


def link(name: str = "eth0", *, up: bool) -> Check[Facts]:
    facts = LinkFacts(interface_kind="ethernet", carrier=up)
    return check_of(facts, Outcome.PASS, name=name) if up else check_of(facts, Outcome.FAIL, Symptom.NO_CARRIER, name=name)


def router(mac: str) -> tuple[Check[Facts], ...]:
    return link(up=True), check_of(RouterFacts(interface="eth0", mac=mac), Outcome.PASS, name="10.0.0.1")


def host(name: str, address: str) -> Check[Facts]:
    return check_of(GatewayFacts(address=address), Outcome.PASS, name=name)


def changes(state_dir: Path) -> list[tuple[str, str, str, str]]:
    return [(each["what"], each["subject"], each["before"], each["after"]) for each in told(state_dir, "change")]
