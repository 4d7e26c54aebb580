"""The adb server that a made terminal is plugged into, on a socket of the world's own."""

from __future__ import annotations

from typing import Any

from tests.support.android.handset import Handset
from tests.support.android.terminal import PACKAGE
from tests.support.servers.adb import AdbServer, OddlyNamed
from tests.support.world import World

NAME = "till-2"


def beside(w: World, **settings: Any) -> None:
    w.config["beside"] = [{"name": NAME, **settings}]
    w.config["system"] = {}  # its own limits, as they are built in


def plugged_in(w: World, handset: Handset, **settings: Any) -> AdbServer:
    return _served(w, AdbServer(handset.answer, path=str(w.folder / "adb.sock")), settings)


def oddly_named(w: World, handset: Handset, line: str, *names: str, **settings: Any) -> AdbServer:
    return _served(w, OddlyNamed(handset.answer, line, names, str(w.folder / "adb.sock")), settings)


def _served(w: World, server: AdbServer, settings: dict[str, Any]) -> AdbServer:
    w.cleanup.callback(server.close)
    beside(w, **({"adb": "usb:X1", "package": PACKAGE, "adb_server": server.address} | settings))
    return server
