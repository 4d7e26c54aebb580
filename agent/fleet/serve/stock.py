"""The inventory, read again where its file has changed. One that cannot be used any more is as it was before."""

from __future__ import annotations

from pathlib import Path

from agent.fleet.reading.inventory import Inventory, load
from agent.settings.problem import SettingsError


class Stock:
    """`trouble`: why the file could not be used, in words; empty where it could."""

    def __init__(self, path: str) -> None:
        self._path, self._seen = path, (0, 0, 0)
        self._found: Inventory | None = None
        self.trouble = ""

    def now(self) -> Inventory | None:
        if not self._path:
            return None
        try:
            state = Path(self._path).stat()
            seen = (state.st_mtime_ns, state.st_size, state.st_ino)
        except OSError:
            seen = (-1, 0, 0)
        if seen != self._seen:
            self._seen = seen
            try:
                self._found, self.trouble = load(self._path), ""
            except SettingsError as error:
                self.trouble = error.problems[0].sentence()
        return self._found
