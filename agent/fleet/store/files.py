"""Where what lies in a store, by day (UTC), and files that are whole or not there."""

from __future__ import annotations

import os
import re
import secrets
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from agent.fleet.store.duck import Connection, EngineError, quoted
from agent.storage.atomic import StoreError, Trouble, make_directory, sweep, trouble_of

LATEST = "latest.parquet"
SNAPSHOT, CHANGES, INCIDENTS = "snapshot", "changes", "incidents"
_KINDS = (SNAPSHOT, CHANGES, INCIDENTS)
_DAY = re.compile(r"day=(\d{4}-\d{2}-\d{2})")
_MAGIC = b"PAR1"
_SMALLEST = 12  # bytes: the mark twice, and the length of the footer


def day_of(at: int) -> date:
    return datetime.fromtimestamp(at, UTC).date()


def place(directory: Path, kind: str, day: date) -> Path:
    return directory / kind / f"day={day.isoformat()}"


def piece(at: int) -> str:
    """A name for one of a day's files; two of one second differ."""
    return f"{datetime.fromtimestamp(at, UTC):%H%M%S}-{secrets.token_hex(4)}.parquet"


def days(directory: Path, kind: str) -> dict[date, Path]:
    """The days that there are, oldest first. What is named otherwise is not ours."""
    found = {}
    with suppress(OSError):
        for entry in (directory / kind).iterdir():
            named = _DAY.fullmatch(entry.name)
            with suppress(ValueError):
                if named and entry.is_dir():
                    found[date.fromisoformat(named[1])] = entry
    return dict(sorted(found.items()))


def files(directory: Path, kind: str, first: date | None = None, last: date | None = None) -> list[Path]:
    """Of the days from `first` to `last`, oldest first; drafts are none."""
    chosen = [path for day, path in days(directory, kind).items() if (first is None or first <= day) and (last is None or day <= last)]
    return [file for path in chosen for file in sorted(path.glob("*.parquet")) if not file.name.startswith(".")]


def whole(file: Path) -> bool:
    """Whether it begins and ends as Parquet does; what lies between only reading shows."""
    try:
        with file.open("rb") as opened:
            size = os.fstat(opened.fileno()).st_size
            if size < _SMALLEST or opened.read(len(_MAGIC)) != _MAGIC:
                return False
            opened.seek(size - 8)
            tail = opened.read(8)
    except OSError:
        return False
    return tail[4:] == _MAGIC and 0 < struct.unpack("<I", tail[:4])[0] <= size - _SMALLEST


def readable(database: Connection, file: Path) -> bool:
    """Whether every page of it can be read."""
    try:
        database.execute(f"SELECT sum(hash(each)) FROM read_parquet({quoted(str(file))}) AS each").fetchall()
    except EngineError:
        return False
    return True


def sieved(database: Connection, found: Sequence[Path], *, deep: bool = False) -> tuple[list[Path], list[Path]]:
    """Those that can be read, and those that are damaged."""
    good: list[Path] = []
    damaged: list[Path] = []
    for file in found:
        (good if whole(file) and (not deep or readable(database, file)) else damaged).append(file)
    return good, damaged


@contextmanager
def written(path: Path) -> Iterator[Path]:
    """A draft beside `path`, to be filled by whoever asks; it takes the place of `path` when that is done. Raises `StoreError`."""
    draft = path.parent / f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}.tmp"
    try:
        make_directory(path.parent)
        sweep(path)
        yield draft
        _settled(draft, path)
    except EngineError as error:
        raise StoreError(Trouble.OTHER, path, str(error)) from error
    except OSError as error:
        raise trouble_of(error, path) from error
    finally:
        with suppress(OSError):
            draft.unlink()


def _settled(draft: Path, path: Path) -> None:
    draft.chmod(0o644)
    _synced(draft)
    draft.replace(path)
    _synced(path.parent)


def _synced(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def expire(directory: Path, today: date, keep_days: int) -> list[Path]:
    """Removes days that are over `keep_days` old: files of ours, and directories that are empty then. What cannot be removed stays."""
    removed = []
    for kind in _KINDS:
        for day, path in days(directory, kind).items():
            if today - day <= timedelta(days=keep_days):
                break
            for file in path.glob("*.parquet"):
                with suppress(OSError):
                    file.unlink()
                    removed.append(file)
            with suppress(OSError):
                path.rmdir()
    return removed
