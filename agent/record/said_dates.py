"""What people said of the dates of the configuration, by the names that stand there."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path

from agent.contract.event import ToldEvent
from agent.settings.model import Settings
from probes.assess.dates import Said
from probes.ground.clock import Clock
from probes.ground.moments import here
from probes.ground.text import is_safe


class SaidDates:
    """`told`: whoever reads the record puts it there."""

    def __init__(self) -> None:
        self.told: Callable[[], Sequence[ToldEvent]] = tuple

    @classmethod
    def beside(cls, settings: Settings, clock: Clock) -> SaidDates:
        """For whoever looks beside the service, or without one. What is known is read once, when it is asked for."""
        made = cls()
        made.told = cache(lambda: known_dates(settings, clock))
        return made

    def of(self, name: str) -> list[Said]:
        return [found for each in self.told() if same_name(name, each.name) and (found := _said(each)) is not None]


def known_dates(settings: Settings, clock: Clock) -> Sequence[ToldEvent]:
    """From the record; where it may not be read, as the service's checks have it."""
    from agent.contract.checks import checks_from
    from agent.record.standing import standing_of
    from agent.storage.history_file import parts
    from agent.storage.identity import boot_id
    from agent.storage.places import places
    from probes.model.facts import DueDateFacts

    folder = Path(settings.agent.state_dir)
    if os.access(folder, os.X_OK) and all(os.access(path, os.R_OK) for path in parts(folder) if os.path.lexists(path)):
        return standing_of(folder).dates
    status = places(settings.agent).shown(clock.wall(), boot_id()).status
    checks = checks_from(status.checks) if status is not None else ()
    return [
        ToldEvent(what="date", word="", name=check.name, due=check.facts.done, at=check.observed_at, boot_id="", running_s=0.0)
        for check in checks
        if isinstance(check.facts, DueDateFacts) and check.facts.done
    ]


def same_name(name: str, said: str) -> bool:
    """As people write it; a number in it may have been masked when it was said."""
    if _plain(name) == _plain(said):
        return True
    if "*" not in said:
        return False
    from probes.ground.masking import mask_numbers
    from probes.ground.personal import mask_personal

    return _plain(said) in (_plain(mask_personal(name)), _plain(mask_numbers(mask_personal(name))))


def _plain(name: str) -> str:
    """Without what a word never keeps: what cannot be seen or reorders what stands around it."""
    return " ".join("".join(each for each in name if each.isspace() or is_safe(each)).split()).casefold()


def _said(event: ToldEvent) -> Said | None:
    """None where it does not say when."""
    try:
        on = here(datetime.fromisoformat(event.at)).date()
        return Said(on, date.fromisoformat(event.due) if event.due else None)
    except (ValueError, OverflowError, OSError):
        return None
