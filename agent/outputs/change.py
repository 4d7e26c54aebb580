"""A confirmed change, as outputs are told of it."""

from __future__ import annotations

from msgspec import Struct

from agent.diagnosis.causes import Cause
from agent.diagnosis.model import State

Causes = tuple[tuple[Cause, str], ...]


class Announced(Struct, frozen=True):
    """What the log was last told: a state and the causes that are no notices, each with its subject."""

    state: State
    causes: Causes
