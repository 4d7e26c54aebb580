"""What need not be looked at again: a light examination looks at what is cheap, and at everything once anything differs. Pure.

What is not looked at again stands as it was seen, with the time at which it was seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from agent.diagnosis.model import Diagnosis
from agent.diagnosis.views import knows, phase_of
from agent.examination.registry import FOLLOWING
from agent.examination.runner import Task
from probes.model import Check, Facts, Kind, Layer, Outcome
from probes.model.facts import AddressFacts, DefaultRouteFacts, GatewayFacts, LinkFacts, Phase

_PATH = frozenset([Layer.LINK, Layer.ADDRESS, Layer.ROUTER, Layer.DNS, Layer.INTERNET, Layer.GATEWAY])
SENDING = frozenset([Layer.ROUTER, Layer.DNS, Layer.INTERNET, Layer.GATEWAY])
_BEFORE_TCP_ENDS = (Phase.RESOLVE, Phase.TCP)


class Depth(StrEnum):
    """How a light examination looks at gateways."""

    FULL = "full"  # as configured
    REACH = "reach"  # whether the port still accepts
    NONE = "none"


class LightExamination(Struct, frozen=True, kw_only=True):
    """`earlier`: the checks of the last examination as the probes made them, `verdict` what came of them.

    `metered`: packets cost money, so only `gateways` tells what is sent; else what failed is looked at again as well. Without
    `packets` nothing is sent at all, whatever has changed.
    """

    earlier: tuple[Check[Facts], ...]
    verdict: Diagnosis
    metered: bool = False
    gateways: Depth = Depth.FULL
    packets: bool = True


def chosen(light: LightExamination, tasks: Sequence[Task]) -> list[Task]:
    """The tasks of a light examination. Without a gateway the Internet is what payment depends on."""
    troubled = {check.id for check in light.earlier if not check.ok and check.layer in _PATH}
    vital = Layer.GATEWAY if any(task.layer is Layer.GATEWAY for task in tasks) else Layer.INTERNET

    def cheap(task: Task) -> bool:
        if task.layer is vital:
            return light.gateways is Depth.FULL
        if task.layer in (Layer.DNS, Layer.INTERNET, Layer.GATEWAY) or task.kind is Kind.CONFLICT:
            return task.id in troubled and not light.metered
        return not (light.metered and task.layer is Layer.ROUTER)

    return [task for task in tasks if cheap(task)]


def merged(
    light: LightExamination, fresh: Sequence[Check[Facts]], reached: Iterable[Check[Facts]], tasks: Sequence[Task]
) -> list[Check[Facts]]:
    """What was looked at now, and the rest as it was seen before."""
    again = {check.id for check in fresh}
    planned = {task.id for task in tasks}
    stands = [c for c in light.earlier if c.id not in again and (c.id in planned or c.kind in FOLLOWING)]
    accepted = {check.id: check.observed_at for check in reached if check.ok}
    return [*fresh, *(_reached(c, accepted[c.id]) if c.id in accepted and knows(c, GatewayFacts) else c for c in stands)]


def _reached(check: Check[GatewayFacts], at: str) -> Check[GatewayFacts]:
    """It accepted a connection after its check was made."""
    return replace(check, facts=check.facts.with_(reached_at=at))


def differs(light: LightExamination, seen: Sequence[Check[Facts]], reached: Iterable[Check[Facts]], tasks: Sequence[Task]) -> bool:
    """Whether anything on the path is not as it was: then nothing of it may be taken as it stood."""
    before = {check.id: check for check in light.earlier}
    now = {check.id: check for check in seen}
    if any(task.id not in now for task in tasks if task.layer in _PATH):
        return True
    if any(c.layer in _PATH and c.id not in now for c in light.earlier):
        return True
    return any(_news(check, before) for check in seen if check.layer in _PATH) or any(_unlike(c, before) for c in reached)


def _news(check: Check[Facts], before: Mapping[str, Check[Facts]]) -> bool:
    then = before.get(check.id)
    if then is None or (check.outcome, check.symptom, check.because) != (then.outcome, then.symptom, then.because):
        return True
    return of_link(check.facts) != of_link(then.facts)


def of_link(facts: Facts) -> tuple[object, ...]:
    """What tells of a change on the terminal's own side that no outcome shows."""
    match facts:
        case LinkFacts():
            return facts.carrier, facts.admin_up
        case AddressFacts():
            return facts.addresses, facts.routers
        case DefaultRouteFacts():
            return facts.routers
    return ()


def _unlike(check: Check[Facts], before: Mapping[str, Check[Facts]]) -> bool:
    """A port that accepts is as before unless it did not, one that does not is as before only where it failed the same way."""
    then = before.get(check.id)
    if then is None:
        return True
    failed_early = then.failed and phase_of(then) in _BEFORE_TCP_ENDS
    return failed_early if check.ok else not (failed_early and then.symptom is check.symptom)


def without_packets(tasks: Iterable[Task]) -> list[Check[Facts]]:
    """What cannot be told about tasks that would send something."""
    return [task.check(Outcome.UNKNOWN, because="the data budget is used up") for task in tasks if task.layer in SENDING]


def same_verdict(one: Diagnosis, other: Diagnosis) -> bool:
    def told(diagnosis: Diagnosis) -> tuple[object, ...]:
        return diagnosis.state, diagnosis.can_pay, tuple((f.code, f.subject, f.severity) for f in diagnosis.findings)

    return told(one) == told(other)
