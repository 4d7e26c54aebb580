"""The daemon with its real examination, from the command line, in a network namespace that leads nowhere."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

import pytest

from tests.support.isolated import command
from tests.support.patience import PATIENCE_S, until
from tests.support.staged import ROOT


@pytest.mark.root
def test_once_leaves_the_files_and_the_status_of_check(tmp_path: Path) -> None:
    done = subprocess.run(command(tmp_path, "--once"), cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    document = json.loads((tmp_path / "state" / "status.json").read_bytes())
    assert (document["can_pay"], document["state"], done.returncode) == ("no", "outage", 2), done.stderr
    assert document["cause"] in (tmp_path / "log" / "posdiag.log").read_text()
    assert document["remediation"]
    assert done.stderr == ""


@pytest.mark.root
def test_the_service_ends_as_soon_as_it_has_begun(tmp_path: Path) -> None:
    process = subprocess.Popen(command(tmp_path), cwd=ROOT, stderr=subprocess.PIPE, text=True)
    try:
        until((tmp_path / "state").exists)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
    finally:
        process.kill()
        assert process.communicate()[1] == ""
