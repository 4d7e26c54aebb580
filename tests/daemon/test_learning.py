"""The daemon orders steps by the fleet's lessons, and says once that they are damaged."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.staged import Stage, staged

CABLE = "outage operator.cable_unplugged"
STEP = {"cause": "operator.cable_unplugged", "step": "plug_other_end", "tried": 40, "helped": 40}


def first_step(stage: Stage) -> str:
    return str(next((step["id"] for step in stage.status().get("remediation", [])), ""))


def test_lessons_move_a_step_and_damaged_ones_are_said_once(tmp_path: Path) -> None:
    lessons = tmp_path / "lessons.json"
    with staged(tmp_path, lessons=str(lessons)) as stage:
        stage.say(CABLE)
        stage.start()
        stage.until(lambda: first_step(stage) == "plug_cable")
        assert all(step["record"] is None for step in stage.status()["remediation"])
        _lay(lessons, json.dumps({"schema": "posdiag.lessons/1", "steps": [STEP]}))
        stage.until(lambda: first_step(stage) == "plug_other_end")
        assert stage.status()["remediation"][0]["record"] == {"tried": 40, "helped": 40, "from": "fleet"}
        _lay(lessons, "{")
        stage.until(lambda: first_step(stage) == "plug_cable")
        stage.until_examined(3)
        _lay(lessons, json.dumps({"schema": "posdiag.lessons/1", "steps": []}))
        stage.until_examined(3)
        said = stage.end().splitlines()
    assert len(said) == 2, said
    assert f"{lessons} is not used: it is damaged" in said[0]
    assert "can be used again" in said[1]


def _lay(path: Path, text: str) -> None:
    """As a management tool does: whole, and not to be written by others."""
    draft = path.with_suffix(".new")
    draft.write_text(text)
    draft.chmod(0o644)
    draft.rename(path)
