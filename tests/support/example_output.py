"""An output as somebody else would add it: this file, and `make` as a line of the table. What it does besides is asked of it by the test.

It appends a line to `example.txt` in the state directory's parent: `document STATE`, `change STATE`, `stopping`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from agent.contract.document import Status
from agent.outputs.change import Change
from agent.outputs.registry import Make
from agent.outputs.seam import Context, Output
from agent.settings.model import Settings

FILE = "example.txt"


class Example:
    name, slow = "example", True

    def __init__(self, path: Path, before: Callable[[], None]) -> None:
        self._path, self._before = path, before

    def document(self, status: Status) -> None:
        self._write(f"document {status.state}")

    def change(self, change: Change) -> None:
        self._write(f"change {change.status.state}")

    def stopping(self) -> None:
        with self._path.open("a") as file:
            file.write("stopping\n")

    def _write(self, line: str) -> None:
        self._before()
        with self._path.open("a") as file:
            file.write(line + "\n")


def make(settings: Settings, context: Context) -> Sequence[Output]:
    return [Example(Path(settings.agent.state_dir).parent / FILE, lambda: None)]


def _hang() -> None:
    threading.Event().wait()


def _no_network() -> None:
    raise ConnectionRefusedError(111, "Connection refused")


def _broken() -> None:
    raise ZeroDivisionError("by nought")


def _leaves() -> None:
    raise SystemExit(7)


FAULTS: dict[str, Callable[[], None]] = {"hangs": _hang, "OSError": _no_network, "raises": _broken, "exits": _leaves}


def faulty(fault: str) -> Make:
    def make_one(settings: Settings, context: Context) -> Sequence[Output]:
        if fault == "cannot be made":
            raise RuntimeError("no such thing")
        return [Example(Path(settings.agent.state_dir).parent / FILE, FAULTS[fault])]

    return make_one
