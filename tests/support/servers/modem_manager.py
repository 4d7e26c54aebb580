"""The real ModemManager on a private bus, with a simulated modem behind a socket of its test interface (no udev, no tty)."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.patience import PATIENCE_S, until
from tests.support.servers.modem import Modem

WITHOUT_MODEMS = str(Path(__file__).with_name("mmcli_without_modems.sh"))  # in the place of mmcli
PROGRAMS = ("ModemManager", "mmcli", "dbus-daemon", "gdbus")
_BUS = "org.freedesktop.ModemManager1"
_NAMES = {"AT+CGMI": "Maker", "AT+CGMM": "Model", "AT+CGMR": "1.0", "AT+CGSN": "490154203237518", "AT+GCAP": "+GCAP: +CGSM"}
_NAMES |= {"AT+CREG=?": "+CREG: (0-2)", "AT+CGREG=?": "+CGREG: (0-2)", "AT+WS46=?": "+WS46: (12,22,25)", "AT+CIMI": "460001234567890"}
_SETTINGS = ("ATE", "ATV", "ATX", "AT&C", "AT+CMEE=", "AT+CREG=", "AT+CGREG=", "AT+CEREG=", "AT+CFUN=", "AT+COPS=0")


def missing() -> list[str]:
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    return [program for program in PROGRAMS if shutil.which(program, path=path) is None]


@dataclass
class ManagedModem(Modem):
    """Knows the commands by which ModemManager finds out what it has to do with."""

    echo: bool = False

    def _said(self, command: str) -> str:
        if command in _NAMES:
            return _NAMES[command]
        if command.startswith("AT+COPS=3,"):
            return '+COPS: 0,2,"46000",7' if command.startswith("AT+COPS=3,2") else self.operator
        return "" if command.startswith(_SETTINGS) else super()._said(command)


class Managed:
    def __init__(self, address: str, port: str) -> None:
        self.environment = os.environ | {"DBUS_SYSTEM_BUS_ADDRESS": address, "DBUS_SESSION_BUS_ADDRESS": address}
        self.node = f"/dev/{port}"

    def mmcli(self, *arguments: str) -> dict[str, Any]:
        done = subprocess.run(["mmcli", *arguments, "-J"], env=self.environment, capture_output=True, text=True, check=False)
        return json.loads(done.stdout) if done.stdout.startswith("{") else {}

    def state(self) -> str:
        listed = self.mmcli("-L").get("modem-list", [])
        return str(self.mmcli("-m", listed[0])["modem"]["generic"]["state"]) if listed else ""

    def until(self, *states: str) -> None:
        until(lambda: self.state() in states, lambda: f"the modem did not become {states}: {self.state()!r}")


@contextlib.contextmanager
def managed(modem: Modem, folder: Path, *, enable: bool = False) -> Iterator[Managed]:
    port = f"abstract:posdiag-{uuid.uuid4().hex[:8]}"
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
        server.bind(f"\0{port}")
        server.listen()
        stack.callback(server.shutdown, socket.SHUT_RDWR)
        threading.Thread(target=_serve, args=(server, modem), daemon=True).start()
        address = stack.enter_context(_bus())
        there = Managed(address, port)
        stack.enter_context(_daemon(there, folder))
        _wait_for_name(address)
        _call(address, _BUS, f"/{_BUS.replace('.', '/')}", f"{_BUS}.Test.SetProfile", "test", "generic", f"['{port}']")
        there.until("disabled", "failed", "locked")
        if enable:
            subprocess.run(["mmcli", "-m", "any", "-e"], env=there.environment, capture_output=True, timeout=PATIENCE_S, check=True)
        yield there


def _serve(server: socket.socket, modem: Modem) -> None:
    with contextlib.suppress(OSError):
        while True:
            client, _ = server.accept()
            with client:
                while came := client.recv(4096):
                    client.sendall(modem(came))


@contextlib.contextmanager
def _bus() -> Iterator[str]:
    argv = ["dbus-daemon", "--session", "--print-address", "--nofork", "--nopidfile"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


@contextlib.contextmanager
def _daemon(there: Managed, folder: Path) -> Iterator[None]:
    program = shutil.which("ModemManager", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") or "ModemManager"
    options = ["--test-session", "--test-enable", "--test-no-udev", "--no-auto-scan", "--test-no-suspend-resume", "--test-no-qrtr"]
    with (folder / "ModemManager.log").open("w") as log:
        process = subprocess.Popen([program, *options, "--debug"], env=there.environment, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _wait_for_name(address: str) -> None:
    asked = (address, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus.ListNames")
    until(lambda: _BUS in _call(*asked), lambda: "ModemManager did not start")


def _call(address: str, name: str, path: str, method: str, *arguments: str) -> str:
    argv = ["gdbus", "call", "--address", address, "--dest", name, "--object-path", path, "--method", method, *arguments]
    return subprocess.run(argv, capture_output=True, text=True, check=False).stdout
