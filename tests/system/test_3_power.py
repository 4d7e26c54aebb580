"""Power cuts by the hundred, every other one at the very moment when a new status file is being written."""

from __future__ import annotations

import os
import random
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from agent.contract.document import SCHEMA, Status
from tests.system.machine import STATUS, Machine
from tests.system.service import IN_MEMORY, Service, cycles

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


@contextmanager
def watched(machine: Machine) -> Iterator[list[Status]]:
    """Every document that a reader finds meanwhile; half a one fails the test. That there is none, or no machine, is left out."""
    found: list[Status] = []
    broken: list[msgspec.DecodeError] = []
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.005):
            try:
                found.append(msgspec.json.decode(machine.read(STATUS), type=Status))
            except (OSError, AssertionError):
                continue
            except msgspec.DecodeError as error:
                broken.append(error)

    reader = threading.Thread(target=look)
    reader.start()
    try:
        yield found
    finally:
        over.set()
        reader.join()
    assert broken == []


def test_a_power_cut_costs_a_status_in_memory_no_more_than_the_time_to_the_next_start(
    service: Service, seen: Callable[[str, str], None]
) -> None:
    machine = service.machine
    service.installed()
    service.configure(agent=IN_MEMORY | {"interval_s": 1, "heartbeat_s": 1, "retry_s": 0.2})
    service.hurry()
    service.restart()
    service.sound()
    cuts, old = max(3, CUTS // 10), 0
    for number in range(cuts):
        cycles(service, 2)
        last = machine.status()["sequence"]
        time.sleep(random.uniform(0, 1.2))
        machine.kill()
        link, copy = machine.tree / STATUS, machine.tree / "var/lib/posdiag/last-status.json"
        assert str(link.readlink()) == "/run/posdiag/status.json", number
        assert msgspec.json.decode(copy.read_bytes(), type=Status).schema == SCHEMA
        with watched(machine) as found:
            machine.boot()
            cycles(service, 2)
        sequences = [status.sequence for status in found]
        assert sequences == sorted(sequences) and sequences[0] >= last, (last, sequences)
        old += found[0].terminal.agent_started_at != found[-1].terminal.agent_started_at
        service.sound()
    service.configure()
    service.restart()
    service.sound()
    assert old
    seen(
        f"the container killed {cuts} times with the status in memory",
        f"a link that leads nowhere until the service starts; then the copy of the last change ({old} times seen), then the new one; "
        "never half a document, the sequence never went back",
    )
