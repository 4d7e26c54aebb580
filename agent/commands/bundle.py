"""`posdiag bundle`: what the provider's support needs, in one zip, without a number, a key or a password."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from agent.commands import paper
from agent.commands.config import problem_lines
from agent.commands.context import configuration, each_terminal, locale_language, page_for, speaking
from agent.commands.failure import CommandFailed, no_incident
from agent.commands.request import Request
from agent.papers.bundle import gather
from agent.papers.bundle.contents import bundle as bundled
from agent.papers.press import NoPressError, pages_of
from agent.present import output
from agent.present.page import is_terminal
from agent.settings.load import Loaded
from agent.settings.mask import fingerprint
from agent.settings.model import Language, Settings
from agent.settings.problem import SettingsError
from probes.ground.clock import Clock
from probes.ground.moments import nearest
from probes.ground.text import escape


def bundle(request: Request) -> int:
    if request.output == paper.STDOUT and is_terminal(sys.stdout):
        raise CommandFailed(
            "压缩包不能显示在屏幕上：posdiag bundle -o - > 文件.zip", "A zip is not for the screen: posdiag bundle -o - > FILE.zip"
        )
    loaded, wrong, denied = _configured(request)
    own = each_terminal(request, loaded)[0][1] if request.beside is not None else None
    clock = Clock()
    try:
        found = gather.gather(loaded, clock, request.incident, own=own, wrong=wrong, denied=denied)
        made = bundled(found, paper.languages(request, loaded))
    except NoPressError as error:
        raise paper.no_press(error) from None
    except gather.NoSuchIncidentError as error:
        raise _nothing(request.incident or "", error.lack) from None
    moment = nearest(found.made.at)
    paper.deliver(made.content, request, loaded, f"posdiag-{_name(found.terminal)}-{moment:%Y%m%dT%H%M%SZ}.zip", mode=0o600)
    page = page_for(request, loaded, errors=True)
    for lack in found.lacks:
        said = page.say(f"缺 {lack.what.zh}：{lack.why.zh}", f"Without {lack.what.en}: {lack.why.en}")
        output.complain(page.wrap(said))
    return 0


def _configured(request: Request) -> tuple[Loaded, str, bool]:
    """Support wants it above all where the configuration cannot be used: then with what is wrong with it, and whether that is no more than
    that this user may not read it."""
    try:
        return configuration(request), "", False
    except SettingsError as error:
        if request.beside is not None:  # where its directory is the configuration alone says
            raise
        language = Language(error.language or locale_language())
        loaded = speaking(Loaded(Settings(), None, frozenset(), fingerprint(Settings())), language)
        page = pages_of((request.language or language.value,))[0]
        return loaded, "\n".join(problem_lines(error.problems, page)) + "\n", error.denied


def _name(terminal: str) -> str:
    """As it may stand in the name of a file on every system."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", terminal).strip("-.")[:40] or Path("terminal").name


def _nothing(name: str, lack: gather.Lack | None) -> CommandFailed:
    if lack is not None:
        shown = escape(name, 60)
        return CommandFailed(
            f"读不到故障记录，找不到“{shown}”：{lack.why.zh}。不写 --incident 也可以",
            f"The record with “{shown}” is not there for us: {lack.why.en}. Without --incident a bundle can be made",
        )
    return no_incident(name)
