"""What several commands need: the configuration, and the page that its language and the terminal make."""

from __future__ import annotations

import sys

from agent.commands.options import Request
from agent.diagnosis.causes import Owner
from agent.present.page import Page, open_page
from agent.present.report import contacts_of
from agent.present.words import PEOPLE
from agent.settings.load import Loaded, SettingsError, load
from agent.settings.model import Support
from probes.ground.bilingual import Bilingual


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
        (Bilingual("服务商", "provider"), support.provider),
        (PEOPLE[Owner.TECHNICIAN], support.technician),
        (PEOPLE[Owner.ACQUIRER], support.acquirer),
        (PEOPLE[Owner.ISP], support.isp),
    )
    return contacts_of([(who, contact.name, contact.phone) for who, contact in named], page)
