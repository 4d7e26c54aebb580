"""One receiver to a store: what two wrote there would be one's journal and the other's answer."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agent.commands.failure import CommandFailed
from agent.storage.atomic import make_directory, open_directory, trouble_of
from agent.storage.own_file import open_own
from probes.ground.text import escape

FILE = "serve.lock"
_JUDGING = "judging.lock"
_MODE = 0o600


@contextmanager
def alone(store: Path) -> Iterator[None]:
    """The kernel lets go of it, however we end. Raises `CommandFailed`."""
    try:
        handle = _opened(store, FILE)
    except OSError as error:
        text = trouble_of(error, store).text
        raise CommandFailed(text.zh, text.en) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        shown = escape(str(store))
        raise CommandFailed(
            f"另一个 posdiag fleet serve 正在使用 {shown}。先停掉它，或者换一个 --store",
            f"another posdiag fleet serve works in {shown}. Stop it first, or take another --store",
        ) from None
    try:
        yield
    finally:
        os.close(handle)


@contextmanager
def one_at_a_time(store: Path) -> Iterator[None]:
    """For the judging process: one whose receiver was killed may still be at work, and is waited for. Raises OSError."""
    handle = _opened(store, _JUDGING)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _opened(store: Path, name: str) -> int:
    make_directory(store)
    directory = open_directory(store)
    try:
        return open_own(directory, name, os.O_RDWR, _MODE)
    finally:
        os.close(directory)
