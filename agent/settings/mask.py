"""What of the settings is private: how they are shown, and what of them goes into their hash, which anybody may read."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from urllib.parse import unquote

import msgspec
from msgspec import Struct

from agent.settings.model import Settings
from probes.ground.masking import HIDDEN, SECRET_NAME, mask_address, mask_number, mask_value, secrets_of_url

NUMBERS = frozenset({"merchant_id", "terminal_id"})
SHORTEST = 8  # characters of a number that is looked for elsewhere; shorter ones stand in times and addresses by chance
_SHORTEST_SECRET = 6  # characters
_WORD = re.compile(r"[a-z _-]+|[0-9.]+")  # of a closed vocabulary, or a number of anything
_OF_PLUGINS = "settings"  # of a plug-in: what is a secret among them, only the plug-in knows


def known_numbers(settings: Settings) -> tuple[str, ...]:
    """By which the acquirer knows this terminal, as far as they can be looked for in other texts; the longest first."""
    found = {settings.terminal.merchant_id}
    for gateway in settings.gateway:
        found |= {gateway.iso8583.merchant_id, gateway.iso8583.terminal_id}
    return tuple(sorted((number for number in found if len(number) >= SHORTEST), key=lambda number: (-len(number), number)))


def masks_of(settings: Settings) -> dict[str, str]:
    """How each of these numbers is shown, wherever it stands: those that differ still do."""
    masks: dict[str, str] = {}
    for number in known_numbers(settings):
        shown = mask_number(number)
        same = sum(each.startswith(shown) for each in masks.values())
        masks[number] = f"{shown}({same + 1})" if same else shown
    return masks


class _How(Struct, frozen=True, kw_only=True):
    """What becomes of a text, of a number of the acquirer's, of a name that somebody chose, and of an amount."""

    text: Callable[[str], str]
    number: Callable[[str], str]
    name: Callable[[str], str]
    amount: Callable[[float], float]


def known_secrets(settings: Settings) -> tuple[str, ...]:
    """Passwords and keys of the configuration, as far as they can be looked for in other texts: no word that stands in any."""
    network = settings.network
    urls = [network.proxy, *(check.url for check in network.internet_checks), *(gateway.http.path for gateway in settings.gateway)]
    found = {secret for url in urls for secret in secrets_of_url(url)}
    for plugin in settings.plugin:
        found |= set(_secrets_of_plugin(plugin.settings, ""))
    found |= {unquote(secret) for secret in found}
    return tuple(
        sorted((one for one in found if len(one) >= _SHORTEST_SECRET and not _WORD.fullmatch(one)), key=lambda one: (-len(one), one))
    )


def _secrets_of_plugin(value: Any, key: str) -> Iterator[str]:
    match value:
        case dict():
            for name, item in value.items():
                yield from _secrets_of_plugin(item, str(name))
        case list():
            for item in value:
                yield from _secrets_of_plugin(item, key)
        case str() if SECRET_NAME.search(key):
            yield value
        case str() if "://" in value:
            yield from secrets_of_url(value)


def masked(settings: Settings, also: Callable[[str], str] = str) -> dict[str, Any]:
    """The settings as plain values, fit to be shown; a day stays one. `also`: what every text goes through before."""
    known = masks_of(settings)

    def text(value: str) -> str:
        value = also(value)
        for number, shown in known.items():
            value = value.replace(number, shown)
        return value

    def number(value: str) -> str:
        return known.get(value, mask_number(value))

    how = _How(text=text, number=number, name=lambda name: mask_value(text(name)), amount=lambda amount: amount)
    shown: dict[str, Any] = _walk(msgspec.to_builtins(settings, builtin_types=(date,)), "", how)
    return shown


def fingerprint(settings: Settings) -> str:
    """16 hexadecimal digits, equal where the settings are, but for those of one terminal: the table [terminal], and the numbers of
    merchant and terminal wherever they stand. Of a secret counts only that there is one: whoever reads this could try them all."""
    known = known_numbers(settings)

    def text(value: str) -> str:
        for number in known:
            value = value.replace(number, "#")
        return value

    # a default of 60 and a 60 that was written are one and the same
    how = _How(text=text, number=lambda _number: "", name=text, amount=float)
    data = _walk(msgspec.to_builtins(settings), "", how)
    del data["terminal"]
    return hashlib.sha256(msgspec.json.encode(data, order="sorted")).hexdigest()[:16]


def _walk(value: Any, key: str, how: _How) -> Any:
    """The same with each value made fit, and secrets hidden."""
    match value:
        case dict() if key == _OF_PLUGINS:
            return dict.fromkeys(map(how.name, value), HIDDEN)
        case dict():
            return {how.name(each): _walk(item, each, how) for each, item in value.items()}
        case list():
            return [_walk(item, key, how) for item in value]
        case bool():
            return value
        case int() | float():
            return how.amount(value)
        case str() if key in NUMBERS:
            return how.number(value)
        case str() if value and SECRET_NAME.search(key):
            return HIDDEN
        case str():
            return how.text(mask_address(value) if "://" in value or key == "path" else value)
    return value
