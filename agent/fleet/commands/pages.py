"""The fleet's page and the files of its faults' terminals, written where `--html` and `--victims` say."""

from __future__ import annotations

import os
from pathlib import Path

from agent.commands.failure import CommandFailed
from agent.fleet.commands.asked import Asked
from agent.fleet.commands.out import STDOUT, put
from agent.fleet.page.page import files_of, page_of
from agent.fleet.page.view import view_of
from agent.fleet.survey.survey import Survey
from agent.fleet.survey.victims import victims
from agent.papers.press import NoPressError
from agent.storage.atomic import StoreError, write

_UTF_8 = "\ufeff"  # by which spreadsheets know


def write_pages(asked: Asked, found: Survey) -> None:
    """Nothing where neither was asked for. Raises `CommandFailed`."""
    html, folder = asked.text("--html"), asked.text("--victims")
    if html is None and folder is None:
        return
    answer, scanned = found.answer, found.scanned
    members = {fault.id: found.located.failing(fault.id) for fault in answer.faults}
    if folder is not None:
        view = view_of(answer, scanned.table, None, scanned.silent, members)
        for name, rows in files_of(view):
            if rows:
                _keep(Path(folder) / name, (_UTF_8 + victims(scanned.table, rows)).encode("utf-8", "backslashreplace"))
    if html is None:
        return
    try:
        page = page_of(
            answer,
            scanned.table,
            found.before,
            asked.language,
            silent=scanned.silent,
            victims_of=members,
            never=scanned.never_reported or (),
            files=None if folder is None or html == STDOUT else f"{_from(Path(html), Path(folder))}/",
        )
    except NoPressError as error:
        raise CommandFailed(error.text.zh, error.text.en) from None
    put(asked, page, html)


def _from(html: Path, folder: Path) -> str:
    """The way from the page to the folder."""
    return os.path.relpath(folder.absolute(), html.absolute().parent)


def _keep(path: Path, content: bytes) -> None:
    try:
        write(path, content)
    except StoreError as error:
        raise CommandFailed(error.text.zh, error.text.en) from None
