"""The record as a file: `<state_dir>/app-messages.json`, the agent's own, replaced whole, read and written under a lock."""

from __future__ import annotations

import fcntl
import hashlib
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from agent.contract.legible import stored
from agent.storage.atomic import StoreError, make_directory, open_directory, write
from agent.storage.own_file import NotOursError, open_own
from probes.ground.files import is_file, is_there
from probes.model import Outcome, Symptom
from probes.model.facts import AnswerFacts

FILE = "app-messages.json"
LOCK = "app-messages.lock"  # 0600: a lock on the directory could be held by anybody who may read it
SIZE_LIMIT = 256 * 1024  # bytes
REFUGES = Path("/run")
_SUM = b',"sum":'
_LOCK_PATIENCE_S = 2.0


class Sent(Struct, frozen=True, kw_only=True):
    """One message. `at_s`: wall clock; `running_s`: the clock that nobody sets, good only within the same boot, and below zero before it.

    `aged_s`: how old it was for certain when it was last written down. `by` is unknown where a record could not be believed: whatever may
    be sent may have been. `on_trust`: only the wall clock said that it may be sent.
    """

    at_s: float
    boot_id: str
    running_s: float
    by: Literal["daemon", "check", "unknown"]
    aged_s: float = 0.0
    on_trust: bool = False


class HostAnswer(Struct, frozen=True, kw_only=True):
    """What came back, and `to` which message. `repeated`: it has been confirmed by a second message outside the limit."""

    outcome: Outcome
    symptom: Symptom | None = None
    facts: AnswerFacts = AnswerFacts()
    repeated: bool = False
    to: Sent | None = None


class GatewayMessages(Struct, frozen=True, kw_only=True):
    """One gateway's messages. `target` is its host and port: another host under the same name starts anew."""

    target: str
    sent: tuple[Sent, ...] = ()
    answer: HostAnswer | None = None


class Record(Struct, frozen=True, kw_only=True):
    """`copied`: of a record in memory, so that messages sent later may be missing. `since`: what was sent before this, to any gateway, is
    not known. `doubt`: why this one cannot be believed, and then it is empty; never written.
    """

    schema: Literal["posdiag.app-messages/1"] = "posdiag.app-messages/1"
    gateways: dict[str, GatewayMessages] = {}
    copied: bool = False
    since: Sent | None = None
    doubt: str = ""


class NotKept(Exception):
    """The record cannot be kept here, so nothing may be sent; the text says why."""


class RecordLocked(NotKept):
    """Another program holds the record: what it sends meanwhile is not known."""


def homes(state_dir: str) -> Iterator[Path]:
    """Where the record can be kept, the best place first: the state directory; for root, where that takes nothing, the refuge.

    No variable of the environment has a say in it, and nobody gets a record of his own: it would know nothing of what others send.
    Raises `NotKept` where there is none left.
    """
    chosen, why = Path(state_dir), ""
    root = os.geteuid() == 0
    if os.access(chosen, os.W_OK | os.X_OK):
        yield chosen
    elif not root or _is_there(chosen):
        why = "may not be written by this user" if _is_there(chosen) else "does not exist"
    else:
        try:
            yield _own(chosen)
        except NotKept as error:
            why = str(error)
    if root:
        yield refuge(state_dir, make=True)
    elif why:
        raise NotKept(f"{state_dir} {why}. Run it as root, or as the user of the service")


def _is_there(folder: Path) -> bool:
    """Also where this user may not look."""
    try:
        return is_there(folder)
    except OSError:
        return True


def refuge(state_dir: str, *, make: bool = False) -> Path:
    """In memory, in the place of a state directory that takes nothing. Only root can make it there, and everybody can read it.

    Raises `NotKept` where there is none to be had.
    """
    folder = REFUGES / f"posdiag-{hashlib.sha256(os.fsencode(state_dir)).hexdigest()[:8]}"
    return _own(folder) if make else _seen(folder)


def _own(folder: Path) -> Path:
    try:
        make_directory(folder)
    except OSError as error:
        raise NotKept(f"{folder}: {error.strerror}") from error
    return _seen(folder)


def _seen(folder: Path) -> Path:
    """Root's own, or this user's: nobody else can have planted a record in it."""
    try:
        seen = folder.lstat()
    except OSError as error:
        raise NotKept(f"{folder}: {error.strerror}") from error
    if not stat.S_ISDIR(seen.st_mode) or seen.st_uid not in (0, os.geteuid()) or seen.st_mode & 0o022:
        raise NotKept(f"{folder} can be written by others")
    return folder


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Nobody else reads or writes the record meanwhile. Raises `NotKept` where another holds it for too long."""
    try:
        directory = open_directory(folder, make=False)
        try:
            handle = open_own(directory, LOCK, os.O_RDWR, 0o600)
        finally:
            os.close(directory)
    except NotOursError as error:
        raise NotKept(f"{folder / LOCK}: {error.strerror}") from error
    except OSError as error:
        raise NotKept(f"{folder}: {error.strerror}") from error
    try:
        end = time.monotonic() + _LOCK_PATIENCE_S
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError as error:
                if time.monotonic() > end:
                    raise RecordLocked(f"{folder} is locked by another program") from error
                time.sleep(0.02)
        yield
        _mark_kept(folder, handle)
    finally:
        os.close(handle)


def _mark_kept(folder: Path, lock: int) -> None:
    """The lock is no longer empty: a record that is missing later was removed."""
    if os.fstat(lock).st_size == 0 and is_file(folder / FILE):
        with suppress(OSError):
            os.write(lock, b"kept\n")


def load(folder: Path) -> Record:
    """Empty where none was kept. One with a `doubt` where there is one, or was, that may be another than the one that was kept."""
    try:
        handle = os.open(folder / FILE, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return Record(doubt="it was removed") if _was_kept(folder) else Record()
    except OSError as error:
        return Record(doubt=error.strerror or "it cannot be read")
    try:
        seen = os.fstat(handle)
        if not stat.S_ISREG(seen.st_mode):
            return Record(doubt="it is no file")
        if seen.st_mode & 0o022 or seen.st_uid not in (0, os.geteuid(), folder.stat().st_uid):
            return Record(doubt="others may have written it")
        content = os.read(handle, SIZE_LIMIT)
    except OSError as error:
        return Record(doubt=error.strerror or "it cannot be read")
    finally:
        os.close(handle)
    return _decoded(content)


def _decoded(content: bytes) -> Record:
    """Whole to the last byte, which its sum tells, or not to be believed."""
    body, mark, rest = content.rpartition(_SUM)
    if not mark or rest != b'"%s"}\n' % _sum(body):
        return Record(doubt="it is damaged")
    try:
        return replace(msgspec.json.decode(content, type=Record), doubt="")
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return Record(doubt="it is of another kind")


def _encoded(record: Record) -> bytes:
    body = stored(replace(record, doubt="")).removesuffix(b"}\n")
    return b'%s%s"%s"}\n' % (body, _SUM, _sum(body))


def _sum(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest()[:16].encode()


def save(folder: Path, record: Record) -> None:
    """Answers are left out where they would make the record too large to be read again. Raises `NotKept`."""
    content = _encoded(record)
    if len(content) >= SIZE_LIMIT:
        bare = {name: replace(account, answer=None) for name, account in record.gateways.items()}
        content = _encoded(replace(record, gateways=bare))
    try:
        write(folder / FILE, content)
    except StoreError as error:
        raise NotKept(error.text.en) from error


def _was_kept(folder: Path) -> bool:
    try:
        return (folder / LOCK).lstat().st_size > 0
    except OSError:
        return False
