"""`posdiag --check` with the lessons of a fleet."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.command_line import configured, posdiag


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = configured(tmp_path)
    path.write_text(path.read_text("utf-8").replace("[agent]\n", f'[agent]\nlessons = "{tmp_path / "lessons.json"}"\n', 1), "utf-8")
    return path


@pytest.mark.root
def test_damaged_lessons_are_said_on_standard_error_and_change_nothing_else(config: Path) -> None:
    words = ("--check", "--json", "--config", str(config), "--timeout", "5", "--lang", "en")
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
    words = ("--check", "--config", str(config), "--timeout", "5", "--lang", "en", "--details")
    found = json.loads(posdiag(*words[:3], "--json", *words[3:7]).stdout)
    steps = [(step["cause"], *step["id"].split(":")) for step in found["remediation"]]
    lessons = [{"cause": code, "step": name, "tried": 50, "helped": 3} for *_, code, name in steps]
    lessons_of_all = {"schema": "posdiag.lessons/1", "steps": lessons}
    config.with_name("lessons.json").write_text(json.dumps(lessons_of_all))
    config.with_name("lessons.json").chmod(0o644)
    done = posdiag(*words)
    assert done.stderr == b""
    assert b"(helped at other terminals 3 times of 50)" in b" ".join(done.stdout.split())
