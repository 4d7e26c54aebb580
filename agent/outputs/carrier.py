"""What brings letters to a collector, and what may come of it.

Exception
├── NotSent     for now: the line, the other side, or a secret that it refuses; it is tried again
├── TooLarge    the other side takes less at once
└── NotTaken    the other side will never take this very letter
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from probes.edge.failures import CannotTell, PeerFailed
from probes.ground.bilingual import Bilingual, same
from probes.ground.files import read_small
from probes.ground.text import escape

_SECRET_LIMIT = 8 * 1024  # bytes


class NotSent(Exception):
    """`kind`: the same trouble is said once. `after_s`: what the other side asked for. `delivered`: so many of them were taken all the
    same. `lasting`: a better line would not help."""

    def __init__(self, kind: str, text: Bilingual, *, after_s: float | None = None, delivered: int = 0, lasting: bool = False) -> None:
        super().__init__(text.en)
        self.kind, self.text, self.after_s, self.delivered, self.lasting = kind, text, after_s, delivered, lasting


class TooLarge(Exception):
    """Nothing of it was taken."""


class NotTaken(Exception):
    """Nothing of it was taken. `status`: the other side's word for it."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


class To(Struct, frozen=True, kw_only=True):
    """Who sends: `terminal` as the fleet calls it, `place` among all terminals (from 0 to below 1)."""

    terminal: str
    place: float


class Carrier(Protocol):
    """Called by one thread at a time. Nothing that it raises but the three above is foreseen."""

    def send(self, letters: Sequence[bytes], sender: To) -> None:
        """In their order; each is one line of JSON. Returns once the other side has them all."""

    @property
    def lost(self) -> bool:
        """A connection that is to stay has ended."""

    def again(self, sender: To) -> None:
        """Makes it anew. Raises `NotSent`."""

    def close(self) -> None:
        """Orderly, and without waiting long."""


def secret(path: str) -> str:
    """The first line of a file. Raises `NotSent`: what it holds is in no text."""
    shown = escape(path)
    try:
        held = read_small(path, _SECRET_LIMIT).decode("ascii").strip().partition("\n")[0].strip()
    except (OSError, ValueError) as error:
        why = escape(getattr(error, "strerror", None) or "no plain text")
        text = Bilingual(f"无法读取 {shown}（{why}）", f"{shown} cannot be read ({why})")
        raise NotSent(f"secret {why}", text, lasting=True) from None
    if not held.isprintable() or not held:
        raise NotSent("secret empty", Bilingual(f"{shown} 里没有口令", f"there is no secret in {shown}"), lasting=True)
    return held


def not_reached(host: str, failure: PeerFailed | CannotTell) -> NotSent:
    """Ready to raise."""
    from agent.present.symptoms import symptom_in_words

    shown = escape(host)
    if isinstance(failure, CannotTell):
        text = escape(failure.text, 200)
        return NotSent(f"own {text}", Bilingual(f"无法连接 {shown}：{text}", f"cannot connect to {shown}: {text}"))
    words = symptom_in_words(failure.symptom) if failure.symptom is not None else same("?")
    zh, en = f"连不上 {shown}：{words.zh}", f"{shown} is not reached: {words.en}"
    return NotSent(failure.symptom.value, Bilingual(zh, en))
