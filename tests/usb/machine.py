"""An emulated machine with a USB controller, and devices that are plugged in and out of it over QMP.

No network, no acceleration: it runs wherever QEMU does. What a plugged device receives comes out of a socket here, and what
its driver asks of it in control transfers (modem lines, speed, frame) is in QEMU's trace: nothing that reaches it goes unseen.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import time
from pathlib import Path
from typing import Any, Self

from tests.usb.kernel import Kernel

BOOT_S = 120.0
PORTS = 15
OWN_PORT = PORTS  # never taken unasked: for a test that counts what happens at one port
_TRANSFER = re.compile(r"usb_serial_handle_control dev .*?(0x[0-9a-f]+), value (0x[0-9a-f]+)")
_FTDI_OUT = 0x4000  # bmRequestType of a vendor's request to the device, in the upper byte as QEMU writes it
SET_MODEM_LINES = 0x4001  # FTDI_SIO_SET_MODEM_CTRL: value 0x0303 raises DTR and RTS, 0x0300 lowers them


class Wire:
    """JSON in lines, over a socket of the file system."""

    def __init__(self, path: Path, patience_s: float) -> None:
        self.socket = _connected(path)
        self.socket.settimeout(patience_s)
        self._lines = self.socket.makefile("rb")

    def read(self) -> dict[str, Any]:
        line = self._lines.readline()
        if not line:
            raise EOFError("the machine has stopped")
        told: dict[str, Any] = json.loads(line)
        return told

    def write(self, what: dict[str, Any]) -> None:
        self.socket.sendall(json.dumps(what).encode() + b"\n")

    def close(self) -> None:
        self._lines.close()
        self.socket.close()


class Plugged:
    """A USB serial converter in the machine; `line` is what is connected to it."""

    def __init__(self, name: str, line: socket.socket) -> None:
        self.name = name
        self.line = line

    def received(self) -> bytes:
        """What it was sent and was not read yet; b"" where nothing was."""
        self.line.setblocking(False)
        try:
            return self.line.recv(65536)
        except BlockingIOError:
            return b""


class Machine:
    def __init__(self, kernel: Kernel, initramfs: bytes, place: Path) -> None:
        self.place = place
        self.booted_in_s = 0.0
        self._count = 0
        self._plugged: dict[str, Plugged] = {}
        self._trace = place / "trace.log"
        self._console = place / "console.log"
        (place / "initramfs").write_bytes(initramfs)
        command = ["setpriv", "--pdeathsig", "KILL"]  # it does not outlive a test run that is killed
        command += ["qemu-system-x86_64", "-accel", "tcg", "-cpu", "max", "-m", "512", "-nic", "none", "-display", "none"]
        command += ["-no-user-config", "-nodefaults", "-no-reboot", "-kernel", str(kernel.image), "-initrd", str(place / "initramfs")]
        command += ["-append", "console=ttyS0 loglevel=4 panic=-1 random.trust_cpu=on"]
        command += ["-serial", f"file:{self._console}", "-serial", f"unix:{place / 'guest'},server=on,wait=off"]
        command += ["-qmp", f"unix:{place / 'qmp'},server=on,wait=off", "-device", f"qemu-xhci,id=xhci,p2={PORTS},p3={PORTS}"]
        command += ["-D", str(self._trace), "-trace", "usb_serial_handle_control"]
        self._errors = (place / "qemu.log").open("wb")
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self._errors, stderr=self._errors)

    def __enter__(self) -> Self:
        started = time.monotonic()
        try:
            self._guest = Wire(self.place / "guest", BOOT_S)
            self._qmp = Wire(self.place / "qmp", 30)
            self._qmp.read()
            self._ask_qemu("qmp_capabilities")
            self._guest.read()  # it says that it is ready
        except (OSError, EOFError) as error:
            self._process.kill()
            self._process.wait()
            raise AssertionError(f"it did not boot: {error!r}\n{self._said()}") from error
        self.booted_in_s = time.monotonic() - started
        return self

    def __exit__(self, *_: object) -> None:
        for plugged in self._plugged.values():
            plugged.line.close()
        self._guest.close()
        self._qmp.close()
        self._process.kill()
        self._process.wait()
        self._errors.close()

    def ask(self, do: str, **arguments: Any) -> dict[str, Any]:
        """Has the guest do something, and returns what came of it."""
        self.order(do, **arguments)
        return self.answer()

    def order(self, do: str, **arguments: Any) -> None:
        self._guest.write({"do": do, **arguments})

    def answer(self) -> dict[str, Any]:
        try:
            told = self._guest.read()
        except (OSError, EOFError) as error:
            raise AssertionError(f"no answer from the guest: {error!r}\n{self._said()}") from error
        assert "error" not in told, told["error"]
        return told

    def plug(self, *, serial: str = "1", port: int | None = None) -> Plugged:
        """A converter of FTDI's make, as QEMU has it; into the next port, as a port used again and again is a fault of its own."""
        port = port or self._count % (PORTS - 1) + 1
        self._count += 1
        name = f"converter{self._count}"
        path = self.place / name
        server = {"addr": {"type": "unix", "data": {"path": str(path)}}, "server": True, "wait": False}
        self._ask_qemu("chardev-add", id=f"{name}-line", backend={"type": "socket", "data": server})
        plugged = Plugged(name, _connected(path))
        self._plugged[name] = plugged
        arguments = {"driver": "usb-serial", "id": name, "bus": "xhci.0", "port": str(port), "chardev": f"{name}-line", "serial": serial}
        self._ask_qemu("device_add", **arguments, **{"always-plugged": True})
        return plugged

    def unplug(self, plugged: Plugged) -> None:
        del self._plugged[plugged.name]
        self._ask_qemu("device_del", id=plugged.name)
        plugged.line.close()

    def unplug_all(self) -> None:
        for plugged in list(self._plugged.values()):
            self.unplug(plugged)

    def transfers(self) -> list[tuple[int, int]]:
        """Every request of the driver to a device so far, with its value."""
        text = self._trace.read_text(encoding="utf-8", errors="replace") if self._trace.exists() else ""
        found = [(int(request, 16), int(value, 16)) for request, value in _TRANSFER.findall(text)]
        return [(request, value) for request, value in found if request & 0xFF00 == _FTDI_OUT]

    def _ask_qemu(self, execute: str, **arguments: Any) -> None:
        self._qmp.write({"execute": execute, "arguments": arguments})
        while "return" not in (told := self._qmp.read()):
            assert "error" not in told, f"{execute}: {told['error']['desc']}"

    def _said(self) -> str:
        logs = [self._console, self.place / "qemu.log"]
        return "\n".join(log.read_text(encoding="utf-8", errors="replace")[-3000:] for log in logs if log.exists())


def _connected(path: Path, within_s: float = 20) -> socket.socket:
    """QEMU makes its sockets while it starts."""
    end = time.monotonic() + within_s
    while True:
        client = socket.socket(socket.AF_UNIX)
        try:
            client.connect(os.fspath(path))
            return client
        except (FileNotFoundError, ConnectionRefusedError):
            client.close()
            if time.monotonic() > end:
                raise
            time.sleep(0.02)
