"""A made Android terminal by what its commands print, and the adb server that it is plugged into, on a socket of the world's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.support.android.terminal import PACKAGE, AndroidTerminal
from tests.support.servers.adb import AdbServer, Answers, Said
from tests.support.world import World

NAME = "till-2"
REFUSED = Said(err="nc: connect: Connection refused\n", status=1)
NO_WAY = Said(err="nc: connect: Network is unreachable\n", status=1)
TIMED_OUT = Said(err="nc: Timeout\n", status=1)
DENIED = Said(err="/system/bin/sh: can't execute: Permission denied\n", status=126)
NONE = Said(status=1)
Says = Mapping[str, Said | Callable[[str], Said]]


class Handset:
    """`says`: the beginning of a command → what it prints, the longest one that fits; all others are as `usual` has them."""

    def __init__(self, says: Says, usual: AndroidTerminal | None = None) -> None:
        self.says: dict[str, Said | Callable[[str], Said]] = dict(says)
        self._usual = usual or AndroidTerminal()

    def answer(self, command: str) -> Said:
        fitting = max((begin for begin in self.says if command.startswith(begin)), key=len, default=None)
        if fitting is None:
            return self._usual.answer(command)
        said = self.says[fitting]
        return said if isinstance(said, Said) else said(command)


class OddlyNamed(AdbServer):
    """One whose line among `adb devices -l` is no ordinary one, and which goes by these names alone."""

    def __init__(self, answers: Answers, path: str, line: str, names: tuple[str, ...]) -> None:
        self._line, self._names = line, names
        super().__init__(answers, path=path)

    def devices(self) -> str:
        return self._line

    def _answer(self, client: Any, request: str) -> bool:
        asked = request.removeprefix("host:")
        if asked.startswith("transport"):
            known = asked in self._names
            client.sendall(b"OKAY" if known else b"FAIL0010device not found")
            return known
        return super()._answer(client, request)


def beside(w: World, **settings: Any) -> None:
    w.config["beside"] = [{"name": NAME, **settings}]
    w.config["system"] = {}  # its own limits, as they are built in


def plugged_in(w: World, handset: Handset, **settings: Any) -> AdbServer:
    return _served(w, AdbServer(handset.answer, path=str(w.folder / "adb.sock")), settings)


def oddly_named(w: World, handset: Handset, line: str, *names: str, **settings: Any) -> AdbServer:
    return _served(w, OddlyNamed(handset.answer, str(w.folder / "adb.sock"), line, names), settings)


def _served(w: World, server: AdbServer, settings: dict[str, Any]) -> AdbServer:
    w.cleanup.callback(server.close)
    beside(w, **({"adb": "usb:X1", "package": PACKAGE, "adb_server": server.address} | settings))
    return server
