"""The numbers by which the acquirer knows this terminal, and the configuration's secrets, wherever a text of the document repeats them:
one from outside, an error of a plug-in's, or what was typed where it does not belong, as the name of a gateway or the key of a label."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict, replace

from agent.contract.checks import CheckEntry, check_from, entry_of
from agent.contract.document import Status
from agent.settings.mask import known_numbers, known_secrets, masks_of
from agent.settings.model import Settings
from probes.ground.masking import HIDDEN
from probes.model import Check, Facts

_DEEPEST = 16  # no fact of ours is near that; what lies deeper is left out
_CUT = "…"  # ends a text of which only the beginning was kept
_NAMING = ("causes", "remediation", "data", "incident", "promises", "planned_work")  # of the document
_LEAST = 4  # characters of a number that say anything about it


def masker(settings: Settings) -> Callable[[str], str]:
    """What masks every configured merchant and terminal number and secret in a text, and half of one at the end of a text that was cut."""
    masks = masks_of(settings) | dict.fromkeys(known_secrets(settings), HIDDEN)

    def mask(text: str) -> str:
        for secret, shown in masks.items():
            text = text.replace(secret, shown)
        return _without_half(text, masks) if text.endswith(_CUT) else text

    return mask


def _without_half(text: str, secrets: dict[str, str]) -> str:
    kept = text.removesuffix(_CUT)
    for secret in secrets:
        for length in range(len(secret) - 1, _LEAST - 1, -1):
            if kept.endswith(secret[:length]):
                return kept[:-length] + "*" * length + _CUT
    return text


def _anything(settings: Settings) -> bool:
    return bool(known_numbers(settings) or known_secrets(settings))


def hide(checks: tuple[Check[Facts], ...], settings: Settings) -> tuple[Check[Facts], ...]:
    """The checks with the numbers masked in their facts and reasons. Their ids stay: evidence and steps refer to them."""
    if not _anything(settings):
        return checks
    mask = masker(settings)
    return tuple(_hidden(check, mask) for check in checks)


def hide_names(status: Status, settings: Settings) -> Status:
    """The document with the numbers masked in every other text too: ids, targets and subjects, and whatever speaks of them.

    What the terminal itself is told by stays: `terminal.id` is what its fleet calls it.
    """
    if not _anything(settings):
        return status
    mask = masker(settings)
    terminal = replace(
        status.terminal,
        store=mask(status.terminal.store),
        serial_number=mask(status.terminal.serial_number),
        labels={mask(name): mask(value) for name, value in status.terminal.labels.items()},
    )
    named = {
        name: _masked(getattr(status, name), mask) for name in ("causes", "remediation", "data", "incident", "promises", "planned_work")
    }
    checks = tuple(_named(check, mask) for check in status.checks)
    return replace(status, terminal=terminal, checks=checks, **named)


def _named(check: CheckEntry, mask: Callable[[str], str]) -> CheckEntry:
    because = check.because and mask(check.because)
    return replace(check, id=mask(check.id), target=mask(check.target), because=because)


def _hidden(check: Check[Facts], mask: Callable[[str], str]) -> Check[Facts]:
    entry = entry_of(check)
    because = entry.because and mask(entry.because)
    masked: CheckEntry = replace(entry, facts=_masked(entry.facts, mask), because=because)
    return check if masked == entry else check_from(masked)


def _masked(value: Any, mask: Callable[[str], str], depth: int = 0) -> Any:
    match value:
        case Enum():
            return value
        case str():
            return mask(value)
        case Struct():
            return replace(value, **{name: _masked(item, mask, depth + 1) for name, item in asdict(value).items()})
        case dict() if depth < _DEEPEST:
            return {_masked(key, mask, depth + 1): _masked(item, mask, depth + 1) for key, item in value.items()}
        case tuple() if depth < _DEEPEST:
            return tuple(_masked(item, mask, depth + 1) for item in value)
        case list() if depth < _DEEPEST:
            return [_masked(item, mask, depth + 1) for item in value]
        case dict() | list() | tuple():
            return _CUT
    return value
