"""The daemon, unmodified, at a world's terminal, and what its status file says at every moment."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.patience import PATIENCE_S, until
from tests.support.world import config as tables
from tests.support.world.verdict import ROOT, environment
from tests.support.world.world import World

Document = dict[str, Any]


class Daemon:
    def __init__(self, world: World, process: subprocess.Popen[str]) -> None:
        self.world, self.process = world, process

    @property
    def pid(self) -> int:
        return self.process.pid

    def status(self) -> Document:
        """Empty before the first one."""
        path = self.world.folder / "state" / "status.json"
        return json.loads(path.read_bytes()) if path.exists() else {}

    def until(self, what: Callable[[Document], object]) -> Document:
        """The first document that fulfils it."""
        found: list[Document] = []

        def is_so() -> object:
            document = self.status()
            if document and what(document):
                found.append(document)
            else:
                assert self.process.poll() is None, self.process.communicate()[1]
            return found

        until(is_so, self.explain)
        return found[0]

    def explain(self) -> str:
        document = self.status()
        checks = [(c["id"], c["outcome"], c["symptom"], c["observed_at"][11:19]) for c in document.get("checks", [])]
        return f"{document.get('state')} {document.get('cause')} pending {document.get('pending')} {checks}"


@contextmanager
def daemon(
    world: World, changes: tables.Table | None = None, *, python: str = sys.executable, launcher: Path | None = None
) -> Iterator[Daemon]:
    """From the checkout, or by a package's `launcher`. Ended with SIGTERM; whatever it said on standard error is an error of the caller."""
    program = [python, "-m", "agent"] if launcher is None else [str(launcher)]
    argv = ["ip", "netns", "exec", world.terminal, *program, "run", "--config", str(world.configure(changes))]
    process = subprocess.Popen(argv, cwd="/", env=environment(Path(ROOT)), stderr=subprocess.PIPE, text=True)
    try:
        yield Daemon(world, process)
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=PATIENCE_S)[1]
        assert (process.returncode, said) == (0, "")
    finally:
        process.kill()
        process.wait()
