"""A check made again and again by a process that has a little more memory each time, and very little at first."""

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

looked()
seen = []
for left in range({steps}):
    resource.setrlimit(resource.RLIMIT_AS, (grown() + left * {step}, resource.RLIM_INFINITY))
    found = looked()
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    seen.append(found)
print(msgspec.json.encode(seen).decode())
"""


def made_with_little(imports: str, call: str, *, steps: int = 24, step: int = 64 * 1024) -> list[tuple[str, str | None]]:
    """Outcome and symptom of the check, made once with all the memory there is and then with `step` bytes more each time."""
    program = PROGRAM.format(imports=imports, call=call, steps=steps, step=step)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [(outcome, symptom) for outcome, symptom in json.loads(done.stdout)]
