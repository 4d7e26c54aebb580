"""What people say to a real daemon: taken in soon, once, in order, about the right incident, whatever lies beside it, whoever is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.daemon.listener import REFUSED
from agent.storage.told_spool import Spool
from tests.support.mounts import mounted
from tests.support.patience import until
from tests.support.recorded import in_order, lines, told
from tests.support.staged import ROOT, Stage, staged

CABLE, DNS = "outage operator.cable_unplugged", "outage network.dns_unreachable"
KILLED = """
import os, signal, sys
from agent.__main__ import main
from agent.storage.told_spool import Spool
Spool.remove = lambda spool, file: os.kill(os.getpid(), signal.SIGKILL)
sys.argv = ["posdiag", *sys.argv[1:]]
main()
"""


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path) as made:
        yield made


def say(stage: Stage, *words: str, program: tuple[str, ...] = ("-m", "agent"), status: int = 0) -> str:
    argv = [sys.executable, *program, "told", "--config", str(stage.config), *words]
    done = subprocess.run(argv, cwd=ROOT, env={**os.environ, "PYTHONUTF8": "1"}, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stderr
    return done.stdout + done.stderr


def laid(stage: Stage, content: bytes, name: str = "w-0badc0de.json") -> Path:
    draft = stage.base / "draft"
    draft.write_bytes(content)
    draft.chmod(0o640)
    return draft.rename(stage.state_dir / "told" / name)


def raw(**more: Any) -> bytes:
    return json.dumps({"schema": "posdiag.word/1", "word": "w-0badc0de", "what": "note", "text": "by hand"} | more).encode()


def history(stage: Stage, *words: str) -> Any:
    argv = [sys.executable, "-m", "agent", "history", "--config", str(stage.config), "--json", *words]
    return json.loads(subprocess.run(argv, cwd=ROOT, capture_output=True, check=True).stdout)


def test_a_word_is_about_the_open_incident_or_else_the_last(stage: Stage) -> None:
    stage.start()
    stage.say(CABLE)
    stage.until(lambda: stage.status().get("incident"))
    incident = stage.status()["incident"]["id"]
    assert incident in say(stage, "--did", "2", "--helped", "yes", "the plug was half out")
    stage.until(lambda: told(stage.state_dir, "told"))
    stage.say("ok")
    stage.until(lambda: told(stage.state_dir, "closed"))
    say(stage, "how it was: 卡号 4111 1111 1111 1111")
    stage.until(lambda: len(told(stage.state_dir, "told")) == 2)
    assert stage.end() == ""
    assert in_order(lines(stage.state_dir))
    assert [each["incident"] for each in told(stage.state_dir, "told")] == [incident, incident]
    [closed] = told(stage.state_dir, "closed")
    step = told(stage.state_dir, "told")[0]["step"]
    assert (closed["ended_by"]["how"], closed["ended_by"]["step"], closed["ended_by"]["confidence"]) == ("told", step, 1.0)
    [past] = history(stage)["incidents"]
    assert past["ended_by"]["how"] == "told" and [each["text"] for each in past["told"]] == [
        "the plug was half out",
        "how it was: 卡号 ************1111",
    ]
    assert b"4111111111111" not in b"".join(each.read_bytes() for each in stage.state_dir.rglob("*") if each.is_file())


def test_a_promise_whose_day_has_passed_is_told_until_the_call_is_answered(stage: Stage) -> None:
    stage.start()
    stage.say(DNS)
    stage.until(lambda: stage.status().get("incident"))
    say(stage, "--called", "ISP", "--ticket", "T-1", "--promised", "2026-01-01")
    stage.until(lambda: stage.status().get("promises"))
    [promise] = stage.status()["promises"]
    assert promise["passed"] and "T-1" in promise["summary"]["en"] and "T-1" in promise["summary"]["zh"]
    screen = subprocess.run(
        [sys.executable, "-m", "agent", "status", "--config", str(stage.config)], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout
    assert "ISP promised it for 2026-01-01" in " ".join(screen.split())
    stage.end()
    stage.start()
    stage.until(lambda: stage.status().get("promises"))
    say(stage, "--called", "ISP", "--ticket", "t-1", "they came")
    stage.until(lambda: not stage.status().get("promises"))
    assert stage.end() == ""


def test_planned_work_stands_in_the_status_until_it_is_over(stage: Stage) -> None:
    stage.start()
    stage.until(lambda: stage.status().get("state"))
    say(stage, "--maintenance", "2h", "new router")
    stage.until(lambda: stage.status().get("planned_work"))
    assert stage.status()["planned_work"]["text"] == "new router"
    say(stage, "--maintenance", "now")
    stage.until(lambda: not stage.status().get("planned_work"))
    assert stage.end() == ""
    assert [each["incident"] for each in told(stage.state_dir, "told")] == ["", ""]


def test_what_is_no_word_is_left_out_said_once_and_holds_up_nothing(stage: Stage, tmp_path: Path) -> None:
    stage.start()
    spool = stage.state_dir / "told"
    stage.until(lambda: spool.is_dir() and stage.status().get("state"))
    secret = tmp_path / "secret"
    secret.write_bytes(raw(text="secret"))
    (spool / "a").symlink_to(secret)
    (spool / "b").hardlink_to(secret)
    os.mkfifo(spool / "c")
    for number in range(3):
        laid(stage, b"\xff" * 100, f"d{number}")
    laid(stage, raw(word="../../x"), "e")
    laid(stage, raw(what="did", step="$(reboot)"), "f")
    laid(stage, raw(text="x" * 500), "g")
    laid(stage, raw(text="card 4111 1111 1111 1111\u202e\n\x1b[2J end", running_s=1e9), "h")
    stage.until(lambda: told(stage.state_dir, "told") and not [*spool.iterdir()])
    errors = stage.end()
    assert errors.count("is left out") == errors.count("\n") <= 4, errors
    [kept] = told(stage.state_dir, "told")
    assert kept["text"] == "card ************1111 [2J end"
    assert secret.exists()


def test_killed_between_the_record_and_the_removal_a_word_is_told_once(stage: Stage) -> None:
    stage.state_dir.mkdir()
    for number in range(3):
        say(stage, f"word {number}", program=("-c", KILLED), status=-signal.SIGKILL)
        assert len([*(stage.state_dir / "told").iterdir()]) == 1 + number
    stage.start()
    stage.until(lambda: not [*(stage.state_dir / "told").iterdir()])
    assert stage.end() == ""
    assert [each["text"] for each in told(stage.state_dir, "told")] == ["word 0", "word 1", "word 2"]
    assert in_order(lines(stage.state_dir))


@pytest.mark.root
def test_a_word_waits_where_it_lies_while_the_record_cannot_be_written(stage: Stage) -> None:
    with mounted(stage.state_dir, "-t", "tmpfs", "-o", "size=256k,mode=755", "tmpfs"):
        stage.start()
        stage.until(lambda: stage.status().get("state"))
        say(stage, "before")
        stage.until(lambda: told(stage.state_dir, "told"))
        laid_first = laid_beside(stage, "w-00000001", "while it was full")
        filler = stage.state_dir / "filler"
        fill(filler)
        laid_first()
        stage.until_examined(3)
        assert len(told(stage.state_dir, "told")) <= 2
        filler.unlink()
        stage.until(lambda: len(told(stage.state_dir, "told")) == 2 and not [*(stage.state_dir / "told").iterdir()])
        stage.end()
        assert [each["text"] for each in told(stage.state_dir, "told")] == ["before", "while it was full"]


def laid_beside(stage: Stage, name: str, text: str) -> Any:
    """A file that takes its room before the disk is full, and its name afterwards."""
    draft = stage.state_dir / "told" / f".{os.getpid()}.00000000.tmp"
    draft.write_bytes(raw(word=name, text=text))
    draft.chmod(0o640)
    return lambda: draft.rename(draft.with_name(f"{name}.json"))


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 4096)
        except OSError:
            return


def test_a_word_that_was_said_while_nobody_listened_keeps_its_time_and_its_order(stage: Stage) -> None:
    stage.start()
    stage.say(CABLE)
    stage.until(lambda: stage.status().get("incident"))
    incident = stage.status()["incident"]["id"]
    stage.end()
    boot, at = "00000000-1111-2222-3333-444444444444", "2026-01-02T03:04:05.000Z"
    laid(stage, raw(word="w-00000002", text="second", at="2026-01-02T03:04:06.000Z", boot_id=boot, running_s=6.0), "a.json")
    laid(stage, raw(word="w-00000001", text="first", at=at, boot_id=boot, running_s=5.0), "b.json")
    laid(stage, raw(word="w-00000003", text="of tomorrow", at="2099-01-01T00:00:00.000Z", boot_id=boot), "c.json")
    stage.start()
    stage.until(lambda: len(told(stage.state_dir, "told")) == 3)
    stage.end()
    first, second, third = told(stage.state_dir, "told")
    assert (first["text"], first["at"], first["boot_id"]) == ("first", at, boot) and second["text"] == "second"
    assert third["text"] == "of tomorrow" and third["at"] < "2099"
    assert {each["incident"] for each in (first, second, third)} == {incident}


def test_what_is_forgotten_is_gone_from_record_and_directory_and_counts_no_more(stage: Stage) -> None:
    stage.start()
    stage.say(DNS)
    stage.until(lambda: stage.status().get("incident"))
    say(stage, "--called", "Wang Li", "--promised", "2026-01-01", "Wang Li at home")
    stage.until(lambda: stage.status().get("promises"))
    name = stage.status()["promises"][0]["word"]
    before = lines(stage.state_dir)
    say(stage, "--forget", name)
    stage.until(lambda: not stage.status().get("promises"))
    assert stage.end() == ""
    after = lines(stage.state_dir)
    assert b"Wang" not in b"".join(each.read_bytes() for each in stage.state_dir.rglob("*") if each.is_file())
    assert [each for each in after[: len(before)] if each["kind"] != "told"] == [each for each in before if each["kind"] != "told"]
    assert in_order(after) and [each["what"] for each in after if each["kind"] == "told"] == ["forgotten"]
    assert "Nothing that was said is called" in say(stage, "--forget", name, status=3)


def test_two_words_of_two_at_once_are_both_told_once(stage: Stage) -> None:
    """With no daemon each command is its own; one that finds the other at work waits for it."""
    stage.state_dir.mkdir()
    argv = [sys.executable, "-m", "agent", "told", "--config", str(stage.config)]
    both = [subprocess.Popen([*argv, f"word {number}"], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for number in range(6)]
    for each in both:
        assert each.wait() == 0, each.communicate()
    until(lambda: len(told(stage.state_dir, "told")) == 6, lambda: str(lines(stage.state_dir)))
    assert in_order(lines(stage.state_dir))
    assert sorted(each["text"] for each in told(stage.state_dir, "told")) == [f"word {number}" for number in range(6)]


def test_a_flood_is_taken_in_up_to_a_limit_and_the_rest_tells_the_person(stage: Stage) -> None:
    stage.start()
    spool = stage.state_dir / "told"
    stage.until(lambda: spool.is_dir() and stage.status().get("state"))
    for number in range(230):
        laid(stage, raw(word=f"w-{number:08x}", running_s=float(number)), f"w-{number:08x}.json")
    stage.until(lambda: len(told(stage.state_dir, "told")) >= 100)
    stage.until_examined(4)
    assert len(told(stage.state_dir, "told")) <= 102
    assert "is full" in " ".join(say(stage, "one more", status=3).split())
    assert stage.end() == ""
    assert in_order(lines(stage.state_dir))


def test_run_once_takes_in_what_waits(stage: Stage) -> None:
    stage.start()
    stage.until(lambda: (stage.state_dir / "told").is_dir() and stage.status().get("state"))
    stage.end()
    laid(stage, raw(what="maintenance", until="2099-01-01T00:00:00Z"))
    process = stage.start("--once")
    process.wait()
    assert [each["what"] for each in told(stage.state_dir, "told")] == ["maintenance"]
    assert stage.status()["planned_work"]["until"] == "2099-01-01T00:00:00Z"


def test_what_is_no_word_is_told_in_both_languages(tmp_path: Path) -> None:
    folder = tmp_path / "told"
    Spool(tmp_path).make()
    for name in ("large", "open", "one"):
        (folder / name).write_bytes(b"x" * (5000 if name == "large" else 5))
        (folder / name).chmod(0o666 if name == "open" else 0o600)
    os.mkfifo(folder / "pipe")
    os.link(folder / "one", folder / "two")
    reasons = {each.why for each in Spool(tmp_path).waiting()[1]}
    assert len(reasons) == 4 and reasons | {"damaged"} == set(REFUSED)
