"""What of the configuration may be shown: no numbers by which the acquirer knows the merchant, no password, no key in a URL."""

from __future__ import annotations

import re

from msgspec.structs import replace

from agent.settings.model import Settings

_LOGIN = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*://)([^/?#]*)@")


def mask_number(text: str) -> str:
    """All but the last 4 characters as `*`; every one of a number of 4 or fewer."""
    shown = 4 if len(text) > 4 else 0
    return "*" * (len(text) - shown) + text[len(text) - shown :]


def mask_url(url: str) -> str:
    """The URL without its login; whether it had one is still seen."""
    return _LOGIN.sub(r"\1***:***@", url)


def mask_query(target: str) -> str:
    """The URL or path without what stands behind its question mark, which may be a key."""
    path, question, _ = target.partition("?")
    return f"{path}{question}***" if question else target


def masked(settings: Settings) -> Settings:
    """The same settings, fit to be shown."""
    gateways = [
        replace(
            gateway,
            iso8583=replace(
                gateway.iso8583,
                terminal_id=mask_number(gateway.iso8583.terminal_id),
                merchant_id=mask_number(gateway.iso8583.merchant_id),
            ),
            http=replace(gateway.http, path=mask_query(gateway.http.path)),
        )
        for gateway in settings.gateway
    ]
    checks = [replace(check, url=mask_query(mask_url(check.url))) for check in settings.network.internet_checks]
    return replace(
        settings,
        terminal=replace(settings.terminal, merchant_id=mask_number(settings.terminal.merchant_id)),
        network=replace(settings.network, proxy=mask_url(settings.network.proxy), internet_checks=checks),
        gateway=gateways,
        plugin=[replace(each, settings=dict.fromkeys(each.settings, "***")) for each in settings.plugin],
    )
