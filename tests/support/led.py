"""Somebody who is led by `posdiag guide` at a real terminal in a small world, and what is kept of what they did."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.patience import PATIENCE_S
from tests.support.recorded import told
from tests.support.screen import Screen, screen
from tests.support.world.world import World


@contextmanager
def led(w: World, language: str = "en", columns: int = 80, rows: int = 24, *, user: int | None = None, **environ: str) -> Iterator[Screen]:
    """The guide at a terminal in the world, with the step on the screen."""
    argv, surroundings = w.seat(user).command("guide", "--config", str(w.configure()), "--lang", language, "--timeout", str(PATIENCE_S / 4))
    with screen(argv, columns=columns, rows=rows, environ={**surroundings, "TERM": "vt100", **environ}) as shown:
        yield shown


def kept(w: World) -> list[tuple[str, str]]:
    """Steps and whether they helped, as people said: in the record, or on their way to it."""
    state = w.folder / "state"
    waiting = [json.loads(path.read_bytes()) for path in sorted(state.glob("told/*.json"))]
    return [(each["step"], each["helped"]) for each in [*told(state, "told"), *waiting]]
