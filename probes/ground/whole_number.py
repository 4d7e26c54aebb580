"""A whole number that somebody else wrote: an environment variable, a file of another program."""

from __future__ import annotations

_MOST_DIGITS = 19  # as many as 64 bits have


def whole_number(text: str) -> int | None:
    """None where it is none, or larger than any that is meant: Python refuses to read thousands of digits, and takes ² for a digit."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None
