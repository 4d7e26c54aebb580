"""A daemon as a real process, whose examinations say what the test writes into a file; and literal verdicts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import ModuleType
from typing import Any

from msgspec.structs import replace

from agent.contract.times import utc
from agent.daemon import instance_lock, mount_watch, service
from agent.daemon.cycle import Cycle
from agent.daemon.examiner import Examine, Examiner
from agent.diagnosis.causes import Cause, Severity
from agent.diagnosis.model import CanPay, Diagnosis, Finding, State
from agent.examination.result import Examination, Memory
from agent.outputs import delivery, native_journal
from agent.outputs.error_stream import ErrorStream
from agent.outputs.registry import TABLE, open_outputs
from agent.settings.load import Loaded, load
from probes.ground.clock import Clock
from probes.model import Check, Facts, Kind, Outcome, Symptom, check_of
from probes.model.facts import AppFacts, LinkFacts
from tests.support import example_output, machine_wide, sandbox
from tests.support.patience import PATIENCE_S, until

ROOT = Path(__file__).parents[2]
SEVERITIES = {State.OUTAGE: Severity.OUTAGE, State.DEGRADED: Severity.DEGRADED, State.OK: Severity.NOTICE}
CAN_PAY = {State.OUTAGE: CanPay.NO, State.DEGRADED: CanPay.YES, State.OK: CanPay.YES, State.UNKNOWN: CanPay.UNKNOWN}

NOTHING = Memory()


def finding(code: Cause, subject: str = "eth0", severity: Severity = Severity.OUTAGE) -> Finding:
    link = Kind.LINK.id(subject)
    return Finding(code=code, subject=subject, severity=severity, confidence=0.9, category=code.category, evidence=(link,))


def diagnosis(state: State, *codes: Cause, subject: str = "eth0") -> Diagnosis:
    severity = SEVERITIES.get(state, Severity.DEGRADED)
    return Diagnosis(can_pay=CAN_PAY[state], state=state, findings=tuple(finding(code, subject, severity) for code in codes))


def examination(verdict: Diagnosis, *, memory: Memory = NOTHING, checks: tuple[Check[Facts], ...] = ()) -> Examination:
    now = utc(time.time())
    links = dict.fromkeys(each.subject for each in verdict.findings)
    no_carrier = [check_of(LinkFacts(interface_kind="ethernet"), Outcome.FAIL, Symptom.NO_CARRIER, name=name) for name in links]
    failed = tuple(replace(check, observed_at=now) for check in no_carrier)
    return Examination(checks=(*failed, *checks), diagnosis=verdict, memory=memory, started_at=now, took_ms=1.0)


def cycle_of(
    loaded: Loaded, examine: Examine, clock: Clock, *, remaining_s: float, sooner: Callable[[float], None], limit_s: float = 10
) -> Cycle:
    """The cycle of a daemon that has no scheduler. `limit_s`: for an examination."""
    outputs = open_outputs(loaded.settings, ErrorStream(loaded.settings.terminal.language), clock)
    return Cycle(
        loaded, Examiner(examine, loaded, limit_s / 2, clock, limit_s / 2), outputs, clock, remaining=lambda: remaining_s, sooner=sooner
    )


class Stage:
    """A state directory, a log directory, and the word that the next examination goes by: `say("outage system.gateway_down gw")`.

    `hang`: it never ends; `wait`: it ends as soon as another word is said, and goes by that. `pid=12` among the words: the payment
    application runs, as that process.
    """

    def __init__(self, base: Path, **agent: Any) -> None:
        self.base = base
        self.state_dir, self.log_dir, self.word = base / "state", base / "log", base / "word"
        keys = {"interval_s": 1, "retry_s": 0.2, "heartbeat_s": 60, "state_dir": str(self.state_dir), "log_dir": str(self.log_dir)}
        lines = [f"{key} = {json.dumps(value)}" for key, value in (keys | agent).items()]
        self.status_file = self.state_dir / "status.json"
        self.config = base / "agent.toml"
        self.config.write_text('[terminal]\nid = "T-1"\nlanguage = "en"\n[agent]\n' + "\n".join(lines) + "\n")
        self.process: subprocess.Popen[str] | None = None
        self.say("ok")

    def say(self, words: str) -> None:
        draft = self.base / "word.new"
        draft.write_text(words)
        draft.rename(self.word)

    def start(self, *options: str, env: dict[str, str] | None = None, under: tuple[str, ...] = ()) -> subprocess.Popen[str]:
        """`under`: a command that becomes the daemon, such as one with mounts of its own."""
        argv = [*under, sys.executable, "-m", "tests.support.staged", str(self.config), str(self.word), *options]
        environment = {**os.environ, "PYTHONUTF8": "1", **(env or {})}
        path = environment.pop("STDERR_TO", None)
        hears = machine_wide.turn(machine_wide.SERIAL_EVENTS, alone=False)  # as long as the daemon lives, which has it too
        with Path(path).open("w") if path else nullcontext(subprocess.PIPE) as stderr:
            self.process = subprocess.Popen(
                argv, cwd=ROOT, env=environment, stderr=stderr, stdout=subprocess.PIPE, text=True, pass_fds=(hears,)
            )
        os.close(hears)
        return self.process

    def end(self) -> str:
        """SIGTERM; what was said on standard error. The exit status is in `process.returncode`."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.communicate(timeout=PATIENCE_S)[1] or ""
        finally:
            self.process.kill()

    @property
    def examined(self) -> int:
        """How many examinations were begun."""
        counter = self.base / "word.count"
        return len(counter.read_bytes()) if counter.exists() else 0

    def status(self) -> dict[str, Any]:
        try:
            document: dict[str, Any] = json.loads(self.status_file.read_bytes())
        except FileNotFoundError:
            return {}
        return document

    def log(self) -> str:
        path = self.log_dir / "posdiag.log"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def entries(self) -> list[str]:
        return [line for line in self.log().splitlines() if line and not line.startswith(" ")]

    def told(self) -> list[str]:
        """The state of each entry."""
        return [entry.split("] state=")[1].split()[0] for entry in self.entries()]

    def until(self, what: Callable[[], object]) -> None:
        def is_so() -> object:
            if what():
                return True
            assert self.process is None or self.process.poll() is None or self.process.returncode == 0, self.process.communicate()[1]
            return False

        until(is_so, lambda: f"status {self.status()}\nlog {self.log()}" if self.state_dir.is_dir() else "no directory")

    def until_examined(self, more: int) -> None:
        """`more` examinations begun from now on, so that all but the last of them are over."""
        goal = self.examined + more
        self.until(lambda: self.examined >= goal)


def _examine_by(word: Path) -> Callable[..., Examination]:
    def examine(
        loaded: Loaded,
        *,
        timeout_s: float = 15,
        memory: Memory = NOTHING,
        progress: object = None,
        light: object = None,
        carried: object = None,
    ) -> Examination:
        with (word.parent / "word.count").open("ab") as counter:
            counter.write(b".")
        while (words := word.read_text()) == "wait":
            time.sleep(0.005)
        state, _, rest = words.partition(" ")
        if state == "hang":
            threading.Event().wait()
        if state == "crash":
            raise RuntimeError(rest)
        codes = [each for each in Cause if each.value in rest.split()]
        pids = tuple(int(each.removeprefix("pid=")) for each in rest.split() if each.startswith("pid="))
        app = [check_of(AppFacts(pids=pids, names=("pay",)), Outcome.PASS, name="pay")] if pids else []
        return examination(
            diagnosis(State(state), *codes), checks=tuple(app), memory=Memory(used_uplinks=(*memory.used_uplinks, "eth0")[-1:])
        )

    return examine


if __name__ == "__main__":
    config, script, *options = sys.argv[1:]
    if "--no-links" in options:
        sandbox.deny_links()
    limit = next((float(each) for each in options if each.replace(".", "").isdigit()), 15.0)
    moments: tuple[tuple[ModuleType, dict[str, str]], ...] = (
        (mount_watch, {"--barred": "BARRED_S"}),
        (instance_lock, {"--patience": "PATIENCE_S", "--look": "LOOK_S"}),
        (delivery, {"--hangs": "HANGS_AFTER_S"}),
    )
    for module, times in moments:
        for word, _, value in (each.partition("=") for each in options):
            if word in times:
                setattr(module, times[word], float(value))
    native_journal.SOCKET = next((word.partition("=")[2] for word in options if word.startswith("--journal=")), f"{script}.no-journal")
    added = [word.partition("=")[2] for word in options if word.startswith("--output=")]
    outputs = (*TABLE, *(example_output.faulty(word) if word else example_output.make for word in added))
    examine_by = _examine_by(Path(script))
    code = service.run(load(config), once="--once" in options, timeout_s=limit, examine=examine_by, grace_s=0.5, table=outputs)
    sys.exit(code)


@contextmanager
def staged(folder: Path, **settings: Any) -> Iterator[Stage]:
    """A stage whose daemon is ended with the test."""
    made = Stage(folder, **settings)
    try:
        yield made
    finally:
        if made.process is not None:
            made.process.kill()
            made.process.wait()
