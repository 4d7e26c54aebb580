"""A status document opened for a reader: its checks typed, and found by their ids."""

from __future__ import annotations

from functools import cached_property

from agent.contract.checks import checks_from
from agent.contract.document import CauseEntry, Status
from agent.diagnosis.causes import Severity
from probes.model import Check, Facts


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
