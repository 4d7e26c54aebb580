"""What a program uses, as the kernel counts it: memory, processor, wake-ups, bytes written, bytes on the wire."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.bench.footprint import Footprint
from tests.support.world import netns

_TICK = os.sysconf("SC_CLK_TCK")
COUNTERS = """
table ip wire {
  counter carried { }
  chain arrived { type filter hook input priority 0; policy accept; iifname "eth0" counter name carried; }
  chain departed { type filter hook output priority 0; policy accept; oifname "eth0" counter name carried; }
}
"""


@dataclass(frozen=True)
class Usage:
    """Over `seconds` of work, its start not included but in `wakeups`, which the kernel tells only of a whole life."""

    seconds: float
    memory: Footprint
    cpu_s: float
    wakeups: int
    wire_bytes: int
    written_bytes: int
    threads: int

    def hourly(self, amount: float) -> float:
        return amount * 3600 / self.seconds


@dataclass(frozen=True)
class Reading:
    at: float
    cpu_s: float
    written: int
    wire: int


def count_wire(namespace: str) -> None:
    netns.nft(namespace, COUNTERS)


def wire(namespace: str) -> int:
    """Bytes of IPv4 that the terminal sent and received."""
    listed = netns.command("ip", "netns", "exec", namespace, "nft", "-j", "list", "counters", "table", "ip", "wire")
    return next(int(each["counter"]["bytes"]) for each in json.loads(listed)["nftables"] if "counter" in each)


def tree(roots: Sequence[int]) -> list[int]:
    """The processes and all their children."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError, IndexError):
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                children.setdefault(parent, []).append(int(entry.name))
    found, todo = [], list(roots)
    while todo:
        pid = todo.pop()
        found.append(pid)
        todo += children.get(pid, [])
    return found


def _field(pid: int, file: str, name: str) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/{file}").read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1])
    return 0


def threads(roots: Sequence[int]) -> int:
    return sum(_field(pid, "status", "Threads:") for pid in tree(roots))


def cpu_s(roots: Sequence[int]) -> float:
    """Of the processes and of those of their children that have ended."""
    ticks = 0
    for pid in tree(roots):
        with suppress(OSError, IndexError):
            ticks += sum(map(int, Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:15]))
    return ticks / _TICK


def read(roots: Sequence[int], namespace: str) -> Reading:
    written = sum(_field(pid, "io", "write_bytes:") for pid in tree(roots))
    return Reading(time.monotonic(), cpu_s(roots), written, wire(namespace))


def end(process: subprocess.Popen[bytes]) -> int:
    """Ends it; how often it and what it had waited for gave up the processor by themselves, over all its threads and its life."""
    process.send_signal(signal.SIGTERM)
    until = time.monotonic() + 10
    while True:
        try:
            pid, status, used = os.wait4(process.pid, os.WNOHANG)
        except ChildProcessError:  # it ended before
            return 0
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return used.ru_nvcsw
        if time.monotonic() > until:
            process.kill()
        time.sleep(0.05)
