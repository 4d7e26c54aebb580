"""`posdiag told`: what a person may say, by whom, and what is said back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from agent.commands.failure import CommandFailed, WrongOption
from agent.commands.said import day, until
from agent.commands.telling import Ear, tell, word
from agent.contract.document import Incident
from agent.contract.event import ClosedEvent
from agent.remedy.catalogue import entry
from agent.settings.model import Settings
from agent.storage.history_file import HistoryFile
from tests.support.command_line import configured, current, environment, kept, posdiag
from tests.support.recorded import lines, opened, stamped, told

INCIDENT, EARLIER = "20260131T080000Z-0a1b2c", "20260130T080000Z-0a1b2c"
NOW = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)
CURE = "sudo usermod -aG posdiag-told"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return configured(tmp_path)


@pytest.fixture
def for_everybody() -> Iterator[Path]:
    """A folder that ordinary users may enter."""
    with tempfile.TemporaryDirectory(prefix="posdiag-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def said(config: Path, *words: str, status: int = 0, language: str = "en") -> str:
    done = posdiag("told", "--config", str(config), "--lang", language, *words)
    assert done.returncode == status, done.stderr.decode()
    return " ".join((done.stdout + done.stderr).decode().split())


def words(config: Path) -> list[dict[str, Any]]:
    return told(config.parent / "state", "told")


def recorded(config: Path) -> None:
    HistoryFile(config.parent / "state").append(
        [
            opened(EARLIER, "network.dns_unreachable"),
            ClosedEvent(incident=EARLIER, ended_at="2026-01-30T08:01:00.000Z", duration_s=60.0, **stamped({})),
            opened(INCIDENT, "network.internet_down"),
        ]
    )


def test_without_a_service_the_word_is_in_the_record_at_once(config: Path) -> None:
    recorded(config)
    assert f"(incident {INCIDENT})" in said(config, "the", "router", "got", "another", "socket")
    assert f"（故障 {INCIDENT}）" in said(config, "路由器换了插座", language="zh")
    [english, chinese] = words(config)
    assert (english["text"], chinese["text"], english["incident"]) == ("the router got another socket", "路由器换了插座", INCIDENT)
    assert not [*(config.parent / "state" / "told").iterdir()]
    state, file = (config.parent / "state").stat(), (config.parent / "state" / "history.ndjson").stat()
    assert (file.st_uid, file.st_gid, file.st_mode & 0o777) == (state.st_uid, state.st_gid, 0o640)


def test_an_earlier_incident_may_be_meant_and_one_that_there_is_not_may_not(config: Path) -> None:
    recorded(config)
    assert EARLIER in said(config, "--incident", EARLIER.lower(), "x")
    for name in ("20260101T000000Z-000000", "yesterday", "../../etc"):
        assert "There is no incident" in said(config, "--incident", name, "x", status=3)
    assert len(words(config)) == 1


def test_a_step_is_meant_by_its_number_its_id_or_its_cause_and_one_that_there_is_not_shows_those_that_there_are(config: Path) -> None:
    document = current()
    assert document.cause is not None
    incident = Incident(id=INCIDENT, opened_at="2026-01-31T08:00:00.000Z", cause=document.cause)
    ids = [each.id for each in entry(document.cause).steps]
    steps = tuple(replace(each, id=name) for each, name in zip(document.remediation, ids, strict=False))
    kept(config, current(incident=incident, remediation=steps))
    first = next(each for each in steps if each.cause == document.cause)
    for written in (
        str(first.step),
        first.id,
        f"{document.cause}:{first.id}",
        f"{str(document.cause).partition('.')[2]}:{first.id.upper()}",
    ):
        said(config, "--did", written, "--helped", "yes")
    said(config, "--did", "network.internet_down:call_isp")
    found = [(each["step"], each["helped"]) for each in words(config)]
    assert found == [(first.id, "yes")] * 4 + [("network.internet_down:call_isp", "unknown")]
    for wrong in ("99", "reboot_the_moon", "network.internet_down:nothing", "no.such:step"):
        answer = said(config, "--did", wrong, status=3)
        assert "There is no step" in answer and ("call_isp" in answer or first.id in answer), answer
    assert len(words(config)) == 5


def test_what_was_done_and_who_was_called_are_two_words_of_one_command(config: Path) -> None:
    recorded(config)
    said(
        config, "--did", "restart_modem_and_router", "--helped", "no", "--called", "ISP", "--ticket", "T-1", "--promised", "2", "they come"
    )
    did, called = words(config)
    assert (did["what"], did["helped"], did["text"]) == ("did", "no", "they come")
    in_two_days = (datetime.now().astimezone().date() + timedelta(days=2)).isoformat()
    assert (called["what"], called["who"], called["ticket"], called["promised"]) == ("called", "ISP", "T-1", in_two_days)


def test_with_nothing_said_the_screen_shows_what_may_be(config: Path) -> None:
    recorded(config)
    said(config, "--called", "ISP", "--promised", "2026-01-01")
    before = lines(config.parent / "state")
    assert "posdiag told --did 2 --helped yes" in said(config) and "restart_modem_and_router" in said(config)
    assert lines(config.parent / "state") == before


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (["--helped", "yes"], "--helped needs --did"),
        (["--ticket", "1"], "--ticket needs --called"),
        (["--promised", "tomorrow"], "--promised needs --called"),
        (["--forget", "w-00000000", "x"], "cannot be combined"),
        (["--maintenance", "2h", "--did", "1"], "cannot be combined"),
        (["--did", ""], "has nothing after it"),
        (["--called", "x" * 61], "at most 60"),
        (["x" * 401], "at most 400"),
        (["--did", "1", "--helped", "maybe"], "yes or no"),
        (["--called", "x", "--promised", "soon"], "not “soon”"),
        (["--called", "x", "--promised", "2036-01-01"], "too far"),
        (["--maintenance", "whenever"], "not “whenever”"),
        (["--maintenance", "2020-01-01T00:00"], "in the past"),
        (["--maintenance", "99d"], "at most 31 days"),
        (["--maintenance", "9999-12-31"], "not “9999-12-31”"),
        (["--maintenance", "24:30"], "not “24:30”"),
        (["--called", "\u200b\u202e"], "cannot be seen"),
        (["\u200b", "\x01"], "nothing in the text can be seen"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_is_written(config: Path, asked: list[str], answer: str) -> None:
    assert answer in said(config, *asked, status=3)
    assert not [*(config.parent / "state").iterdir()]


@pytest.mark.parametrize(
    ("asked", "hours"),
    [
        ("23:45", 0.25),
        ("23:15", 23.75),
        ("02:00", 2.5),
        ("2h", 2),
        ("90min", 1.5),
        ("1天", 24),
        ("2小时", 2),
        ("2026-03-29", 24.5),
        ("20260329", 24.5),
        ("2026/03/29", 24.5),
        ("24:00", 0.5),
        ("now", 0),
    ],
)
def test_planned_work_ends_at_a_time_on_a_day_or_after_so_long(asked: str, hours: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    assert until(asked, NOW) - NOW == timedelta(hours=hours)
    with pytest.raises(WrongOption):
        until("25:00", NOW)


@pytest.mark.parametrize(("asked", "found"), [("today", 28), ("明天", 29), ("3", 31), ("2d", 30), ("2026-03-30", 30), ("2026/03/27", 27)])
def test_a_promise_is_for_a_day_or_in_so_many(asked: str, found: int) -> None:
    assert day(asked, NOW.date()) == f"2026-03-{found}"


@pytest.mark.root
def test_who_is_not_in_the_group_is_told_how_to_get_there_and_who_is_may_say_something(for_everybody: Path) -> None:
    config = configured(for_everybody)
    state = config.parent / "state"
    said(config, "the directory is made by this")
    os.chown(state / "told", 0, 1)
    (state / "told").chmod(0o3770)
    config.chmod(0o644)

    def as_user(group: str, *more: str) -> subprocess.CompletedProcess[str]:
        user = ["setpriv", "--reuid=12345", "--regid=12345", group]
        argv = [*user, sys.executable, "-m", "agent", "told", "--config", str(config), "--lang", "en", *more]
        return subprocess.run(argv, capture_output=True, text=True, env=environment(), check=False, cwd="/")

    done = as_user("--clear-groups", "by nobody")
    assert done.returncode == 3 and CURE in " ".join(done.stderr.split())
    done = as_user("--groups=1", "by", "somebody")
    assert done.returncode == 0 and "Left for the posdiag service" in done.stdout, done.stderr
    (state / "told").chmod(0o700)
    done = as_user("--groups=1", "the group has no right there")
    assert done.returncode == 3 and "put sudo before" in done.stderr and "usermod" not in done.stderr
    (state / "told").chmod(0o3770)
    said(config, "by root, who takes in both")
    assert [each["text"] for each in words(config)][1:] == ["by somebody", "by root, who takes in both"]


@pytest.mark.root
def test_a_read_only_directory_is_told_and_nothing_is_lost_of_what_was(config: Path) -> None:
    said(config, "before")
    state = config.parent / "state"
    argv = ["unshare", "--mount", "sh", "-ec", f'mount --bind {state} {state}; mount -o remount,ro,bind {state}; exec "$@"', "sh"]
    done = subprocess.run(
        [*argv, sys.executable, "-m", "agent", "told", "--config", str(config), "--lang", "en", "x"],
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
        cwd="/",
    )
    assert done.returncode == 3 and "read-only" in done.stderr and "Traceback" not in done.stderr
    assert [each["text"] for each in words(config)] == ["before"]


def test_the_timeline_the_table_and_the_document_tell_what_was_said(config: Path) -> None:
    recorded(config)
    said(config, "--did", "restart_modem_and_router", "--helped", "yes", "=cmd|x")
    name = words(config)[0]["word"]
    screen = posdiag("history", INCIDENT, "--config", str(config), "--lang", "en").stdout.decode()
    assert name in screen and "restart_modem_and_router was done, it helped" in " ".join(screen.split())
    document = json.loads(posdiag("history", "--json", "--config", str(config)).stdout)
    assert document["incidents"][1]["told"][0]["step"] == "restart_modem_and_router"
    table = posdiag("history", "--csv", "--config", str(config)).stdout.decode()
    assert "did restart_modem_and_router yes" in table and "told" in table.splitlines()[0]


@pytest.mark.parametrize(
    ("language", "until", "promised"), [("en", "Planned work until: ", "Promised for: "), ("zh", "维护到：", "答应的日期：")]
)
def test_what_was_understood_is_said_back(config: Path, language: str, until: str, promised: str) -> None:
    recorded(config)
    end = (datetime.now().astimezone() + timedelta(hours=2)).strftime("%m-%d ")
    assert f"{until}{end}" in said(config, "--maintenance", "2h", language=language)
    day = (datetime.now().astimezone().date() + timedelta(days=3)).isoformat()
    assert f"{promised}{day}" in said(config, "--called", "ISP", "--promised", "3", language=language)


def test_what_was_only_written_otherwise_is_not_called_masked(config: Path) -> None:
    assert "Written as: a b" in (answer := said(config, "a\u200b\u202e  b")) and "masked" not in answer
    assert "Numbers that may not be kept were masked" in said(config, "card 4111 1111 1111 1111")


def test_a_number_that_is_on_the_screen_no_more_is_not_guessed(config: Path) -> None:
    recorded(config)
    answer = said(config, "--did", "2", status=3)
    assert "No step has a number on the screen now" in answer and "restart_modem_and_router" in answer
    assert not words(config)


def test_nothing_is_called_noted_that_the_service_would_throw_away(tmp_path: Path) -> None:
    for nothing in (word("called", who="\u200b"), word("date", name="\u202e"), word("did", step="No Step")):
        with pytest.raises(CommandFailed):
            tell(Ear(tmp_path, Settings()), [word("note", text="before"), nothing])
    assert not [*tmp_path.glob("told/*")] and not (tmp_path / "history.ndjson").exists()
