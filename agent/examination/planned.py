"""What a planner answers with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from agent.examination.runner import Task
from agent.examination.scene import Scene
from probes.model import Check, Facts, Kind

QUICK_S = 3.0


class Planned(Struct, frozen=True):
    """A task, and what stands in its way: the id of a check that failed. Then it is not begun, and its check is skipped because of that.

    `aside`: nothing else waits for it, only the end of the examination.
    """

    task: Task
    obstacle: str = ""
    aside: bool = False


Plans = Callable[[Scene], Iterable[Planned | Check[Facts]]]  # a check: it is known without a task


def quick(kind: Kind, probe: Callable[[], Check[Facts]], name: str = "", *, target: str | None = None) -> Iterator[Planned]:
    """A probe that only reads the kernel, and so takes no deadline."""
    yield Planned(Task.of(kind, name, lambda _: probe(), QUICK_S, target=target))
