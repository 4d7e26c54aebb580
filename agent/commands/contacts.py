"""Whom the results can be sent to, as the configuration names them."""

from __future__ import annotations

from agent.diagnosis.causes import Owner
from agent.present.page import Page
from agent.present.report import contacts_of
from agent.present.words import PEOPLE
from agent.settings.model import Support
from probes.ground.bilingual import Bilingual


def contacts(support: Support, page: Page) -> tuple[tuple[str, str], ...]:
    named = (
        (Bilingual("服务商", "provider"), support.provider),
        (PEOPLE[Owner.TECHNICIAN], support.technician),
        (PEOPLE[Owner.ACQUIRER], support.acquirer),
        (PEOPLE[Owner.ISP], support.isp),
    )
    return contacts_of([(who, contact.name, contact.phone) for who, contact in named], page)
