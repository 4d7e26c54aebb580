"""Changes of a terminal's state in a collector's journal: an agent's own entry, uploaded to systemd-journal-remote."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import time
from pathlib import Path

import pytest

from agent.outputs.journal import _fields
from agent.present.journal import Level
from agent.storage.identity import boot_id
from tests.support.command_line import current
from tests.support.patience import PATIENCE_S
from tests.support.recipes import run

REMOTE, UPLOAD = (Path(f"/lib/systemd/systemd-journal-{name}") for name in ("remote", "upload"))
pytestmark = pytest.mark.skipif(not REMOTE.exists(), reason="no systemd-journal-remote here: as root, make test-fleet installs it")


def test_entries_arrive_with_their_fields(tmp_path: Path) -> None:
    for name in ("terminal", "collected"):
        (tmp_path / name).mkdir()
    own = [("__REALTIME_TIMESTAMP", str(time.time_ns() // 1000)), ("__MONOTONIC_TIMESTAMP", "1000")]
    own += [("_BOOT_ID", (boot_id() or "").replace("-", "")), ("_HOSTNAME", "T-1"), *_fields(current(), "state=outage", Level.ERROR)]
    text = "".join(f"{name}={value}\n" for name, value in own) + "\n"
    kept = tmp_path / "terminal/a.journal"
    subprocess.run([REMOTE, "-o", kept, "-"], input=text, text=True, check=True, capture_output=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    remote = subprocess.Popen([REMOTE, f"--listen-http=127.0.0.1:{port}", "-o", f"{tmp_path}/collected/"], stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + PATIENCE_S
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
                break
            assert remote.poll() is None and time.monotonic() < end
            time.sleep(0.05)
        saved = f"--save-state={tmp_path / 'state'}"
        run(str(UPLOAD), "-u", f"http://127.0.0.1:{port}", f"--directory={tmp_path / 'terminal'}", "--follow=no", saved)
    finally:
        remote.terminate()
        remote.wait()
    shown = run("journalctl", "--no-pager", "-D", str(tmp_path / "collected"), "-o", "json", "POSDIAG_STATE=outage")
    (entry,) = map(json.loads, shown.splitlines())
    assert (entry["_HOSTNAME"], entry["POSDIAG_CAUSE"], entry["PRIORITY"]) == ("T-1", current().cause, "3")
