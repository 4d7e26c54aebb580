"""A check made again and again by a process that has hardly any memory left, and a little more each time."""

from __future__ import annotations

import json
import subprocess
import sys

PROGRAM = """
import resource
import msgspec
from probes.edge.failures import cannot_tell_of
from probes.model import Outcome, Symptom
{imports}

def looked():
    try:
        check = {call}
        return check.outcome, check.symptom
    except BaseException as error:  # as whoever runs the probe takes it
        return Outcome.UNKNOWN, Symptom.CRASHED if cannot_tell_of(error) is None else Symptom.NOT_LOOKED

def grown():
    with open("/proc/self/statm") as told:
        return int(told.read().split()[0]) * resource.getpagesize()

LARGE = 65536
looked()
seen = []
for left in range({steps}):
    reserve = [bytes(LARGE) for _ in range(left * {step} // LARGE)]
    resource.setrlimit(resource.RLIMIT_AS, (grown(), resource.RLIM_INFINITY))
    taken = []
    for size in (LARGE, 4096, 400):
        try:
            while True:
                taken.append(bytes(size))
        except MemoryError:
            pass
    reserve.clear()  # takes no memory itself, as deleting a slice does
    found = looked()
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    del taken
    seen.append(found)
print(msgspec.json.encode([*seen, looked()]).decode())
"""


def made_with_little(imports: str, call: str, *, steps: int = 12, step: int = 1 << 20) -> list[tuple[str, str | None]]:
    """Outcome and symptom of the check: with nothing left, with `step` bytes, with twice that and so on, and with all there is."""
    program = PROGRAM.format(imports=imports, call=call, steps=steps, step=step)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [(outcome, symptom) for outcome, symptom in json.loads(done.stdout)]
