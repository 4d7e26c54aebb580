"""A confirmed change, as outputs are told of it."""

from __future__ import annotations

from msgspec import Struct

from agent.contract.document import Status
from agent.diagnosis.causes import Cause
from agent.diagnosis.model import State

Causes = tuple[tuple[Cause, str], ...]


class Announced(Struct, frozen=True):
    """What outputs were last told: a state and the causes that are no notices, each with its subject."""

    state: State
    causes: Causes


class Change(Struct, frozen=True):
    """`status`: the document at the moment of the confirmation. `before`: what the last change said; None where there was none."""

    status: Status
    before: Announced | None
