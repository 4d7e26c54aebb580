"""The cases of a fleet, from whatever was collected: what `posdiag history --json` printed, the record itself, bundles, and the closed
incidents of summaries; and what is known of the terminals, from their status documents and summaries.

An incident that several of them tell of is one case, as the fullest of them tells it. What cannot be read is counted and stops nothing.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct, field

from agent.fleet.lessons.cases import Case
from agent.fleet.lessons.documents import Heard, bundle_in, heard_in, lines_of, record_in
from agent.fleet.reading.flaws import Flaw, Quality
from agent.fleet.reading.tree import flaw_of
from agent.storage.history_file import FILE, PREDECESSOR
from probes.ground.files import NotAFileError, is_file, read_small

MOST = 64 * 1024 * 1024  # bytes of a file
_OF_ONE = 5000  # cases of one terminal; the latest
_RECORD = (FILE, PREDECESSOR)
_STATUS = "status.json"
_LINES = (".ndjson", ".jsonl", ".ndjson.gz", ".ndjson.zst", ".jsonl.gz", ".jsonl.zst")


class SourceMissingError(Exception):
    def __init__(self, source: str, error: OSError) -> None:
        self.source, self.error = source, error
        super().__init__(source)


class Gathered(Struct):
    """`attributes`: by terminal, the store and the labels, by the names that lessons have; `known`: as the scan has them, with a host and
    the like. `records`: of how many terminals something was told."""

    cases: list[Case] = field(default_factory=list)
    attributes: dict[str, dict[str, str]] = field(default_factory=dict)
    known: dict[str, dict[str, str]] = field(default_factory=dict)
    records: int = 0
    quality: Quality = field(default_factory=Quality)


class _Intake:
    def __init__(self) -> None:
        self.full: dict[str, dict[int, Case]] = {}
        self.short: dict[str, dict[int, Case]] = {}
        self.known: dict[str, tuple[int, dict[str, str]]] = {}
        self.quality = Quality()

    def take(self, heard: Heard | Flaw, where: str) -> None:
        if isinstance(heard, Flaw):
            self.quality.note(heard, where)
            return
        if heard.terminal and heard.attributes is not None:
            newest = self.known.get(heard.terminal)
            if newest is None or newest[0] <= heard.generated:
                self.known[heard.terminal] = heard.generated, heard.attributes
        into = self.full if heard.whole else self.short
        for case in heard.cases:
            into.setdefault(case.terminal, {})[case.began] = case

    def gathered(self) -> Gathered:
        found = Gathered(quality=self.quality)
        for terminal in sorted({*self.full, *self.short}):
            full = self.full.get(terminal, {})
            # a summary tells seconds, of the same clock: what began within two of them is the same
            more = {at: case for at, case in self.short.get(terminal, {}).items() if not full.keys() & {at - 1, at, at + 1}}
            both = sorted((full | more).values(), key=lambda case: case.began)
            found.cases += both[-_OF_ONE:]
        found.records = len(self.full)
        for terminal, (_, attributes) in self.known.items():
            found.known[terminal] = attributes
            found.attributes[terminal] = grouped_by(attributes)
        return found


# what a terminal compares a group with: what it says of itself, and its labels
_MATCHED = ("store", "isp", "region", "model", "firmware")
_LABEL = "label:"


def grouped_by(attributes: dict[str, str]) -> dict[str, str]:
    return {name.removeprefix(_LABEL): value for name, value in attributes.items() if name in _MATCHED or name.startswith(_LABEL)}


def gather(sources: Sequence[str]) -> Gathered:
    """Raises `SourceMissingError`."""
    intake = _Intake()
    for source in sources:
        try:
            mode = os.stat(source).st_mode  # noqa: PTH116
            if stat.S_ISDIR(mode):
                os.scandir(source).close()
        except OSError as error:
            raise SourceMissingError(source, error) from error
        if stat.S_ISDIR(mode):
            _tree(Path(source), intake)
        else:
            _file(Path(source), intake)
    return intake.gathered()


def _tree(root: Path, intake: _Intake) -> None:
    """In order of name. Links to directories are not followed."""
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as found:
                entries = sorted((entry for entry in found if not entry.name.startswith(".")), key=lambda entry: entry.name)
        except OSError as error:
            intake.quality.note(flaw_of(error), str(folder))
            continue
        names = [entry.name for entry in entries]
        if any(name in _RECORD for name in names):
            _record(folder, intake)
        for entry in entries:
            wanted = entry.name.endswith((".json", ".zip", *_LINES)) and entry.name not in _RECORD
            if wanted and not entry.is_dir(follow_symlinks=False):
                _file(Path(entry.path), intake)
        waiting += [Path(entry.path) for entry in reversed(entries) if entry.is_dir(follow_symlinks=False)]


def _record(folder: Path, intake: _Intake) -> None:
    """The record of a state directory, as it lies there: whose it is says the status document beside it, or else the directory's name."""
    content = _read(folder / _STATUS, intake) if is_file(folder / _STATUS) else None
    status = heard_in(content) if content is not None else None
    name = status.terminal if isinstance(status, Heard) and status.terminal else folder.resolve().name
    try:
        intake.take(record_in(folder, name), str(folder))
    except (OSError, ValueError) as error:
        intake.quality.note(flaw_of(error), str(folder))


def _file(path: Path, intake: _Intake) -> None:
    content = _read(path, intake)
    if content is None:
        return
    if content.startswith(b"PK\x03\x04"):
        for heard in bundle_in(content):
            intake.take(heard, str(path))
    elif path.name.endswith(_LINES):
        name = path.name.partition(".")[0]
        for number, heard in enumerate(lines_of(content, path.parent.resolve().name if name == "history" else name), 1):
            intake.take(heard, f"{path}:{number}")
    else:
        intake.take(heard_in(content), str(path))


def _read(path: Path, intake: _Intake) -> bytes | None:
    try:
        content = read_small(path, MOST + 1)
        if len(content) <= MOST:
            return content
        intake.quality.note(Flaw.TOO_LARGE, str(path))
    except NotAFileError:
        intake.quality.note(Flaw.NOT_A_FILE, str(path))
    except OSError as error:
        intake.quality.note(flaw_of(error), str(path))
    return None


def flaws(quality: Quality) -> Iterator[tuple[str, int]]:
    yield from ((flaw.value, count) for flaw, count in sorted(quality.counts.items()))
