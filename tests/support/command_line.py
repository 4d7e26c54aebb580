"""The command as people and other programs start it: its environment, a configuration of its own, and the status file that it finds."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import msgspec

from agent.contract.document import Status
from agent.contract.encode import encode
from agent.contract.times import utc
from agent.storage.identity import boot_id
from tests.support.documents import broken_names
from tests.support.patience import PATIENCE_S

ROOT = Path(__file__).resolve().parents[2]
INSIDE = ["unshare", "--net"] if os.geteuid() == 0 else []  # nothing here may reach an address outside this machine
POSDIAG = [*INSIDE, sys.executable, "-m", "agent"]
QUIET = """
[system]
load_per_core = 1000  # the machine that runs the tests may be busy, which is none of what they look at
[network]
internet_checks = [ { url = "http://192.0.2.1/a" }, { url = "http://192.0.2.2/b" } ]
addresses = ["192.0.2.1:53"]
public_names = []
"""


def environment(**extra: str) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LC_", "LANG", "PYTHON", "POSDIAG", "COLUMNS", "NO_COLOR"))
    }
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "LANG": "zh_CN.UTF-8", **extra}


def posdiag(*args: str | bytes, **extra: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*POSDIAG, *args], capture_output=True, stdin=subprocess.DEVNULL, env=environment(**extra), timeout=PATIENCE_S, check=False, cwd="/"
    )


def configured(folder: Path) -> Path:
    state = folder / "state"
    state.mkdir()
    path = folder / "agent.toml"
    path.write_text(f'[agent]\nstate_dir = "{state}"\nlog_dir = "{state}"\n{QUIET}', encoding="utf-8")
    return path


def kept(config: Path, document: Status) -> None:
    (config.parent / "state" / "status.json").write_bytes(encode(document))


def current(**changes: object) -> Status:
    now = time.time()
    fresh = {"generated_at": utc(now - 60), "valid_until": utc(now + 600), "boot_id": boot_id(), **changes}
    return msgspec.structs.replace(broken_names(), **fresh)
