"""What is known of the steps from cases: how often each was tried for a cause, and how often it ended it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from agent.diagnosis.causes import Cause


class Tally(Struct, frozen=True):
    """`helped`: of the times that it was tried, those that it ended the incident."""

    tried: int = 0
    helped: int = 0


Tallies = Mapping[str, Tally]  # by the id of the step, of one cause


class Experience(Struct, frozen=True):
    """`here`: of this terminal's own record. `fleet`: of the lessons that other terminals taught."""

    here: dict[Cause, dict[str, Tally]] = {}
    fleet: dict[Cause, dict[str, Tally]] = {}

    def of(self, cause: Cause) -> tuple[Tallies, Tallies]:
        return self.here.get(cause, {}), self.fleet.get(cause, {})


def cases(tallies: Tallies) -> int:
    """At least so many incidents they are of: each was ended by one step at most, and each step tried in it once."""
    return max(sum(each.helped for each in tallies.values()), max((each.tried for each in tallies.values()), default=0))
