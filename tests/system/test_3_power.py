"""Power cuts by the hundred, every other one at the very moment when a new status file is being written."""

from __future__ import annotations

import os
import random
import re
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from agent.status.document import SCHEMA, Status
from tests.system.machine import STATUS
from tests.system.service import Service, cycles

CUTS = int(os.environ.get("CUTS", "100"))


def being_written(folder: Path) -> bool:
    return any(name.startswith(".status.json.") for name in os.listdir(folder))


def test_every_power_cut_leaves_a_whole_status_file(service: Service, seen: Callable[[str, str], None]) -> None:
    machine = service.machine
    service.installed()
    service.configure(agent={"interval_s": 1, "heartbeat_s": 1, "retry_s": 0.2})
    service.hurry()
    service.restart()
    service.sound()
    folder = machine.tree / "var/lib/posdiag"
    whole, in_the_act, sequence = 0, 0, 0
    for number in range(CUTS):
        cycles(service, 1)
        if number % 2:
            machine.kill(lambda: being_written(folder))
        else:
            time.sleep(random.uniform(0, 1.2))
            machine.kill()
        status = msgspec.json.decode((machine.tree / STATUS).read_bytes(), type=Status)
        assert status.schema == SCHEMA and status.sequence >= sequence, f"cut {number}: {status.sequence} after {sequence}"
        whole, sequence = whole + 1, status.sequence
        in_the_act += being_written(folder)  # its draft was left behind
        machine.boot()
        cycles(service, 1)
        assert machine.active
    service.configure()
    service.restart()
    service.sound()
    assert not [name for name in os.listdir(folder) if name.endswith(".tmp")]
    assert in_the_act >= CUTS // 10  # else this would be no test of it
    log = machine.read("var/log/posdiag/posdiag.log").decode()
    assert log.endswith("\n") and all(re.match(r"\d{4}-\d\d-| ", line) for line in log.splitlines())
    seen(
        f"the container killed {CUTS} times, every other time as soon as the draft of a status file is seen",
        f"{whole} of {CUTS} whole, the sequence never went back; "
        f"{in_the_act} hit between draft and rename, and the draft was swept at the next start",
    )
