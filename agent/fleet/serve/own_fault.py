"""A fault of our own, in one line: what it was, and in which line of which file."""

from __future__ import annotations

from pathlib import Path

from probes.ground.text import escape

_SHOWN = 200


def told_of(error: BaseException) -> str:
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f" ({Path(place.tb_frame.f_code.co_filename).name}:{place.tb_lineno})" if place is not None else ""
    return f"{type(error).__name__}: {escape(str(error), _SHOWN)}{where}"
