"""From the table of probes to the tasks of one examination; what has no way out is skipped before it starts."""

from __future__ import annotations

from msgspec import Struct

from agent.examination.planned import Planned
from agent.examination.registry import PLANNERS
from agent.examination.runner import Task
from agent.examination.scene import Scene
from probes.model import Check, Facts, Kind, Outcome
from probes.model.facts import FACTS, InternetFacts


class Plan(Struct, frozen=True):
    """Tasks to run side by side; those that nothing but the end of the examination waits for; and the checks that are known already."""

    tasks: tuple[Task, ...]
    aside: tuple[Task, ...]
    checks: tuple[Check[Facts], ...]

    def only(self, word: str) -> Plan:
        """What belongs to one layer or is one check, by their names, with what stands in its way. Raises `NoSuchCheck`."""
        every: list[Task | Check[Facts]] = [*self.tasks, *self.aside, *self.checks]
        wanted = [each for each in every if word in (each.layer, each.id)]
        if not wanted:
            raise NoSuchCheck(word, sorted({each.id for each in every}))
        ids = {each.id for each in wanted} | {each.because for each in wanted if isinstance(each, Check) and each.because}
        return Plan(
            tuple(task for task in self.tasks if task.id in ids),
            tuple(task for task in self.aside if task.id in ids),
            tuple(check for check in self.checks if check.id in ids),
        )


class NoSuchCheck(Exception):
    """Nothing that is looked at here has this name. `ids`: what there is."""

    def __init__(self, word: str, ids: list[str]) -> None:
        self.word, self.ids = word, ids
        super().__init__(word)


def plan(scene: Scene) -> Plan:
    tasks: list[Task] = []
    aside: list[Task] = []
    checks: list[Check[Facts]] = []
    for each in (planned for planner in PLANNERS for planned in planner(scene)):
        if not isinstance(each, Planned):
            checks.append(each)
        elif each.obstacle:
            checks.append(_skipped(each.task, each.obstacle, scene.loaded.settings.network.expect_internet))
        elif scene.held and each.task.kind is Kind.GATEWAY:
            checks.append(each.task.check(Outcome.UNKNOWN, because=scene.held))
        else:
            (aside if each.aside else tasks).append(each.task)
    return Plan(tuple(tasks), tuple(aside), tuple(checks))


def _skipped(task: Task, because: str, expected: bool) -> Check[Facts]:
    facts = FACTS[task.kind]()
    known = facts.with_(expected=expected) if isinstance(facts, InternetFacts) else facts
    return task.check(Outcome.SKIP, because=because, facts=known)
