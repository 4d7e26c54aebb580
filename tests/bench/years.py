"""Memory after many cycles with every probe in use, each as short after the last as the configuration allows."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench import usage
from tests.bench.everything import examined
from tests.bench.footprint import Footprint, footprint

AFTER_S = 0.3  # a document comes before a cycle's threads have ended


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


def measure(after: Sequence[int]) -> Iterator[Sample]:
    with examined() as running:
        running.until(lambda s: s)
        for goal in after:
            while (status := running.status())["sequence"] < goal:
                time.sleep(0.05)
            time.sleep(AFTER_S)
            pid = running.pid
            open_files = len(list(Path(f"/proc/{pid}/fd").iterdir()))
            faults = tuple(check["id"] for check in status["checks"] if check["outcome"] not in ("pass", "skip"))
            yield Sample(status["sequence"], footprint([pid]), usage.threads([pid]), open_files, usage.cpu_s([pid]), faults)
