"""What several commands need: the configuration, and the page that its language and the terminal make."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from msgspec.structs import replace

from agent.commands.request import Request
from agent.present.page import Page, open_page
from agent.settings.load import Loaded, SettingsError, load
from agent.settings.model import Language


def configuration(request: Request) -> Loaded:
    """Without a file its language is the locale's. Raises `SettingsError`: also where only this user may not read what it names. The
    service goes on without that, and its user is the one who should."""
    loaded = load(request.config)
    denied = tuple(problem for problem in loaded.lacking if problem.denied)
    if denied and request.command != "run":
        raise SettingsError(denied, loaded.settings.terminal.language.value if "terminal.language" in loaded.given else "")
    return loaded if loaded.path is not None else speaking(loaded, Language(locale_language()))


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
    return open_page(sys.stderr if errors else sys.stdout, language, colour=request.colour)
