"""From the directory of people's words into the record: in the order in which they were said, each once, whatever happens between.

A file goes when its word is on the disk. One whose word is there already, as after a power cut between the two, only goes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from agent.contract.event import DrillEvent, ToldEvent
from agent.contract.times import parse
from agent.contract.word import Word, read
from agent.record.moments import Moment, back
from agent.storage.history_file import FILE, PREDECESSOR, lines_in
from agent.storage.told_spool import Spool

_INCIDENT = re.compile(rb'"incident":"([^"]{1,40})"')
_TOLD = ("what", "word", "text", "step", "helped", "who", "ticket", "promised", "until", "name", "due")
_NO_INCIDENT = ("maintenance", "date")  # what they are about is none


class Taken(Struct, frozen=True, kw_only=True):
    """`words`: how many were taken in. `refused`: what is none, and could not be removed or was, with why. `kept`: what could not be
    written, and waits."""

    words: int = 0
    refused: tuple[tuple[str, str], ...] = ()
    kept: int = 0


class Known(Struct, frozen=True, kw_only=True):
    """What the record holds already: which of the words asked for, and the incident that opened last."""

    words: frozenset[str]
    incident: str


class Intake:
    """`fit`: masks a word. `tell`: appends events, true once they are on the disk; `forget`: removes words from the record, true once
    they are gone. `stamp`: what a line says of a moment. `incident`: the one that is open, empty for none."""

    def __init__(
        self,
        state_dir: Path,
        *,
        fit: Callable[[Word], Word],
        tell: Callable[[Sequence[ToldEvent | DrillEvent]], bool],
        forget: Callable[[str], bool],
        stamp: Callable[[Moment], dict[str, Any]],
        now: Callable[[], Moment],
        incident: Callable[[], str] = str,
    ) -> None:
        self._folder, self._spool = state_dir, Spool(state_dir)
        self._fit, self._tell, self._forget, self._stamp, self._now, self._incident = fit, tell, forget, stamp, now, incident

    def take(self, most: int = 100) -> Taken:
        """Raises OSError where the directory cannot be read."""
        files, refused = self._spool.waiting()
        wrong = [(each.file, each.why) for each in refused]
        words: list[tuple[str, Word]] = []
        for each in files:
            try:
                words.append((each.file, self._fit(read(each.content))))
            except ValueError:
                wrong.append((each.file, "damaged"))
        for file, _ in wrong:
            self._spool.remove(file)
        now = self._now()
        words = sorted(words, key=lambda each: _order(each[1], now))[:most]
        done = self._take(words, now)
        return Taken(words=done, refused=tuple(wrong), kept=len(words) - done)

    def _take(self, words: Sequence[tuple[str, Word]], now: Moment) -> int:
        """How many of them are done with. What is to be forgotten is forgotten after what was said before it."""
        if not words:
            return 0
        known = known_of(self._folder, [word.word for _, word in words])
        waiting: list[tuple[str, ToldEvent | DrillEvent]] = []
        seen, done = set(known.words), 0
        for file, word in words:
            if word.what == "forget":
                told, waiting = self._written(waiting), []
                if told is None or not self._forget(word.forgotten):
                    return done
                done += told + self._spool.remove(file)
            elif word.word in seen:
                done += self._spool.remove(file)
            else:
                seen.add(word.word)
                waiting.append((file, self._event(word, known, now)))
        return done + (self._written(waiting) or 0)

    def _written(self, words: Sequence[tuple[str, ToldEvent | DrillEvent]]) -> int | None:
        """How many; None where they could not be."""
        if words and not self._tell([event for _, event in words]):
            return None
        for file, _ in words:
            self._spool.remove(file)
        return len(words)

    def _event(self, word: Word, known: Known, now: Moment) -> ToldEvent | DrillEvent:
        if word.what == "drill":
            drilled = {name: getattr(word, name) for name in ("result", "subject", "text", "word", "who")}
            return DrillEvent(what=word.drill, **drilled, **self._stamp(_said(word, now)))
        about = "" if word.what in _NO_INCIDENT else word.incident or self._incident() or known.incident
        told = {name: getattr(word, name) for name in _TOLD}
        return ToldEvent(**told, incident=about, **self._stamp(_said(word, now)))


def known_of(folder: Path, names: Iterable[str]) -> Known:
    """What cannot be read is passed over. Lines are looked into as bytes, and decoded by nobody."""
    wanted = {f'"word":"{name}"'.encode(): name for name in names}
    found, incident = set[str](), b""
    for name in (PREDECESSOR, FILE):
        with suppress(OSError):
            for line in lines_in(folder / name):
                if b'"kind":"told"' in line or b'"kind":"drill"' in line:
                    found |= {word for text, word in wanted.items() if text in line}
                elif b'"kind":"opened"' in line and (opened := _INCIDENT.search(line)):
                    incident = opened[1]
    return Known(words=frozenset(found), incident=incident.decode("utf-8", "replace"))


def _order(word: Word, now: Moment) -> tuple[int, float]:
    """Those of an earlier boot first."""
    if word.boot_id and word.boot_id == now.boot_id:
        return (1, word.running_s)
    return (0, parse(word.at) or 0.0)


def _said(word: Word, now: Moment) -> Moment:
    """When it was said; now, where it says what cannot be."""
    at = parse(word.at)
    if word.boot_id == now.boot_id and now.boot_id and word.running_s <= now.running_s:
        return back(now, now.running_s - word.running_s)
    if at is None or at > now.at or not word.boot_id or word.boot_id == now.boot_id:
        return now
    return replace(now, at=at, boot_id=word.boot_id, running_s=word.running_s)
