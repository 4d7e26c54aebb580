"""`posdiag --check` from the start of the process to its verdict, and the plugins of monitoring-plugins side by side."""

from __future__ import annotations

import statistics
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from agent.commands.request import DEFAULT_TIMEOUT_S
from tests.bench.load import acquirer_in
from tests.support.world import faults, plan
from tests.support.world.world import World

PLUGINS = Path("/usr/lib/nagios/plugins")


@dataclass(frozen=True)
class Timed:
    """Seconds, in the order of the runs; `beyond_s`: what the runs took longer than their slowest probe, imports included."""

    name: str
    seconds: tuple[float, ...]
    verdicts: frozenset[str]
    slowest_probe_s: float = 0.0
    commands: int = 1

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


CASES = (
    ("healthy", lambda _: None, "None"),
    ("cable out", faults.cable_out, "operator.cable_unplugged"),
    ("every packet dropped", faults.everything_dropped, "network.internet_down"),
)


def ours(runs: int) -> list[Timed]:
    found = []
    for name, fault, _ in CASES:
        with World() as w:
            w.config["gateway"] = [acquirer_in(w) | {"app_interval_s": 0}]
            w.check(timeout=DEFAULT_TIMEOUT_S)  # once for the page cache
            fault(w)
            verdicts = [w.check(timeout=DEFAULT_TIMEOUT_S) for _ in range(runs)]
        probes = [check["took_ms"] / 1000 for verdict in verdicts for check in verdict.status.get("checks", [])]
        causes = frozenset(str(verdict.cause) if verdict.status else verdict.explain() for verdict in verdicts)
        found.append(Timed(name, tuple(verdict.seconds for verdict in verdicts), causes, max(probes, default=0.0)))
    return found


def theirs(runs: int) -> Timed | str:
    """All at once, until the last has spoken; why not, where they are not installed."""
    web = [["check_http", "-I", host.v4, "-H", host.name, "-u", "/generate_204", "-e", "204"] for host in (plan.CHECK_1, plan.CHECK_2)]
    commands = [
        ["check_tcp", "-H", plan.GATEWAY_A.name, "-p", str(plan.GATEWAY_PORT), "-S"],
        *web,
        ["check_dns", "-H", plan.PUBLIC.name, "-s", plan.ROUTER],
        ["check_icmp", "-H", plan.ROUTER],
        ["check_disk", "-w", "1%", "-c", "0%", "-p", "/"],
        ["check_load", "-w", "1000,1000,1000", "-c", "1000,1000,1000"],
    ]
    without = [command[0] for command in commands if not (PLUGINS / command[0]).exists()]
    if without:
        return f"{', '.join(without)} of monitoring-plugins are not installed"
    with World() as w:
        acquirer_in(w)
        seconds, states = [], set()
        for _ in range(runs + 1):
            began = time.monotonic()
            started = [
                subprocess.Popen(
                    ["ip", "netns", "exec", w.terminal, str(PLUGINS / command[0]), *command[1:]],
                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                )
                for command in commands
            ]  # fmt: skip
            states |= {str(process.wait()) for process in started}
            seconds.append(time.monotonic() - began)
    return Timed("healthy", tuple(seconds[1:]), frozenset(states), commands=len(commands))
