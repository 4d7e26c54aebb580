"""Memory after many cycles with every probe in use, each as short after the last as the configuration allows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.bench import usage
from tests.bench.everything import examined
from tests.bench.footprint import Footprint, footprint
from tests.support.world.daemon import Daemon

STEP_S = 0.1  # a document comes before a cycle's threads have ended, on a busy machine long before


@dataclass(frozen=True)
class Sample:
    """Between two cycles. `faults`: the checks that did not pass, of which there should be none."""

    cycles: int
    memory: Footprint
    threads: int
    descriptors: int
    cpu_s: float
    faults: tuple[str, ...]


def steps(cycles: int, samples: int = 5) -> list[int]:
    return sorted({max(10, cycles * step // samples) for step in range(samples + 1)})


def measure(after: Sequence[int], *, mqtt: bool = False, beside: int = 0) -> Iterator[Sample]:
    with examined(mqtt=mqtt, beside=beside) as running:
        running.until(lambda s: s)
        for goal in after:
            while (status := running.status())["sequence"] < goal:
                time.sleep(0.05)
            faults = tuple(check["id"] for check in status["checks"] if check["outcome"] not in ("pass", "skip"))
            look = partial(_look, running.pid, status["sequence"], faults)
            yield least(look, partial(_is_over, running, status["sequence"]))


def _look(pid: int, cycles: int, faults: tuple[str, ...]) -> Sample:
    open_files = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return Sample(cycles, footprint([pid]), usage.threads([pid]), open_files, usage.cpu_s([pid]), faults)


def _is_over(running: Daemon, cycle: int) -> bool:
    return bool(running.status()["sequence"] > cycle)


def least(look: Callable[[], Sample], over: Callable[[], bool]) -> Sample:
    """Between a cycle's document and the next one's: whatever else runs here, there is a moment at which the cycle is over."""
    seen = [look()]
    while not over():
        time.sleep(STEP_S)
        seen.append(look())
    return min(seen, key=lambda sample: sample.memory.alone)
