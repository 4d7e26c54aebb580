"""The screens of the documents that are kept here, as `docs/screens.md` has them. Pure but for reading the documents."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from agent.contract.document import Status
from agent.present.document import Document
from agent.present.live_screen import Row
from agent.present.page import Page
from agent.present.recent import Recent
from agent.present.report import Reader, render
from agent.present.watch_board import Told, board
from agent.present.watch_rows import watched
from probes.model import Outcome
from tests.screens.guided import guided
from tests.screens.picture import picture

FOLDER = Path(__file__).with_name("documents")
WIDTHS = (40, 80, 132)
# what the file is called, and the lab's scenario that it was made by
SCREENS = {
    "cable": "cable pulled out at the router",
    "backup": "the cable is out, the backup does not take over",
    "dhcp": "no address",
    "router": "the router is switched off, the switch goes on",
    "names": "the router's name server has ended",
    "internet": "the provider is silent",
    "portal": "a portal redirects",
    "blocked": "the gateway is filtered",
    "account": "ISO 8583: 03",
    "clock": "the clock is 400 days fast",
    "paper": "the paper is out",
    "app": "the payment application does not run",
}
_SHOWN = re.compile(r"```\n(Can this terminal take payments|这台终端现在能收款吗).*?\n```", re.DOTALL)
_TITLE = """# Screens

What `posdiag check` shows of twelve faults, made in the tests' network namespaces (`python -m tests.screens`, as root), in both languages
and on screens of 40, 80 and 132 columns. The rest is behind `--details`. At the end, [the guide](#the-guide).
"""
_WATCHED = "blocked"
_WINDOWS = ((40, 20), (80, 24))
_WATCH = """## posdiag watch

The same as it is shown live ([watch.md](watch.md)), in windows of two sizes.
"""


def document(name: str) -> Status:
    return msgspec.json.decode((FOLDER / f"{name}.json").read_bytes(), type=Status)


def screen(name: str, language: str, width: int) -> list[str]:
    return render(document(name), Page(language=language, width=width), Reader())


READMES = {"README.md": "en", "README.zh.md": "zh"}
_PICTURE = "cable"  # the screen that is drawn
_README = "account"  # the screen that stands there


def readme(name: str, before: str) -> str:
    """The file with its one screen, the block that begins with the question, as it is now."""
    lines = "\n".join(screen(_README, READMES[name], 80))
    return _SHOWN.sub(lambda _: f"```\n{lines}\n```", before, count=1)


def pictures() -> dict[str, str]:
    """By language: the screen of the cable that was pulled out, as a picture."""
    return {language: picture(screen(_PICTURE, language, 80), "posdiag check", 80) for language in ("en", "zh")}


def text() -> str:
    parts = [_TITLE]
    for name, scenario in SCREENS.items():
        parts.append(f"## {scenario[0].upper()}{scenario[1:]}\n")
        for width in WIDTHS:
            for language in ("zh", "en"):
                lines = "\n".join(screen(name, language, width))
                parts.append(f"{width} columns:\n\n```\n{lines}\n```\n")
    parts.append(guided(document("cable")))
    parts.append(_WATCH)
    for columns, rows in _WINDOWS:
        for language in ("zh", "en"):
            lines = "\n".join(live(language, columns, rows))
            parts.append(f"{columns} × {rows}:\n\n```\n{lines}\n```\n")
    return "\n".join(parts)


def live(language: str, columns: int, rows: int) -> list[str]:
    """The picture of `posdiag watch`, five minutes into the fault."""
    page, status, recent = Page(language=language, width=columns - 1), document(_WATCHED), Recent()
    things = watched(Document(status), page)
    for at in range(0, 300, 10):
        for thing in things:
            well = thing.outcome is Outcome.PASS or at < 200
            value = None if not well else (thing.ms or 20.0) * (1.6 if at % 70 == 0 else 1.0)
            recent.add(thing.key, str(at), value, float(at))
    cause = page.words(status.causes[0].summary)
    told = Told(status=status, rows=tuple(things), since="08:03:20", clock="08:05:00", changes=(f"08:03:20 {cause}",), now_s=299.0, ages={})
    return [_plain(row, page) for row in board(told, recent, page, columns, rows)]


def _plain(row: Row, page: Page) -> str:
    line = ""
    for cell in row:
        room = cell.width - 1 if cell.width else page.width - cell.at
        line = page.pad(line, cell.at) + page.shorten(cell.text, room)
    return line.rstrip()
