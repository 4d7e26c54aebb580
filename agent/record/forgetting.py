"""What is left of a line of the record when a person's word is to be forgotten: that there was one."""

from __future__ import annotations

from agent.contract.event import AnyEvent, ToldEvent
from agent.storage.history_file import HistoryFile

FORGOTTEN = "forgotten"  # what such a word is


def without(event: AnyEvent, name: str) -> AnyEvent:
    """`name`: of a word, or of an incident, all words about which are meant. The very same event where it holds none of them."""
    if isinstance(event, ToldEvent) and name in (event.word, event.incident) and event.what != FORGOTTEN:
        kept = {key: getattr(event, key) for key in ("word", "sequence", "at", "boot_id", "running_s", "clock")}
        return ToldEvent(what=FORGOTTEN, **kept)
    return event


def forget(file: HistoryFile, name: str) -> None:
    """Raises `agent.storage.atomic.StoreError`."""
    file.rewrite(f'"{name}"'.encode(), lambda event: without(event, name))
