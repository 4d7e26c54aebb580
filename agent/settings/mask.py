"""What of the settings is private: how they are shown, and what of them goes into their hash, which anybody may read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct

from agent.settings.model import Settings
from probes.ground.masking import HIDDEN, SECRET_NAME, mask_address, mask_number, mask_value

NUMBERS = frozenset({"merchant_id", "terminal_id"})
SHORTEST = 8  # characters of a number that is looked for elsewhere; shorter ones stand in times and addresses by chance
_OF_PLUGINS = "settings"  # of a plug-in: what is a secret among them, only the plug-in knows


def known_numbers(settings: Settings) -> tuple[str, ...]:
    """By which the acquirer knows this terminal, as far as they can be looked for in other texts; the longest first."""
    found = {settings.terminal.merchant_id}
    for gateway in settings.gateway:
        found |= {gateway.iso8583.merchant_id, gateway.iso8583.terminal_id}
    return tuple(sorted((number for number in found if len(number) >= SHORTEST), key=lambda number: (-len(number), number)))


class _How(Struct, frozen=True, kw_only=True):
    """What becomes of a text, of a number of the acquirer's, of a name that somebody chose, and of an amount."""

    text: Callable[[str], str]
    number: Callable[[str], str]
    name: Callable[[str], str]
    amount: Callable[[float], float]


def masked(settings: Settings) -> dict[str, Any]:
    """The settings as plain values, fit to be shown."""
    known = known_numbers(settings)

    def text(value: str) -> str:
        for number in known:
            value = value.replace(number, mask_number(number))
        return value

    how = _How(text=text, number=mask_number, name=lambda name: mask_value(text(name)), amount=lambda amount: amount)
    shown: dict[str, Any] = _walk(msgspec.to_builtins(settings), "", how)
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
