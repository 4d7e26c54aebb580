"""The page kept for a back-office screen: written by a child on change, at most once a minute, and renewed while nothing changes."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from agent.contract.document import Status
from agent.outputs import page as kept
from agent.outputs.error_stream import ErrorStream
from agent.outputs.file_troubles import FileTroubles
from agent.outputs.line import Line
from agent.outputs.notifier import Notifier
from agent.outputs.page import APART_S, COUNTS_S, FILE, RENEWED_S, KeptPage, PageNotMade
from agent.outputs.registry import TABLE
from agent.outputs.seam import Context
from agent.settings.model import AgentSettings, Language, Settings
from probes.ground.bilingual import same
from tests.support.browser import complaints
from tests.support.clocks import SetClock
from tests.support.documents import broken_names
from tests.support.patience import PATIENCE_S


class Kept:
    """A page of a service whose clock the test sets."""

    def __init__(self, folder: Path) -> None:
        self.clock = SetClock()
        settings = Settings(agent=AgentSettings(state_dir=str(folder / "state"), page_dir=str(folder / "page")))
        errors = self.errors = ErrorStream(Language.EN)
        notifier = Notifier(Language.EN, errors)
        files = FileTroubles(notifier, self.clock)
        (output,) = kept.make(settings, Context(files=files, errors=errors, clock=self.clock, notifier=notifier, line=Line()))
        assert isinstance(output, KeptPage)
        self.output = output
        self.file = folder / "page" / FILE

    def told(self, status: Status) -> int | None:
        """Which file stands there afterwards: another one has another number."""
        self.output.document(status)
        return self.file.stat().st_ino if self.file.exists() else None


def test_without_a_place_for_it_there_is_none() -> None:
    assert kept.make in TABLE
    context = Context(files=None, errors=None, clock=SetClock(), notifier=None, line=None)  # type: ignore[arg-type]
    assert kept.make(Settings(), context) == []


def test_it_is_written_on_change_at_most_once_a_minute_and_renewed(tmp_path: Path) -> None:
    page, status = Kept(tmp_path), broken_names()
    first = page.told(status)
    assert first is not None and complaints(page.file.read_bytes()) == ""
    other = replace(status, causes=tuple(replace(cause, summary=same("changed")) for cause in status.causes))
    page.clock.now += APART_S - 1
    assert page.told(other) == first
    page.clock.now += 1
    second = page.told(other)
    assert second != first and "changed" in page.file.read_text("utf-8")
    page.clock.now += RENEWED_S - 1
    later = replace(other, sequence=9, generated_at="2026-01-31T08:09:59.000Z")
    assert page.told(later) == second
    page.clock.now += 1
    assert page.told(later) != second


def test_it_says_until_when_it_counts_as_a_page(tmp_path: Path) -> None:
    page = Kept(tmp_path)
    page.told(replace(broken_names(), generated_at="2026-01-31T08:00:00.000Z"))
    assert COUNTS_S == 1200
    assert re.search(r"有效到 2026 年 1 月 31 日 \d\d:20", page.file.read_text("utf-8"))


def test_a_child_that_fails_is_said_and_the_old_page_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = Kept(tmp_path)
    first = page.told(broken_names())
    monkeypatch.setattr(kept, "_CHILD", "raise SystemExit(1)")
    page.clock.now += RENEWED_S
    with pytest.raises(PageNotMade):
        page.told(broken_names())
    assert page.file.stat().st_ino == first
    monkeypatch.undo()
    page.clock.now += APART_S
    assert page.told(broken_names()) != first


def test_a_place_that_cannot_be_written_is_said_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = Kept(tmp_path)
    page.file.parent.write_text("a file in the place of the directory")
    page.told(broken_names())
    page.clock.now += RENEWED_S
    page.told(broken_names())
    assert page.errors.flush(PATIENCE_S)
    assert capsys.readouterr().err.count(str(page.file)) == 1


def test_everybody_may_read_it(tmp_path: Path) -> None:
    page = Kept(tmp_path)
    old = os.umask(0o077)
    try:
        page.told(broken_names())
    finally:
        os.umask(old)
    assert page.file.stat().st_mode & 0o777 == 0o644 and page.file.parent.stat().st_mode & 0o555 == 0o555
