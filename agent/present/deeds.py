"""What the probes say to do, apart from what they say for a reason."""

from __future__ import annotations

import re

_BEGINS = re.compile(r"(?:allow|choose|give|install|let|look at|name|pull|see|start|switch|wait|write)\b")


def is_deed(text: str) -> bool:
    """Whether the text of a check says what to do, not only why nothing is known."""
    return _BEGINS.match(text) is not None
