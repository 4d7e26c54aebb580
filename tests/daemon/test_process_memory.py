"""What keeps the daemon small, and that nothing misses what is left out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.staged import ROOT
from tests.support.world import World
from tests.support.world.daemon import daemon

LEFT_OUT = """
import sys
from agent.daemon import process_memory
process_memory.shrink()
import requests
process_memory.tidy()
process_memory.tidy()
print(sorted(name for name in sys.modules if name.startswith(("charset_normalizer", "chardet")) and sys.modules[name]))
"""


def test_requests_does_without_what_is_left_out_and_says_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", LEFT_OUT], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "[]", "")


@pytest.mark.root
def test_http_checks_pass_in_a_daemon_without_it() -> None:
    with World() as w, daemon(w, {"agent": {"interval_s": 3600}}) as running:
        running.until(lambda s: s["state"] == "ok")
        web = {c["id"]: (c["outcome"], c["facts"].get("http_status")) for c in running.status()["checks"] if "check-" in c["id"]}
        assert web == {"internet:check-1": ("pass", 204), "internet:check-2": ("pass", 204)}
        maps = Path(f"/proc/{running.pid}/maps").read_text()
        assert "charset_normalizer" not in maps
