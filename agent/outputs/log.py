"""The log: one entry for each confirmed change."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from agent.outputs.change import Change
from agent.outputs.file_troubles import FileTroubles
from agent.outputs.log_entry import entry
from agent.outputs.log_file import FILE, append
from agent.outputs.seam import Context, Output, Undelivered
from agent.settings.model import Language, Settings


class Log:
    name, slow, beside = "log", True, True

    def __init__(self, path: Path, language: Language, files: FileTroubles) -> None:
        self._path, self._language, self._files = path, language, files

    def change(self, change: Change) -> None:
        text = entry(change.status, change.before, self._language)
        if not self._files.tried(self._path, partial(append, self._path, text)):
            raise Undelivered


def make(settings: Settings, context: Context) -> Sequence[Output]:
    return [Log(Path(settings.agent.log_dir) / FILE, settings.terminal.language, context.files)]
