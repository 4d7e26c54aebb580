"""psutil, where it can be loaded. On Android it often cannot: its sources refuse to build for Python 3.13 and later there, and in an
application's sandbox importing it already fails (`/proc/stat` is closed). What it would have told is then not known, and why."""

from __future__ import annotations

from types import ModuleType

from probes.edge.failures import CannotTell
from probes.ground.text import escape

ZOMBIE, DEAD, STOPPED, TRACED = "zombie", "dead", "stopped", "tracing-stop"  # psutil's words
_missing: list[str] = []  # why it could not be loaded: that is not tried again in this process


def loaded() -> ModuleType:
    """Raises CannotTell."""
    if not _missing:
        try:
            import psutil

            return psutil
        except (ImportError, OSError, ValueError, NotImplementedError) as error:
            _missing.append(f"psutil cannot be loaded here ({escape(str(error) or type(error).__name__, 120)})")
    raise CannotTell(_missing[0])
