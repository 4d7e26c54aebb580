"""`posdiag audit` as it is started: exit statuses, the document and its schema, and a width of 40."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from agent.present.layout import width
from tests.support.json_schema import faults

READY = """
[support]
provider.phone = "400-1"
acquirer.phone = "400-2"
technician.phone = "400-3"
isp.phone = "400-4"
"""


def posdiag(*arguments: str, columns: int = 80) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "COLUMNS": str(columns), "PYTHONIOENCODING": "utf-8"}
    return subprocess.run([sys.executable, "-m", "agent", *arguments], capture_output=True, text=True, env=env, timeout=60)


def written(folder: Path, text: str) -> str:
    path = folder / "agent.toml"
    path.write_text(f'{text}\n[agent]\nstate_dir = "{folder}/state"\nlog_dir = "{folder}/log"\n')
    return str(path)


def test_the_document_keeps_to_its_schema_and_the_exit_status_is_the_worst(tmp_path: Path) -> None:
    file = written(tmp_path, READY)
    made = posdiag("audit", "--json", "--config", file)
    document = json.loads(made.stdout)
    schema = json.loads(posdiag("config", "schema", "audit").stdout)
    assert faults(document, schema, schema["$defs"]) == []
    outcomes = {item["id"]: item["outcome"] for item in document["items"]}
    assert (made.returncode, document["outcome"], document["schema"]) == (2, "fail", "posdiag.audit/1")
    assert outcomes["contacts"] == "pass"
    assert outcomes["backup_gateway"] == "fail"
    assert not (tmp_path / "state").exists(), "it writes nothing"


def test_a_wrong_configuration_is_3(tmp_path: Path) -> None:
    assert posdiag("audit", "--config", written(tmp_path, "titel = 3")).returncode == 3


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("columns", [40, 80])
def test_it_fits_the_screen(tmp_path: Path, language: str, columns: int) -> None:
    made = posdiag("audit", "--lang", language, "--config", written(tmp_path, READY), columns=columns)
    assert made.stderr == ""
    assert max(map(width, made.stdout.splitlines())) <= columns


@pytest.mark.root
def test_an_ordinary_user_who_may_not_look_at_the_record_is_told_so(tmp_path: Path) -> None:
    file = written(tmp_path, READY)
    (tmp_path / "state").mkdir(mode=0o700)
    for path in (tmp_path, *tmp_path.parents):
        if path.stat().st_uid == os.getuid() and str(path).startswith("/tmp/"):
            path.chmod(path.stat().st_mode | 0o055)
    Path(file).chmod(0o644)
    nobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
    made = subprocess.run([*nobody, sys.executable, "-m", "agent", "audit", "--json", "--config", file], capture_output=True, timeout=60)
    outcomes = {item["id"]: item["outcome"] for item in json.loads(made.stdout)["items"]}
    assert (outcomes["endings"], outcomes["promises"], outcomes["practice"]) == ("unknown",) * 3
