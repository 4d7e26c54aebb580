"""What a program may rely on in a line for people: `state=outage can_pay=no cause=… msg="…"` (logfmt), in English whatever the language."""

from __future__ import annotations

from collections.abc import Iterable

from agent.contract.document import Status
from probes.ground.text import escape

_LONGEST, _LONGEST_TEXT = 500, 2000  # characters of a value, and of the text for people


def line(status: Status, text: str) -> str:
    """The head, and the text for people behind it, which is always in quotation marks."""
    return f"{pairs(head(status))} msg={_quoted(escape(text, _LONGEST_TEXT))}"


def head(status: Status) -> list[tuple[str, str]]:
    """In this order for ever. Without a cause there is neither `cause` nor `subject`, and without an incident no `incident`."""
    found = [("state", status.state.value), ("can_pay", status.can_pay.value)]
    if status.causes:
        found += [("cause", status.causes[0].code.value), ("subject", status.causes[0].subject)]
    if status.incident is not None:
        found.append(("incident", status.incident.id))
    return found


def pairs(values: Iterable[tuple[str, str]]) -> str:
    return " ".join(f"{key}={_value(escape(value, _LONGEST))}" for key, value in values)


def _value(safe: str) -> str:
    """Bare where it is one word."""
    bare = safe and not any(each in '"=\\' or each.isspace() for each in safe)
    return safe if bare else _quoted(safe)


def _quoted(safe: str) -> str:
    """A backslash stands before each backslash and each quotation mark."""
    return '"' + safe.replace("\\", "\\\\").replace('"', '\\"') + '"'
