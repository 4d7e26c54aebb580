"""The small files of a store: the last answer and those of earlier days, who is retired, which faults somebody took on, shops' hours."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from agent.fleet.localise.hours import Hours
from agent.fleet.model.answer import Answer
from agent.fleet.reading.places import ACKNOWLEDGED, ANSWER, ANSWERS, HOURS, LOCK, RETIRED
from agent.storage import atomic
from probes.ground.files import read_small
from probes.ground.moments import here, nearest

_LARGEST = 1 << 28  # bytes
_INF = 1e18  # seconds: for good, as JSON has no infinity
T = TypeVar("T")


class Acknowledged(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`at`, `until`: seconds since the epoch; `until` 0: while the fault lasts."""

    at: int
    note: str = ""
    until: int = 0


class Memory:
    """Of one store. `damaged`: files of it that could not be used, and are as none."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.damaged: list[str] = []

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One at a time reads and writes; another one waits. Raises `StoreError`."""
        path = self.folder / LOCK
        try:
            atomic.make_directory(self.folder)
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o640)
        except OSError as error:
            raise atomic.trouble_of(error, path) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def answer(self) -> Answer | None:
        return self._json(ANSWER, Answer)

    def answer_before(self, day: date) -> Answer | None:
        """The last one of the day before that, or of the newest before it."""
        for found in reversed(self._days()):
            if found < day and (answer := self._json(f"{ANSWERS}/{found.isoformat()}.json", Answer)) is not None:
                return answer
        return None

    def keep_answer(self, answer: Answer, day: date, keep_days: int) -> None:
        """Raises `StoreError`."""
        content = msgspec.json.encode(answer) + b"\n"
        atomic.write(self.folder / ANSWERS / f"{day.isoformat()}.json", content)
        atomic.write(self.folder / ANSWER, content)
        for found in self._days():
            if found < day - timedelta(days=keep_days):
                (self.folder / ANSWERS / f"{found.isoformat()}.json").unlink(missing_ok=True)

    def retired(self) -> dict[str, float]:
        return self._json(RETIRED, dict[str, float]) or {}

    def keep_retired(self, retired: Mapping[str, float]) -> None:
        """Raises `StoreError`."""
        atomic.write(self.folder / RETIRED, msgspec.json.encode({name: min(moment, _INF) for name, moment in retired.items()}), mode=0o640)

    def acknowledged(self) -> dict[str, Acknowledged]:
        return self._json(ACKNOWLEDGED, dict[str, Acknowledged]) or {}

    def keep_acknowledged(self, taken: Mapping[str, Acknowledged]) -> None:
        """Raises `StoreError`."""
        atomic.write(self.folder / ACKNOWLEDGED, msgspec.json.encode(taken), mode=0o640)

    def hours(self) -> Hours:
        content = self._content(HOURS)
        try:
            return Hours() if content is None else Hours.decode(content)
        except ValueError:
            self.damaged.append(str(self.folder / HOURS))
            return Hours()

    def keep_hours(self, hours: Hours) -> None:
        """Raises `StoreError`."""
        atomic.write(self.folder / HOURS, hours.encode(), mode=0o640)

    def _days(self) -> list[date]:
        try:
            names = [entry.name for entry in os.scandir(self.folder / ANSWERS)]
        except OSError:
            return []
        return sorted(day for name in names if (day := _day_of(name)) is not None)

    def _json(self, name: str, kind: type[T]) -> T | None:
        content = self._content(name)
        try:
            return None if content is None else msgspec.json.decode(content, type=kind)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            self.damaged.append(str(self.folder / name))
            return None

    def _content(self, name: str) -> bytes | None:
        try:
            return read_small(self.folder / name, _LARGEST)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError:
            self.damaged.append(str(self.folder / name))
            return None


def _day_of(name: str) -> date | None:
    try:
        return date.fromisoformat(name.removesuffix(".json")) if name.endswith(".json") else None
    except ValueError:
        return None


def day_of(now: float) -> date:
    """Of this machine's calendar: what people call yesterday."""
    return here(nearest(now)).date()
