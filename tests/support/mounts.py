"""Checks of this machine as a process sees it that has mounts of its own, and trees of files in the kernel's place."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PRINT = "import msgspec; print(msgspec.json.encode(msgspec.to_builtins({call})).decode())"


def in_namespace(setup: str, imports: str, call: str, *, ordinary_user: bool = False) -> dict[str, Any]:
    """The check as a process sees it whose mounts `setup` has changed."""
    user = "setpriv --reuid=65534 --regid=65534 --clear-groups" if ordinary_user else ""
    script = f'{setup}\nexec {user} "$0" -c "$1"'
    program = f"{imports}\n{PRINT.format(call=call)}"
    done = subprocess.run(["unshare", "--mount", "sh", "-ec", script, sys.executable, program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@contextmanager
def mounted(where: Path, *arguments: str) -> Iterator[Path]:
    where.mkdir(exist_ok=True)
    subprocess.run(["mount", *arguments, str(where)], check=True)
    try:
        yield where
    finally:
        subprocess.run(["umount", str(where)], check=True)
