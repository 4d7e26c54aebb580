"""What the service says of readiness: as an audit does, once an hour, and soon after something that it rests on changed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from agent.contract.event import AnyEvent, DrillEvent
from agent.daemon.readiness import APART_S, EVERY_S, SETTLES_S, ReadinessWatch
from agent.daemon.recorder import Recorder
from agent.diagnosis.model import CanPay, Diagnosis, State
from agent.examination.result import Examination, Memory
from agent.outputs.notifier import Notifier
from agent.settings.load import Loaded
from agent.settings.model import AgentSettings, Settings
from probes.ground.clock import Clock
from probes.model import Check, Facts, Outcome, Symptom, check_of
from probes.model.facts import ClockFacts, DiskFacts

CLOCK = check_of(ClockFacts(sources={"internet:check-1": 0.0}), Outcome.PASS, target="clock")
DISK = check_of(DiskFacts(used_percent=10.0), Outcome.PASS, name="/")
FULL = check_of(DiskFacts(used_percent=99.0), Outcome.FAIL, Symptom.DISK_FULL, name="/")
DRILL = DrillEvent(what="staff", subject="x", result="passed", at="2027-01-20T08:00:00.000Z", boot_id="b", running_s=1.0)


class Now(Clock):
    def __init__(self) -> None:
        self.at = 1000.0

    def running(self) -> float:
        return self.at

    def wall(self) -> float:
        return 1800000000.0 + self.at


def seen(*checks: Check[Facts], held: bool = False) -> Examination:
    nothing = Diagnosis(can_pay=CanPay.UNKNOWN, state=State.UNKNOWN, findings=())
    return Examination(checks=checks, diagnosis=nothing, memory=Memory(), started_at="", took_ms=0.0, held=held)


class Watched:
    def __init__(self, folder: Path) -> None:
        settings = Settings(agent=AgentSettings(state_dir=str(folder)))
        self.heard: list[AnyEvent] = []
        self.recorder = SimpleNamespace(heard=self.heard.append, standing=SimpleNamespace(promises=()))
        self.clock, self.troubles = Now(), list[Any]()
        notifier = SimpleNamespace(trouble=lambda *told: self.troubles.append(told), over=lambda *_: None)
        loaded = Loaded(settings, None, frozenset(), "0" * 16)
        self.watch = ReadinessWatch(loaded, cast(Recorder, self.recorder), cast(Notifier, notifier), self.clock, lambda: ("", ""))

    def look(self, after_s: float, *checks: Check[Facts]) -> bool:
        """Whether anything was judged anew."""
        before = self.watch.latest
        self.clock.at += after_s
        if checks:
            self.watch.took(seen(*checks), 10.0)
        else:
            self.watch.look()
            assert self.watch._worker.wait(10.0)
        assert not self.troubles
        return self.watch.latest is not before


def test_it_is_judged_at_the_first_whole_look_then_once_an_hour(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.watch.took(seen(CLOCK, DISK, held=True), 10.0)
    assert watched.watch.latest is None
    assert watched.look(1.0, CLOCK, DISK) and watched.watch.news() and not watched.watch.news()
    assert not watched.look(EVERY_S - 2.0, CLOCK, DISK)
    assert watched.look(2.0, CLOCK, DISK)
    assert not watched.watch.news(), "it says the same"


def test_it_is_judged_anew_when_a_check_that_it_rests_on_changes(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    assert watched.look(0.0, CLOCK, DISK)
    assert watched.watch.latest is not None and "disk" not in watched.watch.latest.failed
    assert not watched.look(APART_S - 1.0, CLOCK, FULL)
    assert watched.look(SETTLES_S + 1.0, CLOCK, FULL)
    assert "disk" in watched.watch.latest.failed and watched.watch.news()


def test_it_is_judged_anew_soon_after_a_word_or_a_drill_and_whoever_heard_before_hears_still(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    assert watched.look(0.0, CLOCK, DISK)
    watched.clock.at += APART_S
    watched.recorder.heard(DRILL)
    assert watched.heard == [DRILL]
    assert not watched.look(SETTLES_S - 1.0)
    assert watched.look(1.0)


def test_the_document_says_what_the_audit_says(tmp_path: Path) -> None:
    file = tmp_path / "agent.toml"
    file.write_text(
        f'[agent]\nstate_dir = "{tmp_path}/s"\nlog_dir = "{tmp_path}/l"\n[network]\nexpect_internet = false\ninternet_checks = []\n'
    )

    def posdiag(*arguments: str) -> bytes:
        command = ["unshare", "-rn", sys.executable, "-m", "agent", *arguments, "--config", str(file)]
        return subprocess.run(command, capture_output=True, timeout=60, check=False).stdout

    posdiag("run", "--once")
    told = json.loads((tmp_path / "s" / "status.json").read_text())["readiness"]
    audit = json.loads(posdiag("audit", "--json"))["items"]
    assert told["failed"] == [item["id"] for item in audit if item["outcome"] == "fail"] != []
    assert told["warned"] == [item["id"] for item in audit if item["outcome"] == "warn"] != []
