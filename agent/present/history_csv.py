"""Incidents as comma-separated values, for a spreadsheet: a text that it would take for a formula is none any more."""

from __future__ import annotations

import csv
import io

from agent.contract.history import History, PastIncident
from probes.ground.text import escape

# what spreadsheets begin formulas with, in full width as well
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")
LONGEST = 4000  # characters of one cell
COLUMNS = (
    "id",
    "chain",
    "began_at",
    "ended_at",
    "duration_s",
    "state",
    "can_pay",
    "cause",
    "causes",
    "subject",
    "category",
    "times",
    "recurred",
    "ended_by",
    "tried",
    "changes_before",
    "told",
)

_SAID = ("at", "what", "step", "helped", "who", "ticket", "promised", "text")


def incidents(history: History) -> str:
    """A heading and a line for each, the oldest first."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([cell(value) for value in _row(each)] for each in history.incidents)
    return out.getvalue()


def _row(each: PastIncident) -> list[object]:
    tried = " ".join(str(one.get("trace") or "") for one in each.tried)
    before = "; ".join(" ".join(str(one.get(key, "")) for key in ("what", "subject", "before", "after")) for one in each.changes_before)
    return [
        each.id,
        each.chain,
        each.began_at,
        each.ended_at or "",
        each.duration_s,
        each.state,
        each.can_pay,
        each.cause or "",
        " ".join(each.causes),
        each.subject,
        each.category or "",
        each.times,
        each.recurred,
        str(each.ended_by.get("trace") or ""),
        tried,
        before,
        "; ".join(" ".join(str(one.get(key, "")) for key in _SAID if one.get(key)) for one in each.told),
    ]


def cell(value: object) -> object:
    """Numbers as they are."""
    if isinstance(value, int | float):
        return value
    text = escape(str(value), LONGEST)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text
