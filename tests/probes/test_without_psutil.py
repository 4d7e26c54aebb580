"""Where psutil cannot be imported, as in the sandbox of an Android app: everything else goes on, and what is not known says why."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.command_line import ROOT, configured, posdiag


@pytest.mark.parametrize(
    "failing", ["PermissionError(13, 'Permission denied', '/proc/stat')", "ImportError('platform android is not supported')"]
)
def test_an_examination_and_the_service_go_on(tmp_path: Path, failing: str) -> None:
    (tmp_path / "site/psutil").mkdir(parents=True)
    (tmp_path / "site/psutil/__init__.py").write_text(f"raise {failing}\n")
    config = configured(tmp_path)
    config.write_text(config.read_text() + '\n[[app]]\nname = "payapp"\nprocess = "payapp"\n')
    path = f"{tmp_path / 'site'}:{ROOT}"
    done = posdiag("--check", "--json", "--config", str(config), PYTHONPATH=path)
    assert b"Traceback" not in done.stderr, done.stderr
    checks = {check["id"]: check for check in json.loads(done.stdout)["checks"]}
    assert checks["system:memory"]["outcome"] == "pass" and checks["system:memory"]["facts"]["total_mb"] > 100
    assert checks["system:load"]["outcome"] in ("pass", "warn"), "a busy machine is one"
    assert (checks["app:payapp"]["outcome"], checks["app:payapp"]["symptom"]) == ("unknown", "not_looked")
    assert "psutil cannot be loaded here" in checks["app:payapp"]["because"]
    assert posdiag("run", "--once", "--config", str(config), PYTHONPATH=path).stderr == b""
    assert "app:payapp" in (tmp_path / "state/status.json").read_text()
