"""Keeping what a scan found: the newest of every terminal, what changed, incidents that are over, and one snapshot a day."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from agent.fleet.model.table import Table
from agent.fleet.store.differences import NOW, before, changes, given, over
from agent.fleet.store.duck import Connection, EngineError, connected, quoted
from agent.fleet.store.files import CHANGES, INCIDENTS, LATEST, SNAPSHOT, day_of, expire, piece, place, readable, whole, written
from agent.storage.atomic import StoreError, make_directory, trouble_of
from probes.ground.files import is_file

KEEP_DAYS = 400
_GROUP = 20480  # rows that are held in memory before they are written


class Kept(Struct, frozen=True, kw_only=True):
    """`changed`: terminals that a line of changes/ was written for; `incidents`: of those in incidents/. `snapshot`: this scan's is that of
    the day. `damaged`: files that could not be read, and were left out."""

    terminals: int
    changed: int
    incidents: int
    snapshot: bool
    damaged: tuple[Path, ...] = ()
    expired: int = 0


class _Scan(Struct, frozen=True):
    directory: Path
    table: Table
    at: int
    silent: bytes | bytearray
    touched: Sequence[int] | None
    keep_days: int


def keep(
    directory: Path,
    table: Table,
    *,
    at: int,
    silent: bytes | bytearray = b"",
    touched: Sequence[int] | None = None,
    keep_days: int = KEEP_DAYS,
) -> Kept:
    """`silent`: 1 for each row that is, by its number; `touched`: numbers of rows that may differ from the scan before, all where nobody
    knows. Raises `StoreError`: what was there stands then."""
    latest = directory / LATEST
    with _alone(directory):
        known, damaged = (latest, ()) if whole(latest) else (None, (latest,) if is_file(latest) else ())
        scan = _Scan(directory, table, at, silent, touched, keep_days)
        try:
            return _kept(scan, known, damaged)
        except (StoreError, EngineError):
            with _database() as database:
                if known is None or readable(database, known):
                    raise
        return _kept(scan, None, (latest,))


@contextmanager
def _database() -> Iterator[Connection]:
    database = connected(threads=1)  # a second one would need as much memory again
    try:
        yield database
    finally:
        database.close()


def _kept(scan: _Scan, known: Path | None, damaged: tuple[Path, ...]) -> Kept:
    with _database() as database:
        before(database, known)
        given(database, scan.table, scan.touched if known else None, scan.silent, scan.at)
        return _files(database, scan, known is not None, damaged)


def _files(database: Connection, scan: _Scan, known: bool, damaged: tuple[Path, ...]) -> Kept:
    directory, table, at = scan.directory, scan.table, scan.at
    latest, day = directory / LATEST, day_of(at)
    incidents = over(database, table)
    first = not any(place(directory, SNAPSHOT, day).glob("*.parquet"))
    changed = changes(database, at) if known or not first else 0
    if incidents:
        with written(place(directory, INCIDENTS, day) / piece(at)) as draft:
            _copy(database, "SELECT * FROM over ORDER BY id", draft)
    if changed:
        with written(place(directory, CHANGES, day) / piece(at)) as draft:
            _copy(database, "SELECT * FROM changed ORDER BY id", draft)
    with written(latest) as draft:
        _copy(database, NOW, draft)
    if first:
        with written(place(directory, SNAPSHOT, day) / "terminals.parquet") as draft:
            _same_file(latest, draft)
    today = min(day, day_of(int(latest.stat().st_mtime)))  # a scan of another day, asked for by --now, removes nothing
    return Kept(
        terminals=len(table),
        changed=changed,
        incidents=incidents,
        snapshot=first,
        damaged=damaged,
        expired=len(expire(directory, today, scan.keep_days)),
    )


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """One scan at a time writes into a store; another one waits."""
    path = directory / ".lock"
    try:
        make_directory(directory)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
    except OSError as error:
        raise trouble_of(error, path) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _copy(database: Connection, query: str, draft: Path) -> None:
    database.execute(f"COPY ({query}) TO {quoted(str(draft))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_GROUP})")


def _same_file(existing: Path, draft: Path) -> None:
    """`existing` is only ever replaced, so that another name of it keeps what it holds."""
    try:
        os.link(existing, draft)
    except OSError:  # a file system without them
        shutil.copyfile(existing, draft)
