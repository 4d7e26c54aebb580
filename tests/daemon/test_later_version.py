"""A daemon that goes on from a document of a later version: an update that was taken back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from agent.contract.times import parse
from agent.daemon import cause_starts
from agent.daemon.confirm import Verdict
from agent.daemon.incident import follow
from agent.diagnosis.causes import Cause
from agent.diagnosis.model import State
from agent.outputs.error_stream import ErrorStream
from agent.outputs.file_troubles import FileTroubles
from agent.outputs.notifier import Notifier
from agent.outputs.status_file import StatusFile
from agent.settings.model import AgentSettings, Language
from agent.storage.status_file import StatusReading, read
from probes.ground.clock import Clock
from tests.support.documents import LATER_VERSION
from tests.support.staged import diagnosis

PLAIN: dict[str, Any] = json.loads(LATER_VERSION)
BOOT: str = PLAIN["boot_id"]
GENERATED = parse(PLAIN["generated_at"]) or 0.0
BEGAN = parse(PLAIN["since"]) or 0.0


def reading(tmp_path: Path, *, later_s: float = 1.0) -> StatusReading:
    path = tmp_path / "status.json"
    path.write_bytes(LATER_VERSION)
    return read(path, now=GENERATED + later_s, boot_id=BOOT)


def test_since_and_incident_go_on_and_the_change_of_cause_is_news(tmp_path: Path) -> None:
    past = cause_starts.past_of(reading(tmp_path), GENERATED + 1)
    assert past.sequence == 4711
    assert past.since == BEGAN
    assert past.causes[Cause.foreign("network.cell_barred"), "wwan0"] == BEGAN
    assert past.incident is not None and past.incident.changes_before[0]["from"] == 12
    seen = Verdict(diagnosis=diagnosis(State.OUTAGE, Cause.CABLE_UNPLUGGED), checks=(), at=GENERATED + 1)
    standing = cause_starts.resume(seen, past)
    assert (standing.since, standing.changed, standing.before) == (BEGAN, True, past.announced)
    incident = follow(past.incident, seen.diagnosis, since=standing.since, mark="new")
    assert incident is not None
    assert (incident.id, incident.cause, incident.changes_before) == (
        past.incident.id, Cause.CABLE_UNPLUGGED, past.incident.changes_before
    )  # fmt: skip
    assert cause_starts.enter(past.causes, standing, seen) == {(Cause.CABLE_UNPLUGGED, "eth0"): GENERATED + 1}


def test_a_stale_one_still_tells_the_incident(tmp_path: Path) -> None:
    past = cause_starts.past_of(reading(tmp_path, later_s=1000), GENERATED + 1000)
    assert (past.since, past.causes, past.sequence) == (None, {}, 4711)
    assert past.incident is not None and past.incident.cause == "network.cell_barred"


def test_laid_into_memory_it_loses_nothing(tmp_path: Path) -> None:
    state, memory = tmp_path / "state", tmp_path / "memory"
    state.mkdir()
    (state / "last-status.json").write_bytes(LATER_VERSION)
    agent = AgentSettings(state_dir=str(state), status_dir=str(memory), log_dir=str(state))
    files = FileTroubles(Notifier(Language.EN, ErrorStream(Language.EN)), Clock())
    last = StatusFile(agent, files).last(GENERATED + 1, BOOT)
    assert last.status is not None
    assert json.loads((memory / "status.json").read_bytes()) == PLAIN | {"sequence": last.status.sequence}
