"""However much is configured, and however much of it hangs, the threads stay within what the unit allows."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path

import pytest

from agent.examination import runner
from agent.examination.runner import LEAST_AT_ONCE, MOST_AT_ONCE, Hanging, Task, begin, run
from probes.ground.deadline import Deadline
from probes.model import Check, Facts, Kind, Outcome, Symptom, check_of
from probes.model.facts import ReachFacts
from tests.support.command_line import ROOT, environment
from tests.support.patience import PATIENCE_S, until

UNIT = int(re.findall(r"^TasksMax=(\d+)$", (ROOT / "systemd/posdiag.service").read_text(), re.MULTILINE)[0])


class Gate:
    """Tasks that stand before it until it is opened; `most` stood there at once."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self._lock = threading.Lock()
        self.inside = self.most = 0

    def tasks(self, count: int, name: str = "t", limit_s: float = PATIENCE_S) -> list[Task]:
        return [Task.of(Kind.REACH, f"{name}{n}", partial(self._probe, f"{name}{n}"), limit_s) for n in range(count)]

    def _probe(self, name: str, deadline: Deadline) -> Check[Facts]:
        with self._lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        self.open.wait(PATIENCE_S)
        with self._lock:
            self.inside -= 1
        return check_of(ReachFacts(), Outcome.PASS, name=name)


def test_no_more_run_at_once_and_all_have_their_turn() -> None:
    gate = Gate()
    running = begin(gate.tasks(3 * MOST_AT_ONCE), Deadline(PATIENCE_S))
    until(lambda: gate.inside == MOST_AT_ONCE)
    gate.open.set()
    checks = running.ended()
    assert len(checks) == 3 * MOST_AT_ONCE and all(check.ok for check in checks)
    assert gate.most <= MOST_AT_ONCE


def test_those_that_hang_take_their_places_with_them_but_not_all() -> None:
    gate = Gate()
    hanging: Hanging = {}
    assert all(check.symptom is Symptom.HUNG for check in run(gate.tasks(MOST_AT_ONCE, "hung", 0.1), Deadline(5), hanging=hanging))
    other = Gate()
    running = begin(other.tasks(2 * LEAST_AT_ONCE, "new"), Deadline(PATIENCE_S), hanging=hanging)
    until(lambda: other.inside == LEAST_AT_ONCE)
    other.open.set()
    assert all(check.ok for check in running.ended())
    assert other.most <= LEAST_AT_ONCE
    gate.open.set()


def test_what_had_no_turn_in_time_was_not_looked_at() -> None:
    gate = Gate()
    checks = run(gate.tasks(MOST_AT_ONCE + 8), Deadline(0.5))
    gate.open.set()
    assert [check.symptom for check in checks] == [Symptom.HUNG] * MOST_AT_ONCE + [Symptom.NOT_LOOKED] * 8
    assert checks[-1].because == runner.TOO_MANY


@pytest.mark.skipif(sys.platform != "linux", reason="needs namespaces")
def test_a_service_with_all_that_can_be_configured_stays_within_its_unit(tmp_path: Path) -> None:
    """In a namespace in which everything is silent: as slow as it gets."""
    few = range(1, 33)
    urls = ", ".join(f'{{ url = "http://192.0.2.{n}/a" }}' for n in few)
    addresses = ", ".join(f'"198.51.100.{n}:53"' for n in few)
    config = tmp_path / "agent.toml"
    config.write_text(
        f'[agent]\nstate_dir = "{tmp_path}"\nlog_dir = "{tmp_path}"\n[network]\ninternet_checks = [{urls}]\naddresses = [{addresses}]\n'
        f'public_names = ["name.invalid"]\nloss_samples = 200\n'
        + "".join(f'[[gateway]]\nname = "g{n}"\nhost = "203.0.113.{n}"\nport = 9\nprotocol = "tls"\n' for n in few)
        + "".join(f'[[serial]]\nname = "s{n}"\nport = "rfc2217://203.0.113.{n}:2000"\nprotocol = "enq"\nowner = "agent"\n' for n in few)
        + "".join(f'[[app]]\nname = "a{n}"\nprocess = "app-{n}"\n' for n in few)
    )
    silent = (
        "ip link set lo up; ip link add near type veth peer name far; ip addr add 10.1.2.3/24 dev near; ip link set near up; "
        "ip link set far up; ip neigh add 10.1.2.1 lladdr 02:00:00:00:00:99 dev near nud permanent; ip route add default via 10.1.2.1; "
        'exec "$@"'
    )
    agent = [sys.executable, "-m", "agent", "--config", str(config), "run", "--once"]
    process = subprocess.Popen(["unshare", "-n", "sh", "-c", silent, "sh", *agent], env=environment(), cwd="/", stderr=subprocess.PIPE)
    most = 0
    while process.poll() is None:
        most = max(most, _threads(process.pid))
        threading.Event().wait(0.02)
    assert process.stderr is not None and process.stderr.read() == b""
    assert MOST_AT_ONCE < most < UNIT


def _threads(pid: int) -> int:
    try:
        return int(re.findall(r"^Threads:\s+(\d+)$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)[0])
    except (OSError, IndexError):
        return 0
