"""`posdiag --check` with the lessons of a fleet, and with what the record beside it tells of the steps."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from agent.contract.event import ClosedEvent
from agent.storage.history_file import HistoryFile
from tests.support.command_line import INSIDE, configured, environment, posdiag
from tests.support.patience import PATIENCE_S
from tests.support.recorded import opened, stamped


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = configured(tmp_path)
    path.write_text(path.read_text("utf-8").replace("[agent]\n", f'[agent]\nlessons = "{tmp_path / "lessons.json"}"\n', 1), "utf-8")
    return path


@pytest.mark.root
def test_damaged_lessons_are_said_on_standard_error_and_change_nothing_else(config: Path) -> None:
    words = ("--check", "--json", "--config", str(config), "--timeout", "30", "--lang", "en")
    without = posdiag(*words)
    lessons = config.with_name("lessons.json")
    lessons.write_text("{")
    lessons.chmod(0o644)
    done = posdiag(*words)
    assert (without.stderr, done.returncode) == (b"", without.returncode)
    assert done.stderr.decode().startswith(f"posdiag: {lessons} is not used: it is damaged")
    assert done.stderr.count(b"\n") == 1
    steps = [[step["id"] for step in json.loads(each.stdout)["remediation"]] for each in (without, done)]
    assert steps[0] == steps[1] != []


@pytest.mark.root
def test_lessons_are_said_behind_the_steps_on_the_screen(config: Path) -> None:
    words = ("--check", "--config", str(config), "--timeout", "30", "--lang", "en", "--details")
    found = json.loads(posdiag(*words[:3], "--json", *words[3:7]).stdout)
    steps = [(step["cause"], *step["id"].split(":")) for step in found["remediation"]]
    lessons = [{"cause": code, "step": name, "tried": 50, "helped": 3} for *_, code, name in steps]
    lessons_of_all = {"schema": "posdiag.lessons/1", "steps": lessons}
    config.with_name("lessons.json").write_text(json.dumps(lessons_of_all))
    config.with_name("lessons.json").chmod(0o644)
    done = posdiag(*words)
    assert done.stderr == b""
    assert b"(helped at other terminals 3 times of 50)" in b" ".join(done.stdout.split())


def remembered(folder: Path, code: str, step: str, cases: int) -> None:
    """Incidents of the record, each ended by this step."""
    file, at, end = HistoryFile(folder), stamped({}), {"trace": None, "step": step, "how": "seen", "confidence": 0.9}
    for name in (f"I-{cases}-{number}" for number in range(cases)):
        file.append([opened(name, code), ClosedEvent(incident=name, ended_at=at["at"], duration_s=9.0, ended_by=end, **at)])


def steps_of(folder: Path, *before: str) -> list[dict[str, Any]]:
    argv = [*INSIDE, *before, sys.executable, "-m", "agent", "--check", "--json", "--config", str(folder / "agent.toml"), "--timeout", "30"]
    done = subprocess.run(argv, capture_output=True, env=environment(), timeout=PATIENCE_S, check=False, cwd="/")
    assert done.stderr == b""
    found: list[dict[str, Any]] = json.loads(done.stdout)["remediation"]
    return found


@pytest.mark.root
def test_what_helped_here_stands_first_where_the_record_may_be_read() -> None:
    with TemporaryDirectory() as name:  # which others may enter
        folder = Path(name)
        folder.chmod(0o755)
        configured(folder)
        usual = steps_of(folder)
        ids = [step["id"] for step in usual]
        second = next(each for each in ids if each.endswith("cable_unplugged:power_switch"))
        code, _, helpful = second.rpartition(":")
        place = ids.index(f"{code}:plug_cable")
        assert ids[place + 1] == second and {step["record"] for step in usual} == {None}
        remembered(folder / "state", code, helpful, 2)
        assert [step["id"] for step in steps_of(folder)] == ids, "fewer than three"
        remembered(folder / "state", code, helpful, 30)
        found = steps_of(folder)
        assert [step["id"] for step in found[place : place + 2]] == [second, f"{code}:plug_cable"]
        assert found[place]["record"] == {"tried": 32, "helped": 32, "from": "here"}
        (folder / "state" / "history.ndjson").chmod(0o600)
        nobody = steps_of(folder, "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
        assert nobody != []
        assert {step["record"] for step in nobody} == {None}, "silently the order of the catalogue"
        (folder / "state" / "history.ndjson").unlink()
        (folder / "state" / "history.ndjson").mkdir()
        assert [(step["id"], step["record"]) for step in steps_of(folder)] == [(each, None) for each in ids]
