"""How many bytes of bodies are held at one time, over all requests that are not yet answered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class Bodies:
    def __init__(self) -> None:
        self.size = 0

    @contextmanager
    def one(self) -> Iterator[Held]:
        held = Held(self)
        try:
            yield held
        finally:
            self.size -= held.size


class Held:
    """One request's."""

    __slots__ = ("_all", "size")

    def __init__(self, bodies: Bodies) -> None:
        self._all, self.size = bodies, 0

    def add(self, size: int) -> None:
        self.size += size
        self._all.size += size
