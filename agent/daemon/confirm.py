"""When a verdict counts: a state once it was seen `confirm` times in a row, both ways. Pure; the service brings the verdicts.

Within one state the latest causes are reported at once; the log gets them when they too were seen `confirm` times in a row.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from agent.contract.document import Pending
from agent.diagnosis.causes import Severity
from agent.diagnosis.model import Diagnosis, State
from agent.outputs.change import Announced
from probes.model import Check, Facts


class Verdict(Struct, frozen=True, kw_only=True):
    """What one cycle found. `at`: when, in seconds since the epoch."""

    diagnosis: Diagnosis
    checks: tuple[Check[Facts], ...]
    at: float

    @property
    def state(self) -> State:
        return self.diagnosis.state

    @property
    def announcement(self) -> Announced:
        findings = self.diagnosis.findings
        return Announced(self.state, tuple((f.code, f.subject) for f in findings if f.severity is not Severity.NOTICE))


class Standing(Struct, frozen=True, kw_only=True):
    """What is reported, and what is coming.

    `since`: when the reported state was first seen in the row that confirmed it. `row`: how many times in a row the
    coming state was seen; where none is coming, the reported causes. `begun`: the last step began the row. `changed`: it is one for
    the log.
    """

    reported: Verdict
    since: float
    announced: Announced
    before: Announced | None = None
    coming: Verdict | None = None
    coming_since: float = 0.0
    row: int = 1
    begun: bool = True
    changed: bool = False

    @property
    def pending(self) -> Pending | None:
        if self.coming is None:
            return None
        leading = self.coming.diagnosis.leading
        return Pending(self.coming.state, leading.code if leading else None, self.row)

    @property
    def settled(self) -> bool:
        """Nothing waits for another look."""
        return self.coming is None and self.announced == self.reported.announcement


def begin(verdict: Verdict, *, since: float | None = None, announced: Announced | None = None) -> Standing:
    """The first verdict after a start counts at once. `since` and `announced` come from the time before, where it is known."""
    return Standing(
        reported=verdict,
        since=verdict.at if since is None else since,
        announced=verdict.announcement,
        before=announced,
        changed=announced != verdict.announcement,
    )


def advance(standing: Standing, verdict: Verdict, confirm: int, *, one_more: bool = True) -> Standing:
    """`one_more` is false of a look too soon after the last, as when events call for several: it is news, and confirms nothing."""
    step = 1 if one_more else 0
    if verdict.state is standing.reported.state:
        return _same(standing, verdict, confirm, step)
    going_on = standing.coming is not None and standing.coming.state is verdict.state
    row = standing.row + step if going_on else 1
    first = standing.coming_since if going_on else verdict.at
    if row < confirm:
        return replace(standing, coming=verdict, coming_since=first, row=row, begun=not going_on, changed=False)
    return Standing(reported=verdict, since=first, announced=verdict.announcement, before=standing.announced, changed=True)


def _same(standing: Standing, verdict: Verdict, confirm: int, step: int) -> Standing:
    again = standing.coming is None and verdict.announcement == standing.reported.announcement
    row = standing.row + step if again else 1
    changed = verdict.announcement != standing.announced and row >= confirm
    return Standing(
        reported=verdict,
        since=standing.since,
        announced=verdict.announcement if changed else standing.announced,
        before=standing.announced if changed else standing.before,
        row=row,
        begun=not again,
        changed=changed,
    )
