"""The served certificate chain, read certificate by certificate: a library's verdict does not say which of them ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any


def described(chain: Sequence[dict[str, Any]], now: datetime | None = None, *, trusted: bool = False) -> dict[str, Any]:
    """Facts: `certificate`, the first of the chain that is outside its dates, else the leaf, or of a `trusted` chain the one that
    ends first; `chain`, a line for each; `chain_not_after`, when the first of them ends. Empty for an empty chain."""
    if not chain:
        return {}
    moment = (now or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
    outside = [link for link in chain if not link["not_before"] <= moment <= link["not_after"]]
    telling = min(chain, key=lambda link: str(link["not_after"])) if trusted else chain[0]
    return {
        "certificate": outside[0] if outside else telling,
        "chain": [f"{link['subject']} ({link['not_before'][:10]} – {link['not_after'][:10]})" for link in chain],
        "chain_not_after": min(link["not_after"] for link in chain),
    }
