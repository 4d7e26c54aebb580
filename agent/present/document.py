"""A status document opened for a reader: its checks typed, and found by their ids."""

from __future__ import annotations

from functools import cached_property

from agent.contract.checks import checks_from
from agent.contract.document import CauseEntry, Status
from agent.diagnosis.causes import Severity
from probes.model import Check, Facts, Kind


class Document:
    def __init__(self, status: Status) -> None:
        self.status = status
        self.checks: tuple[Check[Facts], ...] = checks_from(status.checks)

    @cached_property
    def by_id(self) -> dict[str, Check[Facts]]:
        return {check.id: check for check in self.checks}

    @property
    def leading(self) -> CauseEntry | None:
        """The first cause that is no notice."""
        return next((cause for cause in self.status.causes if cause.severity is not Severity.NOTICE), None)

    @property
    def hindrance(self) -> CauseEntry | None:
        """The notice because of which a terminal beside this machine tells nothing of itself: what is to be done first is about that."""
        if self.leading is not None:
            return None
        shut = {check.id for check in self.checks if check.kind is Kind.DEVICE and not check.ok}
        return next((cause for cause in self.status.causes if shut & set(cause.evidence)), None)
