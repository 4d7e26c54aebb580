"""What a terminal is called where nobody gave it an id: the name of the machine."""

from __future__ import annotations

import socket

from agent.settings.model import TerminalSettings

_LONGEST = 128


def own_id(terminal: TerminalSettings) -> str:
    return terminal.id or _host_name()


def _host_name() -> str:
    try:
        name = socket.gethostname()
    except OSError:
        name = ""
    return "".join(char for char in name if char.isprintable()).strip()[:_LONGEST] or "localhost"
