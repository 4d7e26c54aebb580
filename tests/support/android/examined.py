"""A made Android terminal that is examined from beside it, with one acquirer."""

from __future__ import annotations

from pathlib import Path

from agent.examination.beside import examine_beside
from agent.examination.beside_memory import BesideMemory
from agent.examination.carried import Carried
from agent.examination.result import Examination
from agent.settings.beside import settings_of
from agent.settings.load import load
from probes.ground.clock import Clock
from tests.support.android.handset import Handset
from tests.support.android.terminal import PACKAGE, AndroidTerminal
from tests.support.servers.adb import adb_server


def look(
    place: Path, terminal: AndroidTerminal | Handset, state: str = "device", memory: BesideMemory | None = None
) -> tuple[Examination, BesideMemory]:
    with adb_server(terminal.answer, state=state) as adb:
        (place / "agent.toml").write_text(
            f"""
            [[gateway]]
            name = "acquirer-a"
            host = "gw-a.pay.example"
            port = 8583
            protocol = "tls"
            [[app]]
            name = "own"
            process = "of this machine"
            [[beside]]
            name = "till-2"
            adb = "usb:X1"
            package = "{PACKAGE}"
            adb_server = "{adb.address}"
            """
        )
        loaded = load(str(place / "agent.toml"))
        beside = loaded.settings.beside[0]
        return examine_beside(settings_of(loaded, beside), beside, memory or BesideMemory(), carried=Carried.of(Clock()))
