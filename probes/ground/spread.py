"""A terminal's own place among all others, so that a fleet does not do the same thing at one moment. Pure."""

from __future__ import annotations

import hashlib


def place_of(name: str) -> float:
    """From 0 to below 1: always the same for a name, and evenly spread over many."""
    digest = hashlib.sha256(name.encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:6], "big") / 2**48
