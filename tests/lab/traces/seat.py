"""The daemon's own cycle at a world's terminal, looked through at the word of whoever plays it: between two looks time is cut out.

Run inside the world. A line of standard input is a command, and each is answered by one line.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from agent.daemon.cycle import Cycle
from agent.examination.examine import examine
from agent.settings.load import load
from tests.support.clocks import LaterClock
from tests.support.staged import cycle_of


def _answer(cycle: Cycle, status: str) -> dict[str, Any]:
    cycle.wait(30)
    with open(status, encoding="utf-8") as file:
        document = json.load(file)
    return {"state": document["state"], "cause": document["cause"], "pending": bool(document.get("pending"))}


def main(config: str, by_s: float) -> None:
    """`by_s`: what was cut out before this start."""
    clock = LaterClock()
    clock.by_s = by_s
    loaded = load(config)
    agent = loaded.settings.agent
    cycle = cycle_of(loaded, examine, clock, remaining_s=agent.interval_s, sooner=lambda _: None, limit_s=30)
    status = f"{agent.state_dir}/status.json"
    for line in sys.stdin:
        word, _, rest = line.strip().partition(" ")
        said: dict[str, Any] = {}
        if word == "look":  # so many seconds after the last one
            clock.by_s += float(rest)
            cycle.examine_once(lambda: True)
            said = _answer(cycle, status)
        elif word == "clock":
            clock.ahead += float(rest)
            cycle.clock_moved(float(rest))
        elif word == "do":  # in this process's mounts
            subprocess.run(["sh", "-euc", rest], check=True)
        elif word == "end":
            cycle.close(30)
        print(json.dumps(said), flush=True)
        if word == "end":
            return


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
