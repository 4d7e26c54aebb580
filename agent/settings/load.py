"""Settings with where they came from: from a file, or every fault in it at once."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from agent.settings.model import Settings
from agent.settings.problem import Problem, SettingsError

__all__ = ["Loaded", "Problem", "SettingsError", "load"]


class Loaded(Struct, frozen=True):
    """Settings with where they came from. `path` is None for the built-in default; `given` are the dotted keys the file has.

    `hash`: 16 hexadecimal digits, equal where the effective settings are, whichever terminal of one kind they are on. `sources`: the
    file that each given key comes from, where there are several. `lacking`: what is wrong with files that the settings name, which a
    look finds as well, at the gateway that needs them. `service_dir`: the state directory of the service that looks at the terminal, where
    that is another one: it is beside this machine (`agent.settings.beside`).
    """

    settings: Settings
    path: str | None
    given: frozenset[str]
    hash: str
    sources: Mapping[str, str] = {}
    lacking: tuple[Problem, ...] = ()
    service_dir: str = ""


def load(path: str | None = None) -> Loaded:
    """Raises `SettingsError`. Without a path: $POSDIAG_CONFIG, else the file in /etc if there is one, else the default."""
    from agent.settings.read import read  # what reads and checks is given up again by what runs for years

    return read(path)
