"""What several commands need: the configuration, and the page that its language and the terminal make."""

from __future__ import annotations

import sys

from agent.commands.options import Request
from agent.present.page import Page, open_page
from agent.present.report import contacts_of
from agent.settings.load import Loaded, SettingsError, load
from agent.settings.model import Support


def configuration(request: Request) -> Loaded:
    """Raises `SettingsError`."""
    return load(request.config)


def page_for(request: Request, loaded: Loaded | None = None, *, errors: bool = False) -> Page:
    """The page of the output, or of the error stream. Without a configuration in hand the one in effect names the language."""
    language = request.language
    if language is None:
        try:
            language = (loaded or configuration(request)).settings.terminal.language.value
        except SettingsError as error:
            language = error.language or "zh"
    return open_page(sys.stderr if errors else sys.stdout, language, colour=request.colour)


def contacts(support: Support, page: Page) -> tuple[tuple[str, str], ...]:
    named = (
        ("服务商", "provider", support.provider),
        ("技术员", "technician", support.technician),
        ("收单机构", "acquirer", support.acquirer),
        ("网络运营商", "internet provider", support.isp),
    )
    return contacts_of([(zh, en, contact.name, contact.phone) for zh, en, contact in named], page)
