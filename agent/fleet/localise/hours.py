"""When a shop is heard of, by the hour of the week: a closed shop is no fault.

Counted where somebody looks again and again (`watch`, `serve`, `scan --store`): in each hour the first look notes which shops were heard of
since the hour before. Hours are UTC. A shop counts as open where it was heard of in this hour and in both beside it: so its first and its
last hour are not judged, nor the ones that summer time moves.
"""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from agent.fleet.model.table import Table

HOUR = 3600
WEEK = 168
KNOWN_FROM = 2  # looks at this hour of the week, before a profile says anything
OPEN_FROM = 0.5  # of the looks: the shop was heard of
_FULL = 8  # looks at one hour of the week; then all its counts are halved, so that what was true two months ago fades
_EMPTY = bytes(WEEK)


def slot(moment: int) -> int:
    """The hour of the week; which day it begins with is no matter."""
    return moment // HOUR % WEEK


def shop_of(store: str, terminal: str) -> str:
    """Whose hours they are: the shop's, or the terminal's own where no shop is known."""
    return f"s:{store}" if store else f"t:{terminal}"


class _Kept(Struct, frozen=True):
    last: int
    looked: bytes
    heard: dict[str, bytes]


class Hours:
    """`looked`: how often somebody looked in each hour of the week; `heard`: in how many of these a shop was heard of."""

    def __init__(self) -> None:
        self._last = 0  # the hour that was noted last, since the epoch
        self._looked = bytearray(WEEK)
        self._heard: dict[str, bytearray] = {}

    def note(self, table: Table, now: int) -> bool:
        """Once an hour; false where this one is noted already. After a pause nothing is made up for the hours in which nobody looked."""
        hour = now // HOUR
        if hour <= self._last:
            return False
        self._last = hour
        at = slot(now)
        if self._looked[at] == _FULL:
            for counts in (self._looked, *self._heard.values()):
                counts[at] = (counts[at] + 1) // 2
        self._looked[at] += 1
        stores = table.attributes.get("store")
        heard = {
            shop_of(stores[number] if stores is not None else "", table.ids[number])
            for number in np.flatnonzero(np.array(table.received, dtype="q") > now - HOUR).tolist()
        }
        for shop in heard:
            counts = self._heard.setdefault(shop, bytearray(WEEK))
            counts[at] = min(counts[at] + 1, _FULL)
        return True

    def known(self, now: int) -> bool:
        """Whether this hour of the week was looked at often enough to say anything of any shop."""
        return self._looked[slot(now)] >= KNOWN_FROM

    def open(self, shop: str, now: int) -> bool:
        """A shop that was seldom heard of in hours like this is closed; one that nobody ever heard of, too."""
        heard = self._heard.get(shop, _EMPTY)
        around = [slot(now + beside) for beside in (-HOUR, 0, HOUR)]
        return all(heard[at] >= OPEN_FROM * self._looked[at] for at in around) and any(heard[at] for at in around)

    def expected(self, table: Table, now: int) -> NDArray[Any]:
        """For each row, whether its shop is open now."""
        rows = len(table)
        stores = table.attributes.get("store")
        if stores is None:
            return np.array([self.open(shop_of("", name), now) for name in table.ids], dtype=bool)
        codes = np.array(stores.codes, dtype="i")
        by_store = np.array([bool(value) and self.open(shop_of(value, ""), now) for value in stores.values], dtype=bool)
        found = by_store[codes] if rows else np.zeros(0, dtype=bool)
        for number in np.flatnonzero(codes == 0).tolist():
            found[number] = self.open(shop_of("", table.ids[number]), now)
        return found

    def forget(self, shop: str) -> None:
        self._heard.pop(shop, None)

    def encode(self) -> bytes:
        return msgspec.msgpack.encode(_Kept(self._last, bytes(self._looked), {shop: bytes(counts) for shop, counts in self._heard.items()}))

    @classmethod
    def decode(cls, data: bytes) -> Hours:
        """Raises `ValueError` for what is no such file."""
        try:
            kept = msgspec.msgpack.decode(data, type=_Kept)
        except msgspec.MsgspecError as error:
            raise ValueError(str(error)) from None
        if any(len(counts) != WEEK for counts in (kept.looked, *kept.heard.values())):
            raise ValueError(f"not {WEEK} hours")
        made = cls()
        made._last, made._looked = kept.last, bytearray(kept.looked)
        made._heard = {shop: bytearray(counts) for shop, counts in kept.heard.items()}
        return made
