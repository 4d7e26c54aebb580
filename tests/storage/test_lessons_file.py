"""The fleet's lessons: read where nobody else can have written them, and again when they change."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from agent.contract.experience import Tally
from agent.contract.lessons import SIZE_LIMIT
from agent.diagnosis.causes import Cause
from agent.settings.model import AgentSettings, Settings, TerminalSettings
from agent.storage.lessons_file import LessonsFile

CABLE = Cause.CABLE_UNPLUGGED


def lesson(step: str, tried: int, helped: int, cause: str = CABLE.value, **where: str) -> dict[str, Any]:
    return {"cause": cause, "step": step, "tried": tried, "helped": helped, **({"where": where} if where else {})}


def written(path: Path, *lessons: dict[str, Any], schema: str = "posdiag.lessons/1", **more: Any) -> None:
    path.write_text(json.dumps({"schema": schema, "steps": lessons, **more}), "utf-8")
    path.chmod(0o644)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lessons.json"


def of(path: Path, **labels: str) -> LessonsFile:
    """On a machine that says of itself what lies below the directory."""
    terminal = TerminalSettings(store="S-1", labels=labels)
    return LessonsFile(Settings(terminal=terminal, agent=AgentSettings(state_dir=str(path.parent), lessons=str(path))), root=path.parent)


def why(file: LessonsFile) -> str:
    assert file.read() == {}
    assert file.trouble is not None
    return file.trouble.en


def test_none_is_no_trouble(path: Path) -> None:
    file = of(path)
    assert (file.read(), file.trouble) == ({}, None)


def test_the_group_of_a_model_is_that_of_the_machine_itself_unless_a_label_says_another(path: Path) -> None:
    """As status documents and summaries name it, of which the lessons are made."""
    (path.parent / "proc/device-tree").mkdir(parents=True)
    (path.parent / "proc/device-tree/model").write_bytes(b"A920\0")
    written(path, lesson("plug_cable", 9, 4, model="A920"), lesson("replace_cable", 9, 4, model="X5"))
    assert of(path).read() == {CABLE: {"plug_cable": Tally(9, 4)}}
    assert of(path, model="X5").read() == {CABLE: {"replace_cable": Tally(9, 4)}}


def test_numbers_by_cause_and_step_and_keys_of_a_later_version(path: Path) -> None:
    later = lesson("x", 5, 1, "network.eaten_by_mice")
    written(
        path, lesson("plug_cable", 9, 4) | {"new": 1}, lesson("replace_cable", 0, 0), later, causes=[], generated_at="2026-01-31T08:00:00Z"
    )
    file = of(path)
    assert file.read() == {CABLE: {"plug_cable": Tally(9, 4)}}
    assert file.trouble is None


def test_a_terminal_takes_the_narrowest_group_that_it_belongs_to_cause_by_cause(path: Path) -> None:
    written(
        path,
        lesson("plug_cable", 100, 50),
        lesson("plug_cable", 30, 20, model="A920"),
        lesson("plug_cable", 10, 9, model="A920", region="south"),
        lesson("plug_cable", 7, 1, store="S-2"),
        lesson("restart_router", 5, 5, "network.router_unreachable"),
    )
    told = [of(path, **labels).read() for labels in ({}, {"model": "A920"}, {"model": "A920", "region": "south"})]
    assert [each[CABLE]["plug_cable"] for each in told] == [Tally(100, 50), Tally(30, 20), Tally(10, 9)]
    assert all(each[Cause.ROUTER_UNREACHABLE] == {"restart_router": Tally(5, 5)} for each in told)


def test_a_change_is_seen_and_so_is_its_end(path: Path) -> None:
    file = of(path)
    written(path, lesson("plug_cable", 3, 1))
    assert file.read()[CABLE] == {"plug_cable": Tally(3, 1)}
    path.write_text("{")
    assert "damaged" in why(file)
    assert "damaged" in why(file)
    written(path, lesson("plug_cable", 4, 2))
    assert file.read()[CABLE] == {"plug_cable": Tally(4, 2)}
    assert file.trouble is None
    path.unlink()
    assert (file.read(), file.trouble) == ({}, None)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"schema": "posdiag.lessons/2", "steps": []}',
        b'{"schema": "posdiag.lessons/1", "steps": [{"cause": "network.slow", "step": "x", "tried": 1, "helped": 2}]}',
        b'{"schema": "posdiag.lessons/1", "steps": [{"cause": "network.slow", "step": "x", "tried": -1, "helped": -1}]}',
        b'{"schema": "posdiag.lessons/1", "steps": [{"cause": "network.slow", "step": "x", "tried": 1.5, "helped": 1}]}',
        b'{"schema": "posdiag.lessons/1", "steps": [{"cause": "network.slow", "tried": 1, "helped": 1}]}',
    ],
)
def test_a_damaged_one_is_ignored_whole_and_said(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    path.chmod(0o644)
    said = why(of(path))
    assert "damaged" in said and str(path) in said
    assert said.isprintable()


def test_at_most_256_kib(path: Path) -> None:
    written(path, lesson("plug_cable", 1, 1))
    body = path.read_bytes()
    path.write_bytes(body + b" " * (SIZE_LIMIT - len(body)))
    assert of(path).read()
    path.write_bytes(body + b" " * (SIZE_LIMIT + 1 - len(body)))
    assert "larger than 256 KiB" in why(of(path))


def test_one_that_anybody_may_write_is_left_alone(path: Path) -> None:
    written(path, lesson("plug_cable", 1, 1))
    path.chmod(0o666)
    assert "another user can write it" in why(of(path))


@pytest.mark.root
def test_one_of_another_user_is_left_alone_but_the_services(path: Path) -> None:
    written(path, lesson("plug_cable", 1, 1))
    os.chown(path, 12345, 12345)
    assert "another user can write it" in why(of(path))
    os.chown(path.parent, 12345, 12345)  # the state directory: it is the service
    assert of(path).read()


def test_what_is_no_plain_file_is_not_waited_for(path: Path) -> None:
    os.mkfifo(path)
    assert "no plain file" in why(of(path))
    path.unlink()
    path.mkdir()
    assert of(path).read() == {}


def test_a_link_counts_as_what_it_leads_to(path: Path) -> None:
    written(path.with_name("real.json"), lesson("plug_cable", 1, 1))
    path.symlink_to("real.json")
    assert of(path).read()
