"""One scenario: what is broken, by which call, the true causes and the states that are right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from agent.diagnosis.causes import Category, Cause
from tests.support.world.verdict import NOBODY
from tests.support.world.world import World

Make = Callable[[World], object]


class Kind(StrEnum):
    SINGLE = "single fault"
    HEALTHY = "healthy"
    DOUBLE = "double fault"
    PASSING = "fault that comes and goes"


@dataclass(frozen=True)
class Scenario:
    """`causes`: the true ones, independent of each other, in any order; none in a healthy world.

    `make` breaks the world, or makes it look suspicious. `states`: those that are right. `world`: how the world is made.
    `notices`: codes that may be remarked besides. `group`: the confusable group that it belongs to. `category`: the true one
    where the code does not tell it. `bare`: without a configuration. `shift_s`: the terminal's clock minus the true time.
    `arrange`: what the world is like before.
    `fixed`: it is played with every run of the tests, for each of `users`; None is root.
    """

    name: str
    kind: Kind
    causes: tuple[str, ...]
    make: Make
    states: tuple[str, ...]
    world: dict[str, Any] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    group: str = ""
    category: str = ""
    user: int | None = None
    bare: bool = False
    shift_s: int = 0
    arrange: Make = lambda _: None
    fixed: bool = False

    @property
    def true_category(self) -> str:
        return self.category or Cause.of(self.causes[0]).category.value if self.causes else Category.UNKNOWN.value


def nothing(_: World) -> None:
    """As it is made."""


def fault(name: str, cause: str, make: Make = nothing, states: str = "outage", **more: Any) -> Scenario:
    """One fault. `states`: one, or several with a bar between them."""
    return Scenario(name, Kind.SINGLE, (cause,), make, tuple(states.split("|")), **more)


def healthy(name: str, make: Make = nothing, **more: Any) -> Scenario:
    """Payment works; nothing may raise an alarm."""
    return Scenario(name, Kind.HEALTHY, (), make, ("ok",), **more)


def double(name: str, causes: tuple[str, str], *makes: Make, states: str = "outage", **more: Any) -> Scenario:
    return Scenario(name, Kind.DOUBLE, causes, together(*makes), tuple(states.split("|")), **more)


def dependent(name: str, cause: str, *makes: Make, states: str = "outage", **more: Any) -> Scenario:
    """Two things are broken and the first explains the second, which can then not be seen: only the first may be reported."""
    return Scenario(name, Kind.DOUBLE, (cause,), together(*makes), tuple(states.split("|")), **more)


def together(*makes: Make) -> Make:
    def make(w: World) -> None:
        for each in makes:
            each(w)

    return make


def as_user(scenario: Scenario) -> Scenario:
    """The same, posdiag run by an ordinary user."""
    from dataclasses import replace

    return replace(scenario, name=f"{scenario.name}, as an ordinary user", user=NOBODY)
