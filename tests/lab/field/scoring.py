"""How a verdict is scored at first contact; decided before the first batch was run, and the same for all.

Right: the first reported cause, notices that the world allows left out, is the expected one. Where the expectation is `doubtful`,
`unknown.indeterminate` that names the expected one is right too. A healthy installation is right where nothing but allowed notices
is reported. False alarm: a healthy installation whose state is not ok, or of which a cause that is no notice is reported.

Confidence is that of the first reported cause; a fault of which nothing is said counts as said with 1. The Brier score is the mean
squared distance of that confidence from what was so (1 or 0), over the worlds where something was said or should have been.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from msgspec import Struct

from tests.lab.field.entry import Report
from tests.lab.play import Played, Said
from tests.lab.score import INDETERMINATE, NO_CAUSE, Judged

SURE = 0.8


class Outcome(Struct, frozen=True, kw_only=True):
    """One world with what was expected and what was said. `causes` are all that were reported, in their order."""

    name: str
    source: str
    expected: tuple[str, ...]
    doubtful: bool
    states: tuple[str, ...]
    notices: tuple[str, ...]
    state: str
    can_pay: str
    causes: tuple[Said, ...]
    right: bool
    state_right: bool
    alarm: bool
    seconds: float = 0.0

    @property
    def healthy(self) -> bool:
        return not self.expected

    @property
    def guess(self) -> Said | None:
        return next((c for c in self.causes if c.severity != "notice" or c.code not in self.notices), None)

    @property
    def first(self) -> str:
        return self.guess.code if self.guess else NO_CAUSE

    @property
    def confidence(self) -> float:
        return self.guess.confidence if self.guess else 1.0

    @property
    def counted(self) -> bool:
        """Something was said, or should have been."""
        return self.guess is not None or not self.healthy

    @property
    def sure_and_wrong(self) -> bool:
        return self.counted and not self.right and self.confidence > SURE

    @classmethod
    def of(cls, report: Report, played: Played) -> Self:
        judged = Judged(report.scenario, played)
        named = report.doubtful and judged.first == INDETERMINATE
        right = judged.first_right or (named and any(code in judged.guesses[0].candidates for code in report.scenario.causes))
        return cls(
            name=report.name,
            source=report.source,
            expected=report.scenario.causes,
            doubtful=report.doubtful,
            states=report.scenario.states,
            notices=report.scenario.notices,
            state=played.state,
            can_pay=played.can_pay,
            causes=played.causes,
            right=right and (not report.healthy or played.state == "ok"),
            state_right=judged.state_right,
            alarm=report.healthy and judged.alarm,
            seconds=played.seconds,
        )


class Score(Struct, frozen=True):
    """A batch in numbers."""

    worlds: int
    healthy: int
    right: int
    brier: float
    sure_and_wrong: int
    false_alarms: int

    @classmethod
    def of(cls, outcomes: Sequence[Outcome]) -> Self:
        squares = [(each.confidence - each.right) ** 2 for each in outcomes if each.counted]
        return cls(
            worlds=len(outcomes),
            healthy=sum(each.healthy for each in outcomes),
            right=sum(each.right for each in outcomes),
            brier=sum(squares) / len(squares) if squares else 0.0,
            sure_and_wrong=sum(each.sure_and_wrong for each in outcomes),
            false_alarms=sum(each.alarm for each in outcomes),
        )
