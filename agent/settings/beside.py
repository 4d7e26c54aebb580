"""The settings of a terminal beside this machine: its own name and directories, and of this machine what is the shop's."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from agent.settings.load import Loaded
from agent.settings.own_id import own_id
from probes.settings import Beside

FOLDER = "beside"  # in the state directory: a folder for each
_OF_THE_MACHINE = ("model", "firmware")  # labels


def folder(directory: str | Path, name: str) -> Path:
    return Path(directory) / FOLDER / name


def settings_of(loaded: Loaded, beside: Beside) -> Loaded:
    """As its document is written: its own name and directories, the hosts that it pays at, and nothing of this machine or its devices.

    Many shops have a `till-2`, so it is known as `shop-17/till-2`, after the machine that it stands beside.
    """
    settings, agent = loaded.settings, loaded.settings.agent
    labels = {name: value for name, value in settings.terminal.labels.items() if name not in _OF_THE_MACHINE}
    terminal = replace(settings.terminal, id=f"{own_id(settings.terminal)}/{beside.name}", serial_number="", labels=labels)
    state_dir = str(folder(agent.state_dir, beside.name))
    status_dir = str(folder(agent.status_dir, beside.name)) if agent.status_dir else ""
    own_agent = replace(agent, state_dir=state_dir, status_dir=status_dir)
    own = replace(settings, terminal=terminal, agent=own_agent, serial=[], app=[], uplink=[], plugin=[], date=[], beside=[beside])
    return replace(loaded, settings=own, service_dir=agent.state_dir)
