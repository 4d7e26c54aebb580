"""One world rebuilt from a public report: where it was reported, how it is made, and the verdict that was expected before it was run."""

from __future__ import annotations

from dataclasses import dataclass

from tests.lab.scenario import Kind, Scenario


@dataclass(frozen=True)
class Report:
    """`source`: `owner/repo#number`, or a site with the title. `doubtful`: what the terminal can see does not single the cause out, so
    `unknown.indeterminate` that names it is right as well. `erratum`: what turned out to be wrong about the world or its expectation
    after first contact; the record of first contact stays as it is.
    """

    source: str
    scenario: Scenario
    doubtful: bool = False
    erratum: str = ""

    @property
    def name(self) -> str:
        return self.scenario.name

    @property
    def healthy(self) -> bool:
        return self.scenario.kind is Kind.HEALTHY
