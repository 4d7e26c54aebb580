"""The served certificate chain, read certificate by certificate: a library's verdict does not say which of them ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any


def described(chain: Sequence[dict[str, Any]], now: datetime | None = None) -> dict[str, Any]:
    """Facts: `certificate`, the first of the chain that is outside its dates, else the leaf; `chain`, a line for each;
    `chain_not_after`, when the first of them ends. Empty for an empty chain."""
    if not chain:
        return {}
    moment = (now or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
    outside = [link for link in chain if not link["not_before"] <= moment <= link["not_after"]]
    return {
        "certificate": outside[0] if outside else chain[0],
        "chain": [f"{link['subject']} ({link['not_before'][:10]} – {link['not_after'][:10]})" for link in chain],
        "chain_not_after": min(link["not_after"] for link in chain),
    }
