"""The page in `agent.page_dir`: `index.html`, written on change by a short-lived child, at most once a minute, and renewed before it counts
no longer."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from agent.contract.document import Status
from agent.contract.encode import encode
from agent.outputs.seam import Context, Output
from agent.settings.model import Settings
from agent.storage.atomic import sweep, write
from probes.edge.kernel import child

FILE = "index.html"
APART_S = 60.0  # at the least, from one page to the next
RENEWED_S = 600.0  # where nothing changes
COUNTS_S = 2 * RENEWED_S  # later than that a reader sees that nobody renews it
_PATIENCE_S = 30.0  # for the child, on a busy terminal
_LARGEST = 1024 * 1024  # bytes
_CHILD = "import sys; sys.path[:] = sys.argv.pop(1).split('\\n'); from agent.papers.kept_page import main; main()"


class PageNotMade(OSError):
    """It is tried again with the next document."""


class KeptPage:
    name, slow = "page", True

    def __init__(self, settings: Settings, context: Context) -> None:
        self._path = Path(settings.agent.page_dir) / FILE
        self._state_dir, self._language = settings.agent.state_dir, settings.terminal.language.value
        self._files, self._clock = context.files, context.clock
        self._shown: int | None = None
        self._at = float("-inf")
        sweep(self._path)

    def document(self, status: Status) -> None:
        shown, since = hash(_content(status)), self._clock.running() - self._at
        if since < APART_S or (shown == self._shown and since < RENEWED_S):
            return
        self._at = self._clock.running()  # one that fails is tried again as seldom
        self._shown = None
        page = self._rendered(status)
        if self._files.tried(self._path, partial(write, self._path, page)):
            self._shown = shown

    def _rendered(self, status: Status) -> bytes:
        """Raises `PageNotMade`, and OSError and ImportError where no child can be started."""
        argv = [sys.executable, "-ISB", "-c", _CHILD, "\n".join(sys.path), self._state_dir, self._language, str(COUNTS_S)]
        said = child.run(argv, _PATIENCE_S, _LARGEST, given=encode(status), environment={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"})
        if said.late:
            raise PageNotMade(0, f"not ready within {_PATIENCE_S:g} s")
        if said.status != 0 or not said.output:
            raise PageNotMade(0, "it could not be rendered: posdiag status --html says why")
        return said.output


def _content(status: Status) -> bytes:
    """What the page tells, without the moments at which it was told."""
    still = {"generated_at": "", "valid_until": "", "next_check_at": "", "sequence": 0, "checks": (), "data": (), "record": None}
    return encode(replace(status, **still))


def make(settings: Settings, context: Context) -> Sequence[Output]:
    return [KeptPage(settings, context)] if settings.agent.page_dir else []
