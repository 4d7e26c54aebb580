"""A day by which something has to be done, against the day that it is here now, and what people said of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from probes.assess.dates import Said, standing
from probes.ground.moments import here_at
from probes.ground.text import escape
from probes.model import Check, Outcome, check_of
from probes.model.facts import DueDateFacts
from probes.settings import DueDate


def due_date(wanted: DueDate, said: Iterable[Said], now: float) -> Check[DueDateFacts]:
    """`said`: that it is done. `now`: what our clock says, in seconds since the epoch; whether it can be believed is not told here."""
    found = standing(wanted, said, here_and_now(now))
    facts = DueDateFacts(
        sort=wanted.kind.value,
        due=found.due.isoformat(),
        days_left=found.days_left,
        every=wanted.every or None,
        owner=wanted.owner.value,
        done=found.done.isoformat() if found.done else None,
    )
    return check_of(facts, Outcome.WARN if found.symptom else Outcome.PASS, found.symptom, name=escape(wanted.name))


def here_and_now(now: float) -> date:
    """The day on a calendar at this machine's place; the first or last of the calendar for a clock that is beyond it."""
    try:
        return here_at(now).date()
    except (OverflowError, OSError, ValueError):
        return date.max if now > 0 else date.min
