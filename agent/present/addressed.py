"""Commands that a text names, of the terminal that it is about: one beside this machine is asked about by `--beside NAME`."""

from __future__ import annotations

import re

COMMANDS = ("check", "status", "history", "guide", "told", "letter", "bundle", "report")
_NAMED = re.compile(rf"\bposdiag (?:--check|(?:{'|'.join(COMMANDS)})\b(?! --beside))")


def addressed(text: str, about: str) -> str:
    """`about`: its name; empty for this machine."""
    if not about:
        return text
    return _NAMED.sub(lambda found: f"{found[0].replace('--check', 'check')} --beside {about}", text)
