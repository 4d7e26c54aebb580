"""Incidents of the record that ended, and of which nobody knows or said by what."""

from __future__ import annotations

from pathlib import Path

from agent.contract.event import ClosedEvent, Lines, ToldEvent
from agent.record.forgetting import FORGOTTEN
from agent.storage.history_file import lines_in, parts


def loose_ends(folder: Path) -> list[ClosedEvent]:
    """The oldest first. Raises OSError where the record may not be read. Lines that do not matter are decoded by nobody."""
    lines, found, told = Lines(), dict[str, ClosedEvent](), set[str]()
    for path in parts(folder):
        for line in lines_in(path):
            closed = b'"kind":"closed"' in line and b'"how":"unknown"' in line
            if not closed and b'"kind":"told"' not in line:
                continue
            try:
                event = lines.read(line)
            except ValueError:
                continue
            if isinstance(event, ClosedEvent):
                found[event.incident] = event
            elif isinstance(event, ToldEvent) and event.what != FORGOTTEN:
                told.add(event.incident)
    return [event for incident, event in found.items() if incident not in told]
