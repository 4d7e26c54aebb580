"""The daemon in a world over several cycles: every document that it wrote."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Callable
from typing import Any

from tests.support.patience import PATIENCE_S
from tests.support.world import World

CYCLES = 10
_LONGEST_S = 150.0


def watch(world: World, make: Callable[[World], object], cycles: int = CYCLES) -> list[dict[str, Any]]:
    """The documents of that many cycles after the fault began; the first one is of a healthy world."""
    world.config["agent"] |= {"interval_s": 1, "retry_s": 0.3, "heartbeat_s": 1}
    argv, environment = world.seat().command("run", "--config", str(world.configure()))
    path = world.folder / "state" / "status.json"
    process = subprocess.Popen(
        argv, cwd="/", env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    seen: list[dict[str, Any]] = []
    try:
        end = time.monotonic() + _LONGEST_S
        while len(seen) <= cycles and time.monotonic() < end and process.poll() is None:
            document = _read(path)
            if document and (not seen or _examined_at(document) != _examined_at(seen[-1])):
                if not seen:
                    make(world)
                seen.append(document)
            time.sleep(0.02)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_S)
    return seen


def _read(path: Any) -> dict[str, Any]:
    try:
        document: dict[str, Any] = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    return document


def _examined_at(document: dict[str, Any]) -> str:
    """Of the newest check: a document written again by a heartbeat is not another cycle."""
    return max((str(check["observed_at"]) for check in document["checks"]), default="")
