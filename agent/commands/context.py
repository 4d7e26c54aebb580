"""What several commands need: the configuration, which terminal they are about, and the page that its language and the terminal make."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from agent.commands.failure import CommandFailed
from agent.commands.request import Request
from agent.present.page import Page, open_page
from agent.settings.beside import settings_of
from agent.settings.load import Loaded, SettingsError, load
from agent.settings.model import Language
from probes.ground.text import escape
from probes.settings import Beside

ALL = "all"
MANY = ("check", "status")  # commands that may be about several terminals
_ONE_ALONE = ("nagios", "prometheus")  # formats whose text says nothing of whom it is
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
_SHOWN = 60  # characters of a name that is not known


def configuration(request: Request) -> Loaded:
    """Without a file its language is the locale's. Raises `SettingsError`: also where only this user may not read what it names. The
    service goes on without that, and its user is the one who should."""
    loaded = load(request.config)
    denied = tuple(problem for problem in loaded.lacking if problem.denied)
    if denied and request.command != "run":
        raise SettingsError(denied, loaded.settings.terminal.language.value if "terminal.language" in loaded.given else "")
    return loaded if loaded.path is not None else speaking(loaded, Language(locale_language()))


def each_terminal(request: Request, loaded: Loaded) -> list[tuple[Request, Loaded]]:
    """Those that are asked about, each as if it alone were: this machine, or terminals beside it. Raises `CommandFailed`."""
    if request.beside is None:
        return [(request, loaded)]
    return [(replace(request, beside=each.name), settings_of(loaded, each)) for each in chosen(request, loaded.settings.beside)]


def one_terminal(request: Request) -> Loaded:
    """The settings of the one that is asked about. Raises `SettingsError`, and `CommandFailed`."""
    ((_, own),) = each_terminal(request, configuration(request))
    return own


def chosen(request: Request, known: Sequence[Beside]) -> list[Beside]:
    """Of the terminals beside this machine. Raises `CommandFailed`."""
    names = ", ".join(each.name for each in known)
    if request.beside == ALL and len(known) > 1 and (alone := _of_one_alone(request)):
        raise CommandFailed(
            f"{alone}一次只能是一台终端：--beside NAME；有：{names}", f"{alone} is of one terminal: --beside NAME; there are: {names}"
        )
    found = [each for each in known if request.beside in (ALL, each.name)]
    if found:
        return found
    if not known:
        raise CommandFailed(
            "配置里没有 [[beside]]：旁边没有别的终端", "The configuration has no [[beside]]: there is no terminal beside this machine"
        )
    shown = escape(request.beside or "", _SHOWN)
    raise CommandFailed(f"配置里没有叫“{shown}”的 [[beside]]；有：{names}", f"No [[beside]] is called “{shown}”; there are: {names}")


def _of_one_alone(request: Request) -> str:
    if request.command not in MANY:
        return f"posdiag {request.command}"
    return f"--format {request.form}" if request.form in _ONE_ALONE else "--html" if request.html else ""


def locale_language(environ: Mapping[str, str] = os.environ) -> str:
    """`zh` for zh_*, else `en`: of the first of the variables that is set, as setlocale(3) reads them for messages."""
    asked = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "")
    return "zh" if asked.lower().startswith("zh") else "en"


def speaking(loaded: Loaded, language: Language) -> Loaded:
    settings = loaded.settings
    return replace(loaded, settings=replace(settings, terminal=replace(settings.terminal, language=language)))


def page_for(request: Request, loaded: Loaded | None = None, *, errors: bool = False) -> Page:
    """The page of the output, or of the error stream. Without a configuration in hand the one in effect names the language."""
    language = request.language
    if language is None:
        try:
            language = (loaded or configuration(request)).settings.terminal.language.value
        except SettingsError as error:
            language = error.language or locale_language()
    beside = request.beside or ""
    about = beside if beside != ALL and _NAME.fullmatch(beside) else ""
    return open_page(sys.stderr if errors else sys.stdout, language, colour=request.colour, about=about)
