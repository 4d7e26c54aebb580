"""The numbers by which the acquirer knows this terminal, wherever a text from outside repeats them."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from agent.contract.checks import CheckEntry, check_from, entry_of
from agent.settings.mask import mask_number
from agent.settings.model import Settings
from probes.model import Check, Facts

_SHORTEST = 8  # characters; shorter ones stand in times and addresses by chance
_DEEPEST = 16  # no fact of ours is near that; what lies deeper is left out


def hide(checks: tuple[Check[Facts], ...], settings: Settings) -> tuple[Check[Facts], ...]:
    """The checks with every configured merchant and terminal number masked in their facts and reasons."""
    known = {settings.terminal.merchant_id}
    for gateway in settings.gateway:
        known |= {gateway.iso8583.merchant_id, gateway.iso8583.terminal_id}
    numbers = sorted((number for number in known if len(number) >= _SHORTEST), key=len, reverse=True)
    return tuple(_hidden(check, numbers) for check in checks) if numbers else checks


def _hidden(check: Check[Facts], numbers: list[str]) -> Check[Facts]:
    entry = entry_of(check)
    masked: CheckEntry = replace(entry, facts=_masked(entry.facts, numbers), because=_masked(entry.because, numbers))
    return check if masked == entry else check_from(masked)


def _masked(value: Any, numbers: list[str], depth: int = 0) -> Any:
    match value:
        case str():
            for number in numbers:
                value = value.replace(number, mask_number(number))
        case dict() if depth < _DEEPEST:
            return {key: _masked(item, numbers, depth + 1) for key, item in value.items()}
        case list() | tuple() if depth < _DEEPEST:
            return [_masked(item, numbers, depth + 1) for item in value]
        case dict() | list() | tuple():
            return "…"
    return value
