"""What is known of the steps from cases: how often each was tried for a cause, and how often it ended it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from agent.diagnosis.causes import Cause


class Tally(Struct, frozen=True):
    """`helped`: of the times that it was tried, those that it ended the incident."""

    tried: int = 0
    helped: int = 0


Tallies = Mapping[str, Tally]  # of one cause, by the id of the step, or by the trace


class Experience(Struct, frozen=True):
    """`here`: of this terminal's own record, as far as it tells the steps apart. `fleet`: of the lessons that other terminals taught.
    `traces`: of the record, what left a trace that several steps of the cause leave: one of them it was, nobody knows which."""

    here: dict[Cause, dict[str, Tally]] = {}
    fleet: dict[Cause, dict[str, Tally]] = {}
    traces: dict[Cause, dict[str, Tally]] = {}

    def of(self, cause: Cause) -> tuple[Tallies, Tallies, Tallies]:
        """Here, in the fleet, and by trace."""
        return self.here.get(cause, {}), self.fleet.get(cause, {}), self.traces.get(cause, {})


def cases(*counted: Tallies) -> int:
    """At least so many incidents they are of: each was ended by one step at most, and each step tried in it once."""
    tallies = [tally for each in counted for tally in each.values()]
    return max(sum(each.helped for each in tallies), max((each.tried for each in tallies), default=0))
