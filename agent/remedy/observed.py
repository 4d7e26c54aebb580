"""Looks a fact up in the checks that a cause rests on, the nearest check first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from agent.diagnosis.model import Finding
from probes.model import Check, Layer


class Observed(Struct, frozen=True):
    """`near`: the evidence, then what else concerns the subject. `every`: all checks, in the order of the path."""

    near: tuple[Check, ...]
    every: tuple[Check, ...]

    def fact(self, *names: str, layer: Layer | None = None, anywhere: bool = False) -> Any:
        """The first of these facts that is known and not empty. `anywhere`: also of checks that are no evidence."""
        for check in (*self.near, *self.every) if anywhere else self.near:
            if layer is None or check.layer is layer:
                for name in names:
                    if check.facts.get(name) not in (None, "", [], {}):
                        return check.facts[name]
        return None

    def target(self, wanted: Callable[[Check], bool], *, anywhere: bool = True) -> str:
        """The target of the first check that is wanted, or an empty text."""
        return next((check.target for check in ((*self.near, *self.every) if anywhere else self.near) if wanted(check)), "")


def observed(finding: Finding, checks: Sequence[Check]) -> Observed:
    """Checks of the subject itself go first, then failed ones, then those of the layer that the cause belongs to."""
    ids = set(finding.evidence)
    evidence = [check for check in checks if check.id in ids]
    evidence.sort(key=lambda check: (check.target != finding.subject, not check.failed, check.layer is not finding.code.layer))
    beside = [check for check in checks if check.id not in ids and finding.subject and check.target == finding.subject]
    return Observed((*evidence, *beside), tuple(checks))
