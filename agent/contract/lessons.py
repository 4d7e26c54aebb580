"""The lessons of a fleet, `posdiag.lessons/1`: which step ended which cause how often, on many terminals. Keys may be added."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from agent.contract.experience import Tally
from agent.diagnosis.causes import Cause

SIZE_LIMIT = 256 * 1024  # bytes
Count = Annotated[int, Meta(ge=0, le=1_000_000_000)]


class Lesson(Struct, frozen=True, kw_only=True):
    """`where`: the group that it is of, by attribute (`store`, `model`, …); empty, of all that are in none. What ended by itself, and what
    a fault that many shared had stopped, is in neither number."""

    cause: Cause
    step: str
    tried: Count
    helped: Count
    where: dict[str, str] = {}

    def __post_init__(self) -> None:
        if self.helped > self.tried:
            raise ValueError("helped more often than tried")


class Endings(Struct, frozen=True, kw_only=True):
    """How incidents of a cause ended, of the terminals that are in no group of it: by a step, by themselves (the host, the line, the
    account was back), or nobody knows how. For people; nothing is ordered by it."""

    cause: Cause
    by_a_step: Count
    by_itself: Count
    unknown: Count


class Lessons(Struct, frozen=True, kw_only=True):
    """`agent_version`, `config_hash`: what the fleet has now; empty where they do not say."""

    schema: Literal["posdiag.lessons/1"]
    steps: tuple[Lesson, ...] = ()
    endings: tuple[Endings, ...] = ()
    generated_at: str = ""
    agent_version: str = ""
    config_hash: str = ""


def lessons_from(content: bytes) -> Lessons:
    """Raises ValueError where it is no such document."""
    try:
        return msgspec.json.decode(content, type=Lessons)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise ValueError(str(error)) from error


def taught(lessons: Lessons, attributes: dict[str, str]) -> dict[Cause, dict[str, Tally]]:
    """By cause and step, for a terminal with these attributes: of its narrowest group where the lessons have one for a cause, else of all.
    Causes of a later version are left out."""
    groups: dict[Cause, dict[str, str]] = {}
    fitting = [each for each in lessons.steps if each.tried and each.cause.known and each.where.items() <= attributes.items()]
    for each in fitting:
        if each.cause not in groups or len(each.where) > len(groups[each.cause]):
            groups[each.cause] = each.where
    told: dict[Cause, dict[str, Tally]] = {}
    for each in fitting:
        if each.where == groups[each.cause]:
            told.setdefault(each.cause, {})[each.step] = Tally(each.tried, each.helped)
    return told
