"""A receipt printer as its manual describes it: the real-time status commands `DLE EOT n`, one byte each."""

from __future__ import annotations

from dataclasses import dataclass

_BASE = 0x12


@dataclass
class Printer:
    cover_open: bool = False
    paper_end: bool = False
    near_end: bool = False
    cutter_jam: bool = False
    unrecoverable: bool = False
    head_hot: bool = False
    feed_pressed: bool = False
    switched_offline: bool = False  # by a key on its panel
    answers_1a_when_empty: bool = False
    automatic_status: bool = False  # sends four bytes unasked before each answer
    silent_on: tuple[int, ...] = ()

    def __call__(self, came: bytes) -> bytes:
        answer = b""
        while (start := came.find(b"\x10\x04")) >= 0 and len(came) > start + 2:
            answer += self._status(came[start + 2])
            came = came[start + 3 :]
        return answer

    @property
    def _error(self) -> bool:
        return self.cutter_jam or self.unrecoverable or self.head_hot

    @property
    def _offline(self) -> bool:
        return self.cover_open or self.paper_end or self._error or self.switched_offline or self.feed_pressed

    def _status(self, number: int) -> bytes:
        if number in self.silent_on:
            return b""
        if self.paper_end and self.answers_1a_when_empty and number in (1, 2, 4):
            return b"\x1a\x32\x7e"
        unasked = b"\x10\x00\x00\x00" if self.automatic_status else b""
        bits = {
            1: 0x08 * self._offline | 0x40 * self.feed_pressed,
            2: 0x04 * self.cover_open | 0x08 * self.feed_pressed | 0x20 * self.paper_end | 0x40 * self._error,
            3: 0x08 * self.cutter_jam | 0x20 * self.unrecoverable | 0x40 * self.head_hot,
            4: 0x0C * self.near_end | 0x60 * self.paper_end,
        }
        return unasked + bytes([_BASE | bits[number]]) if number in bits else b""
