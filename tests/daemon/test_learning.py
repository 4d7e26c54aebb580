"""The daemon orders steps by what ended incidents here and by the fleet's lessons, and says once that those are damaged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agent.contract.event import ClosedEvent
from agent.storage.history_file import HistoryFile
from tests.support.command_line import posdiag
from tests.support.recorded import opened, stamped, told
from tests.support.staged import Stage, staged

CABLE = "outage operator.cable_unplugged"
STEP = {"cause": "operator.cable_unplugged", "step": "plug_other_end", "tried": 40, "helped": 40}


def first_step(stage: Stage) -> str:
    return str(next((step["id"] for step in stage.status().get("remediation", [])), ""))


RENUMBERED = "outage system.port_renumbered"
USUAL, HELPS = "replug_in_same_socket", "reopen_app"  # the catalogue's first step, and the one that leaves the trace that is played


def live_through(stage: Stage, pid: int) -> dict[str, Any]:
    """An incident, until the application is another process: the first step that stood there meanwhile. It ran as `pid` before."""
    stage.say(f"{RENUMBERED} pid={pid}")
    stage.until(lambda: first_step(stage))
    shown: dict[str, Any] = stage.status()["remediation"][0]
    closed = len(told(stage.state_dir, "closed"))
    stage.say(f"ok pid={pid + 1}")
    stage.until(lambda: len(told(stage.state_dir, "closed")) > closed)
    assert told(stage.state_dir, "closed")[-1]["ended_by"]["step"] == HELPS
    stage.until(lambda: stage.status()["state"] == "ok")
    return shown


def test_the_step_that_ended_three_incidents_here_stands_first_at_the_fourth_and_says_so(tmp_path: Path) -> None:
    with staged(tmp_path) as stage:
        stage.say("ok pid=10")
        stage.start()
        stage.until(lambda: stage.status().get("state") == "ok")
        shown = [live_through(stage, pid) for pid in (10, 11, 12, 13)]
        assert [each["id"] for each in shown] == [USUAL, USUAL, USUAL, HELPS]
        assert [each["record"] for each in shown] == [None, None, None, {"tried": 3, "helped": 3, "from": "here"}]
        stage.end()
        stage.start()  # what was learnt lies in the record
        stage.until_examined(2)
        assert live_through(stage, 14)["record"] == {"tried": 4, "helped": 4, "from": "here"}
        stage.say(f"{RENUMBERED} pid=15")
        stage.until(lambda: first_step(stage))
        screen = posdiag("status", "--config", str(stage.config), "--lang", "en").stdout.decode()
        stage.end()
    assert "(helped here 5 times of 5)" in " ".join(screen.split())
    steps = json.loads(posdiag("history", "--config", str(stage.config), "--json").stdout)["steps"]
    assert steps == [{"cause": "system.port_renumbered", "step": HELPS, "tried": 5, "helped": 5}]


def test_without_payments_stopped_nothing_that_interrupts_them_comes_first_whatever_helped(tmp_path: Path) -> None:
    """The order's bounds hold for what was seen here too."""
    _record(tmp_path / "state", "system.memory_exhausted", "restart_terminal", 9)
    with staged(tmp_path) as stage:
        stage.say("degraded system.memory_exhausted")
        stage.start()
        stage.until(lambda: first_step(stage))
        paying = stage.status()["remediation"]
        stage.say("outage system.memory_exhausted")
        stage.until(lambda: stage.status()["state"] == "outage")
        stopped = stage.status()["remediation"]
    assert paying[0]["id"] == "close_other_apps"
    assert stopped[0]["id"] == "restart_terminal"
    assert {each["id"]: each["record"] for each in paying}["restart_terminal"] == {"tried": 9, "helped": 9, "from": "here"}
    assert paying[-1]["id"] == stopped[-1]["id"] == "call_technician"


@pytest.mark.parametrize("damage", ["unreadable", "directory", "hostile"])
def test_a_record_that_makes_no_sense_costs_no_start_and_moves_no_step(tmp_path: Path, damage: str) -> None:
    _record(tmp_path / "state", "system.port_renumbered", HELPS, 9, how=7 if damage == "hostile" else "seen")
    path = tmp_path / "state" / "history.ndjson"
    if damage == "unreadable":
        path.write_bytes(path.read_bytes().replace(b'"kind"', b'"ki\xffd"'))
    elif damage == "directory":
        path.unlink()
        path.mkdir()
    with staged(tmp_path) as stage:
        stage.say(RENUMBERED)
        stage.start()
        stage.until(lambda: first_step(stage))
        assert stage.status()["remediation"][0]["id"] == USUAL


def _record(folder: Path, cause: str, step: str, cases: int, how: Any = "seen") -> None:
    """Incidents of a day long ago, each ended by this step."""
    folder.mkdir(mode=0o755)
    file = HistoryFile(folder)
    at, end = stamped({}), {"trace": None, "step": step, "how": how, "confidence": 0.9}
    for number in range(cases):
        name = f"I-{number}"
        file.append([opened(name, cause), ClosedEvent(incident=name, ended_at=at["at"], duration_s=9.0, ended_by=end, **at)])


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
