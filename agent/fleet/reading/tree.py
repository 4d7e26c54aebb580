"""The files of a tree that may be status files: `*.json` anywhere below, as state directories and collected trees have them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

from agent.fleet.reading.flaws import Flaw
from agent.messages.record import FILE as MESSAGES
from agent.storage.places import COPY
from agent.storage.status_file import FILE

Noted = Callable[[Flaw, str], None]
# of the agent's own in a state directory, which are no documents
_OWN = frozenset(
    (MESSAGES, "data-use.json", "starts.json", "memory.json", "record-seen.json", "runbook.json", "lessons.json", "MANIFEST.json")
)
_DOCUMENT, _LINES, _BUNDLE = ".json", (".ndjson", ".jsonl", ".ndjson.gz", ".ndjson.zst", ".jsonl.gz", ".jsonl.zst"), ".zip"
_RECORD = "history."  # of a terminal: events, no documents


def files_below(root: str, noted: Noted) -> Iterator[os.DirEntry[str]]:
    """In order of name within a directory, so that two readings of a tree are the same. Links to directories are not followed."""
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as found:
                entries = sorted(found, key=_name)
        except OSError as error:
            noted(flaw_of(error, folder), folder)
            continue
        names = {entry.name for entry in entries} if len(entries) > 1 else ()
        deeper = []
        for entry in entries:
            name = entry.name
            if name.startswith("."):
                continue
            try:
                if entry.is_dir(follow_symlinks=False):
                    deeper.append(entry.path)
                elif is_source(name) and not (name == COPY and FILE in names and os.path.exists(os.path.join(folder, FILE))):  # noqa: PTH110, PTH118 - 100,000 times
                    yield entry
                elif entry.is_symlink() and entry.is_dir():
                    noted(Flaw.LINKED_DIRECTORY, entry.path)
            except OSError as error:
                noted(flaw_of(error, entry.path), entry.path)
        waiting += reversed(deeper)


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name


def is_source(name: str) -> bool:
    if name.endswith(_DOCUMENT):
        return name not in _OWN
    return (name.endswith(_LINES) and not name.startswith(_RECORD)) or name.endswith(_BUNDLE)


def is_document(name: str) -> bool:
    return name.endswith(_DOCUMENT)


def flaw_of(error: OSError | ValueError, path: str = "") -> Flaw:
    if isinstance(error, PermissionError):
        return Flaw.NOT_PERMITTED
    if isinstance(error, FileNotFoundError):
        return Flaw.DANGLING_LINK if not path or os.path.islink(path) else Flaw.VANISHED  # noqa: PTH114
    return Flaw.UNREADABLE
