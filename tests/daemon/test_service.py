"""The daemon as a process: what it writes when, how it ends, and what it does when it cannot write."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from agent.contract.times import parse
from agent.daemon.examiner import MOST_HANGING
from agent.diagnosis.model import State
from agent.examination.result import Examination
from agent.settings.load import load
from agent.storage.status_file import Flaw, read
from probes.ground.clock import Clock
from tests.support.clocks import SetClock
from tests.support.patience import PATIENCE_S, until
from tests.support.staged import Stage, cycle_of, diagnosis, examination, staged

CABLE = "outage operator.cable_unplugged"
DNS = "outage network.dns_unreachable"
LIMIT, FOR_EVER = "2", "86400"  # seconds that an examination may take


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path) as made:
        yield made


def test_an_outage_is_confirmed_both_ways_and_logged_once_each(stage: Stage) -> None:
    stage.start()
    stage.until(lambda: stage.status().get("state") == "ok")
    stage.say(CABLE)
    stage.until(lambda: stage.status()["state"] == "outage")
    outage = stage.status()
    assert (outage["can_pay"], outage["category"], outage["cause"]) == ("no", "operator", "operator.cable_unplugged")
    assert outage["incident"]["cause"] == "operator.cable_unplugged"
    assert outage["incident"]["opened_at"] == outage["since"] <= outage["generated_at"]
    stage.until_examined(3)
    assert stage.status()["since"] == outage["since"]
    assert stage.status()["incident"] == outage["incident"]
    stage.say("ok")
    stage.until(lambda: stage.status()["state"] == "ok")
    assert stage.status()["incident"] is None
    stage.until_examined(3)
    assert stage.end() == ""
    assert stage.told() == ["ok", "outage", "ok"]
    assert stage.process is not None
    assert stage.process.returncode == 0


def test_until_it_is_confirmed_a_change_is_pending_and_soon_looked_at_again(tmp_path: Path) -> None:
    with staged(tmp_path, interval_s=4, retry_s=1, confirm=3) as stage:
        stage.start()
        stage.until(lambda: stage.status().get("state") == "ok")
        stage.say(DNS)
        documents: list[dict[str, Any]] = [stage.status()]

        def confirmed() -> bool:
            if documents[-1] != (document := stage.status()):
                documents.append(document)
            return bool(document["state"] == "outage")

        stage.until(confirmed)
        pending = [document for document in documents if document["pending"]]
        seen = pending[0]
        assert (seen["state"], seen["can_pay"], seen["cause"], seen["causes"], seen["incident"]) == ("ok", "yes", None, [], None)
        assert seen["pending"] == {"state": "outage", "cause": "network.dns_unreachable", "count": 1}
        assert "link:eth0" in [check["id"] for check in seen["checks"]]
        planned = [(parse(each["next_check_at"]) or 0) - (parse(each["generated_at"]) or 0) for each in pending]
        assert max(planned) < 1.51, "two more looks are planned well before the next full cycle"
        assert [each["pending"]["count"] for each in pending] == [1, 2]
        assert documents[-1]["pending"] is None
        stage.end()


def test_the_document_counts_on_and_stays_until_the_first_verdict(stage: Stage) -> None:
    stage.start()
    stage.until(lambda: stage.status().get("sequence", 0) >= 2)
    stage.end()
    last = stage.status()
    stage.say("hang")
    began = stage.examined
    stage.start()
    stage.until(lambda: stage.examined > began)
    assert stage.status() == last
    stage.end()
    stage.say(CABLE)
    stage.start()
    stage.until(lambda: stage.status() != last)
    assert stage.status()["sequence"] == last["sequence"] + 1
    assert stage.status()["state"] == "outage", "after a start the first verdict counts at once"
    stage.end()


def test_an_incident_goes_on_over_a_restart_without_another_entry(stage: Stage) -> None:
    stage.say(CABLE)
    stage.start()
    stage.until(lambda: stage.status().get("incident"))
    stage.end()
    before = stage.status()
    stage.start()
    stage.until(lambda: stage.status()["sequence"] > before["sequence"])
    stage.end()
    after = stage.status()
    assert (after["incident"], after["since"], after["causes"][0]["since"]) == (
        before["incident"],
        before["since"],
        before["causes"][0]["since"],
    )
    assert len(stage.entries()) == 1


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("before", [None, CABLE])
def test_it_ends_though_an_examination_hangs(stage: Stage, ending: signal.Signals, before: str | None) -> None:
    """For ever, as far as the daemon knows: that it waits for nothing of the kind is how it ends at all."""
    if before:
        stage.say(before)
    else:
        stage.say("hang")
    process = stage.start(FOR_EVER)
    if before:
        stage.until(lambda: stage.status().get("state") == "outage")
        stage.say("hang")
        stage.until_examined(1)
    else:
        stage.until(lambda: stage.examined)
    process.send_signal(ending)
    assert process.wait(PATIENCE_S) == 0
    assert process.communicate()[1] == ""
    assert stage.status().get("state") == ("outage" if before else None)


def test_an_examination_that_hangs_or_crashes_becomes_unknown_and_the_next_one_comes(stage: Stage) -> None:
    stage.start(LIMIT)
    stage.until(lambda: stage.status().get("state") == "ok")
    stage.say("crash no luck \x1b[2Jtoday")
    stage.until(lambda: stage.status()["state"] == "unknown")
    check = stage.status()["checks"][0]
    assert (check["id"], check["outcome"], check["symptom"]) == ("system:examination", "unknown", "crashed")
    assert "no luck" in check["facts"]["text"]
    stage.until_examined(3)
    stage.say("ok")
    stage.until(lambda: stage.status()["state"] == "ok")
    stage.say("hang")
    stage.until(lambda: (stage.status()["pending"] or {}).get("state") == "unknown")
    assert stage.status()["checks"][0]["symptom"] == "hung"
    stage.say("ok")
    stage.until(lambda: not stage.status()["pending"])
    stage.until_examined(2)  # the cycle that found it well again has said so
    said = stage.end().splitlines()
    assert [("a fault of its own" in line, "works again" in line) for line in said] == [(True, False), (False, True)] * 2, said
    assert "\x1b" not in "".join(said) + stage.log()
    assert "Traceback" not in "".join(said)


def test_validity_is_three_times_the_way_to_the_next_write_and_heartbeats_keep_it(tmp_path: Path) -> None:
    with staged(tmp_path, interval_s=3600, heartbeat_s=1) as stage:
        stage.start()
        stage.until(lambda: stage.status().get("sequence") == 1)
        first = stage.status()
        stage.until(lambda: stage.status()["sequence"] == 3)
        later = stage.status()
        generated, valid = parse(later["generated_at"]), parse(later["valid_until"])
        assert generated is not None
        assert valid is not None
        assert valid - generated == pytest.approx(3, abs=0.01)
        assert later["checks"] == first["checks"]
        assert generated > (parse(first["generated_at"]) or generated)
        planned, then = (parse(each["next_check_at"]) or 0 for each in (first, later))
        assert planned == pytest.approx(then, abs=1)
        assert stage.examined == 1
        stage.end()


def test_a_verdict_is_not_kept_alive_while_examinations_hang(stage: Stage) -> None:
    stage.start(LIMIT)
    stage.until(lambda: stage.status().get("state") == "ok")
    stage.say("hang")
    before = stage.examined
    stage.until(lambda: stage.status()["state"] == "unknown")
    stage.until(lambda: "still hang" in stage.status()["checks"][0]["facts"]["text"])
    begun = stage.examined
    stage.until(lambda: stage.status()["generated_at"] > stage.status()["checks"][0]["observed_at"])
    assert stage.examined == begun <= before + MOST_HANGING, "examinations that hang do not pile up"
    stage.end()


@pytest.mark.parametrize(("word", "code"), [("ok", 0), ("degraded network.slow", 1), (CABLE, 2), ("unknown", 3), ("crash", 3)])
def test_once_writes_the_files_and_tells_the_state(stage: Stage, word: str, code: int) -> None:
    stage.say(word)
    assert stage.start("--once").wait(PATIENCE_S) == code
    assert stage.status()["sequence"] == 1
    assert len(stage.entries()) == 1
    assert stage.start("--once").wait(PATIENCE_S) == code
    assert stage.status()["sequence"] == 2
    assert len(stage.entries()) == 1


def test_once_ends_at_a_signal(stage: Stage) -> None:
    stage.say("hang")
    process = stage.start("--once", FOR_EVER)
    stage.until(lambda: stage.examined)
    process.terminate()
    assert process.wait(PATIENCE_S) == 0


def test_what_examinations_remember_is_kept(stage: Stage) -> None:
    stage.start()
    stage.until(lambda: (stage.state_dir / "memory.json").exists())
    stage.until_examined(2)
    before = (stage.state_dir / "memory.json").stat().st_mtime_ns
    stage.until_examined(2)
    assert (stage.state_dir / "memory.json").stat().st_mtime_ns == before, "written only when it changes"
    stage.end()


def test_heartbeats_stop_where_cycles_have(tmp_path: Path) -> None:
    stage = Stage(tmp_path, heartbeat_s=1)
    loaded = load(str(stage.config))

    def examine(*_: object, **__: object) -> Examination:
        return examination(diagnosis(State.OK))

    cycle = cycle_of(loaded, examine, Clock(), remaining_s=1.5, sooner=lambda _: None, limit_s=0.2)
    cycle.examine_once()
    assert cycle.wait(PATIENCE_S)

    def expired() -> bool:
        cycle.renew()
        return read(stage.state_dir / "status.json", now=time.time(), boot_id="").flaw is Flaw.EXPIRED

    until(expired)
    assert cycle.wait(PATIENCE_S)
    assert stage.status()["sequence"] > 1


def test_a_fault_while_the_document_is_renewed_is_said_and_ends_nothing(tmp_path: Path) -> None:
    """The daemon's main thread renews it. An examination without a duration stands for a fault of the agent in what makes the document."""
    loaded, clock = load(str(Stage(tmp_path, heartbeat_s=1).config)), SetClock(0.0)
    found = examination(diagnosis(State.OK))
    faulty = replace(found, took_ms=None)
    seen = [found, faulty, found]
    cycle = cycle_of(loaded, lambda *_, **__: seen.pop(0), clock, remaining_s=60.0, sooner=lambda _: None)
    cycle.examine_once()
    cycle.examine_once()
    clock.now += 60
    cycle.renew()
    assert "a fault of its own" in cycle.health.text
    cycle.examine_once()
    assert cycle.wait(PATIENCE_S)
    assert cycle.health.text == "ok: can take payments"


def test_an_orderly_stop_marks_the_document(tmp_path: Path) -> None:
    with staged(tmp_path) as stage:
        stage.start()
        stage.until(lambda: stage.status().get("state") == "ok")
        stage.end()
        document = stage.status()
    assert document["stopped"] is True
    reading = read(stage.status_file, now=time.time(), boot_id="")
    assert reading.flaw is Flaw.STOPPED and reading.text is not None and "was stopped at" in reading.text.en


def test_a_state_goes_on_over_a_restart(tmp_path: Path) -> None:
    with staged(tmp_path) as stage:
        stage.start()
        stage.until(lambda: stage.status().get("state") == "ok")
        since = stage.status()["since"]
        stage.end()
        stage.start()
        stage.until(lambda: not stage.status().get("stopped"))
        assert stage.status()["since"] == since
        stage.end()
