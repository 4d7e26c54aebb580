"""Parts of facts that tests look at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from probes.model import Check
from probes.model.facts import PortHolder, SerialFacts


def parts(struct: Struct, names: Iterable[str]) -> dict[str, Any]:
    """To be held against those that a test names."""
    return {name: getattr(struct, name) for name in names}


def holder_of(check: Check[SerialFacts]) -> PortHolder:
    assert check.facts.holder is not None, check
    return check.facts.holder
