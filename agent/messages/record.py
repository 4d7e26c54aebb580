"""The record as a file: `<state_dir>/app-messages.json`, the agent's own, replaced whole, read and written under a lock."""

from __future__ import annotations

import fcntl
import hashlib
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from agent.storage.atomic import StoreError, make_directory, open_directory, write
from agent.storage.own_file import NotOursError, open_own
from probes.model import Outcome, Symptom
from probes.model.facts import AnswerFacts

FILE = "app-messages.json"
LOCK = "app-messages.lock"  # 0600: a lock on the directory could be held by anybody who may read it
SIZE_LIMIT = 256 * 1024  # bytes
_LOCK_PATIENCE_S = 2.0


class Sent(Struct, frozen=True, kw_only=True):
    """One message. `at_s`: wall clock; `running_s`: the clock that nobody sets, good only within the same boot."""

    at_s: float
    boot_id: str
    running_s: float
    by: Literal["daemon", "check"]


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
    """`copied`: of a record in memory, so that messages sent later may be missing."""

    schema: Literal["posdiag.app-messages/1"] = "posdiag.app-messages/1"
    gateways: dict[str, GatewayMessages] = {}
    copied: bool = False


class NotKept(Exception):
    """The record cannot be kept here, so nothing may be sent; the text says why."""


class RecordLocked(NotKept):
    """Another program holds the record: what it sends meanwhile is not known."""


def home(state_dir: str) -> Path:
    """Where this user may keep the record: the state directory, or else a directory of the user's own.

    Raises `NotKept` where there is neither.
    """
    chosen = Path(state_dir)
    if os.access(chosen, os.W_OK | os.X_OK):
        return chosen
    if os.geteuid() == 0 and not chosen.exists():
        return _own(chosen)
    return refuge(state_dir)


def refuge(state_dir: str, *, make: bool = True) -> Path:
    """A directory of this user's own in the place of a state directory that is closed or full: in memory where there is such a place.

    Raises `NotKept`.
    """
    digest = hashlib.sha256(os.fsencode(state_dir)).hexdigest()
    return _own(_base() / f"posdiag-{os.geteuid()}-{digest[:8]}", make=make)


def _base() -> Path:
    for folder in (os.environ.get("XDG_RUNTIME_DIR"), "/run"):
        if folder and os.access(folder, os.W_OK | os.X_OK):
            return Path(folder)
    try:
        import tempfile  # here alone: it brings much with it

        return Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
    except OSError as error:  # no temporary directory takes a file
        raise NotKept(f"no directory can be written: {error.strerror}") from error


def _own(folder: Path, *, make: bool = True) -> Path:
    """Makes the directory, or takes it where it is ours alone: nobody else can have planted a record in it."""
    try:
        if make:
            if os.geteuid() == 0:
                make_directory(folder)
            else:
                folder.mkdir(mode=0o700, exist_ok=True)
        seen = folder.lstat()
    except OSError as error:
        raise NotKept(f"{folder}: {error.strerror}") from error
    if not stat.S_ISDIR(seen.st_mode) or seen.st_uid != os.geteuid() or seen.st_mode & 0o022:
        raise NotKept(f"{folder} is not this user's alone")
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
    finally:
        os.close(handle)


def load(folder: Path) -> Record:
    """What is missing, garbage, or writable for others counts as empty."""
    try:
        handle = os.open(folder / FILE, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return Record()
    try:
        seen = os.fstat(handle)
        if not stat.S_ISREG(seen.st_mode) or seen.st_mode & 0o022 or seen.st_uid not in (0, os.geteuid(), folder.stat().st_uid):
            return Record()
        return msgspec.json.decode(os.read(handle, SIZE_LIMIT), type=Record)
    except (OSError, msgspec.DecodeError, UnicodeError, RecursionError):
        return Record()
    finally:
        os.close(handle)


def save(folder: Path, record: Record) -> None:
    """Answers are left out where they would make the record too large to be read again. Raises `NotKept`."""
    content = msgspec.json.encode(record) + b"\n"
    if len(content) >= SIZE_LIMIT:
        bare = {name: replace(account, answer=None) for name, account in record.gateways.items()}
        content = msgspec.json.encode(replace(record, gateways=bare)) + b"\n"
    try:
        write(folder / FILE, content)
    except StoreError as error:
        raise NotKept(error.text.en) from error
