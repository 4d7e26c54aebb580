"""A check made again and again by a process that has fewer and fewer file descriptors to make it with."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

NOT_LOOKED = ("unknown", "not_looked")
NO_PROCESSES = "resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))"  # nor threads; root is not held to it
PROGRAM = """
import os, resource, sys
import msgspec
from agent.contract.checks import entry_of
{imports}

{prepare}
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
seen = []
for left in range({most} + 1):
    spare = []
    try:
        while True:
            spare.append(os.open("/dev/null", os.O_RDONLY))
    except OSError:
        pass
    for _ in range(left):
        os.close(spare.pop())
    check = {call}
    for each in spare:
        os.close(each)
    seen.append(entry_of(check))
print(msgspec.json.encode(seen).decode())
"""


def made_with_few(imports: str, call: str, *, prepare: str = "", most: int = 12, by: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """The check as the document has it, with no descriptor left to make it, with one, and so on up to `most`. `by`: a command that runs
    the process."""
    program = PROGRAM.format(imports=imports, prepare=prepare, most=most, call=call)
    done = subprocess.run([*by, sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == "", done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def states(seen: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    return [(check["outcome"], check.get("symptom")) for check in seen]
