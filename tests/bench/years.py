"""Memory after many cycles with every probe in use, each as short after the last as the configuration allows."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from tests.bench import usage
from tests.bench.load import acquirer_in
from tests.support.world.daemon import daemon
from tests.support.world.world import World


@dataclass(frozen=True)
class Sample:
    cycles: int
    pss_mib: float
    threads: int
    descriptors: int
    cpu_s: float


def measure(cycles: int, samples: int = 5) -> list[Sample]:
    found: list[Sample] = []
    with World(gateways="ab", backup=True) as w:
        far, near = os.openpty()
        changes = {
            "agent": {"interval_s": 1},
            "network": {"ntp": ["ns.provider.example"]},
            "gateway": [acquirer_in(w) | {"app_interval_s": 0, "keep_open": True}, w.config["gateway"][1]],
            "serial": [
                {"name": "printer", "port": os.ttyname(near), "protocol": "presence"},
                {"name": "pinpad", "port": "/dev/ttyNONE0", "protocol": "enq"},
            ],
            "app": [{"name": "payapp", "process": "tests.bench"}],
        }
        os.close(near)
        with daemon(w, changes) as running:
            running.until(lambda s: s)
            wanted = [max(10, cycles * step // samples) for step in range(samples + 1)]
            for goal in wanted:
                while (done := running.status()["sequence"]) < goal:
                    time.sleep(0.5)
                pid = running.pid
                open_files = len(list(Path(f"/proc/{pid}/fd").iterdir()))
                found.append(Sample(done, usage.pss_mib([pid]), usage.threads([pid]), open_files, usage.cpu_s([pid])))
        os.close(far)
    return found
