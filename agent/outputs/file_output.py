"""`kind = "file"`: the status for another program on this machine, replaced whole with each document."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from agent.contract import summary
from agent.contract.document import Status
from agent.outputs.file_troubles import FileTroubles
from agent.outputs.seam import Context, Undelivered
from agent.settings.output_settings import OutputFormat, OutputSettings
from agent.status.summary import summarise
from agent.storage.atomic import sweep, write


class FileOutput:
    """Its directory is none of the service's own: that it cannot be written is no reason to start anew, as it is for those."""

    slow = True

    def __init__(self, output: OutputSettings, context: Context) -> None:
        self.name, self._path = output.called, Path(output.path)
        self._format = output.format
        self._files = FileTroubles(context.notifier, context.clock)
        sweep(self._path)

    def document(self, status: Status) -> None:
        if not self._files.tried(self._path, partial(write, self._path, self._content(status))):
            raise Undelivered

    def _content(self, status: Status) -> bytes:
        if self._format is OutputFormat.JSON_COMPACT:
            return summary.encode(summarise(status))
        from agent.present.formats import prometheus  # few terminals need it

        return prometheus(status, stale=False).encode("utf-8", "backslashreplace")
