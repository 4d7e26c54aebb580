"""What is handed out: pages, `fleet.json` and the fleet's metrics, as the judging process laid them down, held packed and ready."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from agent.fleet.reading.places import ANSWER
from probes.ground.files import read_small

FOLDER = "shown"
PAGE = "page.{language}.html"
METRICS = "metrics.prom"
LANGUAGES = ("zh", "en")
_LARGEST = 64 * 1024 * 1024  # bytes of one of them
_LEVEL = 6


class Thing(Struct, frozen=True):
    plain: bytes
    packed: bytes
    etag: bytes


def names() -> Iterator[str]:
    yield from (PAGE.format(language=language) for language in LANGUAGES)
    yield ANSWER
    yield METRICS


class Shown:
    """What is not there (yet) is None."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self._things: dict[str, Thing] = {}

    def load(self) -> None:
        """Whatever can be read, anew."""
        for name in names():
            try:
                plain = read_small(self._store / name if name == ANSWER else self._store / FOLDER / name, _LARGEST)
            except (OSError, ValueError):
                continue
            known = self._things.get(name)
            if known is None or known.plain != plain:
                tag = b'"%b"' % hashlib.sha256(plain).hexdigest()[:32].encode()
                self._things[name] = Thing(plain, gzip.compress(plain, _LEVEL, mtime=0), tag)

    def of(self, name: str) -> Thing | None:
        return self._things.get(name)
