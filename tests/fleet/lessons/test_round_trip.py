"""From the histories of a fleet to the order of a terminal's steps, of the service and of the check."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.fleet.made.histories import Terms, lived
from tests.support.command_line import configured, posdiag
from tests.support.staged import Stage, staged

CABLE = "operator.cable_unplugged"
OTHER_END, PLUG = {"plug_other_end": 0.9, "plug_cable": 0.1}, {"plug_cable": 0.9, "plug_other_end": 0.1}


@pytest.fixture
def collected(tmp_path: Path) -> Path:
    folder = tmp_path / "collected"
    folder.mkdir()
    lived(folder, Terms(shares={CABLE: OTHER_END}, otherwise={("model", "A920"): {CABLE: PLUG}}, yearly=24))
    return folder


def lessons(collected: Path, target: Path) -> dict[str, Any]:
    done = posdiag("fleet", "lessons", str(collected), "-o", str(target), "--lang", "en")
    assert done.returncode == 0, done.stderr
    assert b"incidents of 300 terminals" in done.stdout
    assert target.stat().st_mode & 0o777 == 0o644  # the service reads it, and nobody else writes it
    found: dict[str, Any] = json.loads(target.read_bytes())
    return found


def first_shown(stage: Stage) -> dict[str, Any]:
    stage.until(lambda: stage.status().get("remediation"))
    shown: dict[str, Any] = stage.status()["remediation"][0]
    stage.end()
    return shown


def test_the_service_orders_its_steps_by_the_fleets_histories_and_by_its_own_groups(collected: Path, tmp_path: Path) -> None:
    file = tmp_path / "lessons.json"
    made = lessons(collected, file)
    assert {json.dumps(each["where"]) for each in made["steps"]} == {"{}", '{"model": "A920"}'}
    for model, first in (("X5", "plug_other_end"), ("A920", "plug_cable")):
        home = tmp_path / model
        home.mkdir()
        with staged(home, lessons=str(file)) as stage:
            config = stage.config.read_text().replace('language = "en"\n', f'language = "en"\nlabels = {{ model = "{model}" }}\n')
            stage.config.write_text(config)
            stage.say(f"outage {CABLE}")
            stage.start()
            shown = first_shown(stage)
        assert shown["id"] == first
        assert shown["record"]["from"] == "fleet"
        assert shown["record"]["helped"] > 50


@pytest.mark.root
def test_the_check_orders_its_steps_by_them(tmp_path: Path) -> None:
    """Of what a namespace without any line shows: its own causes, whatever they are, and one of its steps taught to help."""
    config = configured(tmp_path)
    config.write_text(config.read_text().replace("[agent]\n", f'[agent]\nlessons = "{tmp_path / "lessons.json"}"\n', 1))
    words = ("--check", "--json", "--config", str(config), "--timeout", "5")
    before = json.loads(posdiag(*words).stdout)["remediation"]
    steps = [(code or step["cause"], name) for step in before for code, _, name in [step["id"].rpartition(":")]]
    cause, taught = next(each for each in steps[1:] if each[0] == steps[0][0])
    collected = tmp_path / "collected"
    collected.mkdir()
    lived(collected, Terms(shares={cause: {taught: 1.0}}, itself=0.0, told=1.0, terminals=40, yearly=40, forms=("record", "printed")))
    done = posdiag("fleet", "lessons", str(collected), "-o", str(tmp_path / "lessons.json"))
    assert done.returncode == 0, done.stderr
    after = json.loads(posdiag(*words).stdout)["remediation"]
    record = next(step["record"] for step in after if step["id"].rpartition(":")[2] == taught)
    assert record["from"] == "fleet"
    assert record["helped"] == record["tried"] > 100


def test_the_document_alone_goes_to_the_standard_output(collected: Path) -> None:
    done = posdiag("fleet", "lessons", str(collected), "-o", "-")
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["schema"] == "posdiag.lessons/1"


def test_without_an_incident_or_a_source_nothing_is_written(tmp_path: Path) -> None:
    target = tmp_path / "lessons.json"
    for source in (tmp_path, tmp_path / "nowhere"):
        done = posdiag("fleet", "lessons", str(source), "-o", str(target), "--lang", "en")
        assert done.returncode == 3
        assert done.stderr.count(b"\n") <= 3
        assert b"Traceback" not in done.stderr
    assert not target.exists()


def test_a_target_that_cannot_be_written_is_said(collected: Path) -> None:
    done = posdiag("fleet", "lessons", str(collected), "-o", "/proc/none/lessons.json", "--lang", "en")
    assert done.returncode == 3
    assert b"lessons.json" in done.stderr
    assert b"Traceback" not in done.stderr
