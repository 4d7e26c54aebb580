"""The daemon for a long time, compressed: `python -m tests.longrun [CYCLES] [--write]`, as root.

Real examinations of a healthy world, as an ordinary user, with next to no pause between them; a fault comes and goes all the time,
so that confirmation, incidents and the log are at work too. Measured from outside, from `/proc`. `--write` puts the table into
`docs/longrun.md`, row by row.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

from msgspec.structs import replace

from agent.daemon.service import run
from agent.settings.load import load
from tests.support.world import World, host_faults
from tests.support.world.verdict import NOBODY

ROOT = Path(__file__).resolve().parents[1]
PAUSE_S = 0.01  # between two examinations; the configuration allows no less than a second
ROWS = 20
FAULT_EVERY = 250  # cycles: the gateway stops for half of them
Row = tuple[str, ...]
TITLES = (
    "cycles",
    "minutes",
    "resident KiB",
    "PSS KiB",
    "threads",
    "descriptors",
    "state directory KiB",
    "log KiB",
    "log entries",
    "CPU s",
)


def serve(config: str) -> int:
    """In the daemon's process: all is as always but the pause."""
    loaded = load(config)
    agent = replace(loaded.settings.agent, interval_s=PAUSE_S, retry_s=PAUSE_S)
    return run(replace(loaded, settings=replace(loaded.settings, agent=agent)), once=False, timeout_s=15)


class Daemon:
    def __init__(self, world: World) -> None:
        self.state, self.log = world.folder / "state", world.folder / "log"
        user = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
        inside = ("ip", "netns", "exec", world.terminal, *user)
        argv = (*inside, sys.executable, "-m", "tests.longrun", "--serve", str(world.configure()))
        self.process = subprocess.Popen(argv, cwd=ROOT, stderr=subprocess.PIPE, text=True)

    def cycles(self) -> int:
        try:
            return int(json.loads((self.state / "status.json").read_bytes())["sequence"])
        except FileNotFoundError:
            return 0

    def row(self, minutes: float) -> Row:
        proc = Path("/proc", str(self.process.pid))
        status = dict(line.split(":", 1) for line in (proc / "status").read_text().splitlines())
        rollup = dict(line.split(":", 1) for line in (proc / "smaps_rollup").read_text().splitlines()[1:])
        times = (proc / "stat").read_text().rpartition(")")[2].split()
        logs = sorted(self.log.glob("posdiag.log*"))
        entries = sum(not line.startswith(" ") for log in logs for line in log.read_text().splitlines())
        return (
            str(self.cycles()),
            f"{minutes:.1f}",
            status["VmRSS"].split()[0],
            rollup["Pss"].split()[0],
            status["Threads"].strip(),
            str(len(list((proc / "fd").iterdir()))),
            str(_kib(self.state.iterdir())),
            str(_kib(logs)),
            str(entries),
            f"{(int(times[11]) + int(times[12])) / os.sysconf('SC_CLK_TCK'):.0f}",
        )


def _kib(paths: object) -> int:
    assert hasattr(paths, "__iter__")
    return sum(int(path.stat().st_blocks) for path in paths) // 2


def measure(goal: int, *, write: bool) -> None:
    rows: list[Row] = []
    with World() as world:
        daemon, began, broken = Daemon(world), time.monotonic(), False
        step = max(1, goal // ROWS)
        marks = [min(100, step), *range(step, goal + 1, step)]
        while marks:
            assert daemon.process.poll() is None, daemon.process.communicate()[1]
            seen = daemon.cycles()
            if seen >= marks[0]:
                rows.append(daemon.row((time.monotonic() - began) / 60))
                print("\t".join(rows[-1]), flush=True)
                if write:
                    (ROOT / "docs" / "longrun.md").write_text(document(rows, goal), encoding="utf-8")
                marks = [mark for mark in marks if mark > seen]
            if (seen // (FAULT_EVERY // 2)) % 2 != broken:
                broken = not broken
                if broken:
                    host_faults.gateway_stopped(world, "a")
                else:
                    world.servers["gateway_a"].start()
            time.sleep(0.2)
        daemon.process.terminate()
        said = daemon.process.communicate(timeout=30)[1]
        assert daemon.process.returncode == 0, said
        print(said, file=sys.stderr, end="")


def table(rows: list[Row]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in (TITLES, ("---:",) * len(TITLES), *rows)]
    return "\n".join(lines) + "\n"


def document(rows: list[Row], goal: int) -> str:
    first, last = rows[min(1, len(rows) - 1)], rows[-1]
    growth = (int(last[2]) - int(first[2])) / max(1, int(last[0]) - int(first[0])) * 1000
    return f"""# Long run

Written by `make longrun` (`tests/longrun.py`), of {goal} cycles wanted {last[0]} made: the daemon with real examinations of a world in
network namespaces, as an ordinary user, {PAUSE_S:g} s of pause between them. The gateway stops and comes back, once in {FAULT_EVERY}
cycles. A cycle is a status document written; sizes are of allocated blocks; entries of the log are counted over all files kept.

Python {platform.python_version()}, Linux {platform.release().split("-")[0]}, {os.cpu_count()} cores.
From the second row to the last, resident memory grew by {growth:.1f} KiB in 1,000 cycles. (PSS is less while other processes with the same
interpreter run beside it, so that it is no measure of growth.)

{table(rows)}"""


if __name__ == "__main__":
    if "--serve" in sys.argv:
        sys.exit(serve(sys.argv[-1]))
    measure(next((int(word) for word in sys.argv[1:] if word.isdigit()), 20_000), write="--write" in sys.argv)
