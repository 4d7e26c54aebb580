"""Leading one person: keys, looks and signals in their order, until it is over."""

from __future__ import annotations

import select
from typing import Protocol

from msgspec.structs import replace

from agent.contract.document import Status
from agent.guide.looks import Looks, News, Still
from agent.guide.signals import ENDING, Signals
from agent.present.guide_parts import Said
from agent.remedy.walk import Key, Walk, Word, leave, looked, press, still, told
from probes.ground.bilingual import Bilingual
from probes.ground.clock import Clock

_LOOK_UP_S = 0.5  # at the latest, whether anything is due


class Notes(Protocol):
    """Keeps a person's words. `trouble`: why one could not be kept; `kept`: how many were."""

    trouble: Bilingual | None
    kept: int

    def __call__(self, word: Word) -> None: ...

    def end(self) -> None:
        """Waits until all are kept, within reason."""


class Face(Protocol):
    """A terminal, or lines. `gone`: there is nobody left to talk to."""

    gone: bool

    @property
    def reads(self) -> list[int]: ...

    @property
    def writes(self) -> list[int]: ...

    def draw(self, walk: Walk, said: Said) -> None: ...

    def pressed(self) -> list[Key]: ...

    def flush(self) -> None: ...

    def on_signal(self, number: int) -> None: ...

    def end(self, walk: Walk, said: Said) -> None: ...


class Talk:
    def __init__(self, walk: Walk, face: Face, looks: Looks, signals: Signals, notes: Notes, clock: Clock) -> None:
        self.walk, self._face, self._looks, self._signals, self._notes, self._clock = walk, face, looks, signals, notes, clock

    def run(self) -> None:
        face = self._face
        while not self.walk.ended:
            self._looks.begin(self.walk, self._clock.monotonic())
            face.draw(self.walk, self._said)
            ready, writable, _ = select.select([*face.reads, self._signals.reading], face.writes, [], _LOOK_UP_S)
            if writable:
                face.flush()
            for number in self._signals.heard():
                if number in ENDING:
                    self._take(leave(self.walk))
                else:
                    face.on_signal(number)
            for news in self._looks.found(self.walk, self._clock.monotonic()):
                self._take(self._after(news, self._clock.monotonic()))
            if set(ready) & set(face.reads):
                for key in face.pressed():
                    self._take(press(self.walk, key, self._clock.monotonic()))
                    if not face.reads or not self.walk.ended:
                        face.draw(self.walk, self._said)
            if face.gone:
                self._take(leave(self.walk))
        self._notes.end()
        face.end(self.walk, self._said)

    def _after(self, news: News, now: float) -> Walk:
        if isinstance(news, Status):
            return told(self.walk, news, now)
        return still(self.walk) if isinstance(news, Still) else looked(self.walk, news, now)

    @property
    def _said(self) -> Said:
        return Said(trouble=self._notes.trouble, kept=self._notes.kept > 0)

    def _take(self, walk: Walk) -> None:
        """What a person did is kept at once; where it cannot be, that is said, and it goes on."""
        for word in walk.words:
            self._notes(word)
        self.walk = replace(walk, words=())
