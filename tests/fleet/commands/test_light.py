"""A scan loads what it needs: a collector without a store never loads a data base."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from agent.contract.encode import encode
from tests.support.command_line import ROOT, current, environment


def test_a_scan_without_a_store_loads_no_data_base(tmp_path: Path) -> None:
    (tmp_path / "status.json").write_bytes(encode(current()))
    code = "import sys; sys.modules['duckdb'] = None; from agent.cli import run; sys.exit(run(sys.argv[1:]))"
    argv = [sys.executable, "-c", code, "fleet", "scan", str(tmp_path), "--config", "/dev/null", "--lang", "en"]
    done = subprocess.run(argv, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1, 2) and not done.stderr, done.stderr
