"""Runs inside the emulated machine as its only program: does what it is asked over a serial line, one line of JSON each way."""

from __future__ import annotations

import fcntl
import importlib
import json
import os
import subprocess
import sys
import time
import tty
from collections.abc import Callable
from typing import Any, BinaryIO

_TCGETS2 = 0x802C542A
_held: list[int] = []
_printer: Any = None
_daemon: subprocess.Popen[bytes] | None = None


def run(argv: list[str], user: int | None = None) -> dict[str, Any]:
    done = subprocess.run(argv, capture_output=True, text=True, timeout=100, check=False, user=user, group=user, extra_groups=[])
    return {"status": done.returncode, "stdout": done.stdout, "stderr": done.stderr}


def python(code: str) -> dict[str, Any]:
    return run([sys.executable, "-c", code])


def examine(config: str, user: int | None = None) -> dict[str, Any]:
    """`posdiag --check --json`, of whose document only what the tests read goes over the line."""
    with open("/tmp/agent.toml", "w", encoding="utf-8") as file:
        file.write(config)
    done = run([sys.executable, "-m", "agent", "--check", "--json", "--timeout", "60", "--config", "/tmp/agent.toml"], user)
    if done["status"] == 3 and not done["stdout"]:
        return done
    document = json.loads(done["stdout"])
    return {
        "status": done["status"],
        "checks": {check["id"]: check for check in document["checks"] if check["layer"] == "serial"},
        "causes": {cause["code"]: cause["subject"] for cause in document["causes"]},
    }


def start_daemon(config: str) -> dict[str, Any]:
    global _daemon
    with open("/tmp/agent.toml", "w", encoding="utf-8") as file:
        file.write(f'{config}[agent]\ninterval_s = 3600\nconfirm = 1\nstate_dir = "/tmp/state"\nlog_dir = "/tmp/log"\n')
    os.makedirs("/tmp/state", exist_ok=True)
    os.makedirs("/tmp/log", exist_ok=True)
    _daemon = subprocess.Popen([sys.executable, "-m", "agent", "run", "--config", "/tmp/agent.toml"], stdout=subprocess.DEVNULL)
    return {"symptom": _published(None)}


def stop_daemon() -> dict[str, Any]:
    assert _daemon is not None
    _daemon.terminate()
    return {"status": _daemon.wait(30)}


def notice(path: str, present: bool) -> dict[str, Any]:
    """Seconds from the node's coming or going to a status file that tells of it. The next cycle is an hour away."""
    await_node(path, present)
    started = time.monotonic()
    symptom = _published("device_missing" if present else None)
    return {"symptom": symptom, "after_s": round(time.monotonic() - started, 3)}


def _published(other_than: str | None, within_s: float = 60) -> str | None:
    """What the status file says of the device, once that is another thing than it was."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        try:
            with open("/tmp/state/status.json", encoding="utf-8") as file:
                checks = {check["id"]: check for check in json.load(file)["checks"]}
        except FileNotFoundError:
            checks = {}
        if "serial:pad" in checks and checks["serial:pad"]["symptom"] != other_than:
            symptom: str | None = checks["serial:pad"]["symptom"]
            return symptom
        time.sleep(0.02)
    raise TimeoutError(f"the status file says nothing but {other_than}")


def await_node(path: str, present: bool, within_s: float = 20) -> dict[str, Any]:
    started = time.monotonic()
    while os.path.exists(path) is not present:
        if time.monotonic() - started > within_s:
            raise TimeoutError(f"{path} did not {'appear' if present else 'vanish'}: {os.listdir('/sys/bus/usb/devices')}")
        time.sleep(0.005)
    return {"path": path}


def hold(path: str) -> dict[str, Any]:
    _held.append(os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK))
    return {"pid": os.getpid()}


def release() -> dict[str, Any]:
    while _held:
        os.close(_held.pop())
    return {}


def settings(path: str) -> dict[str, Any]:
    port = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        return {"settings": fcntl.ioctl(port, _TCGETS2, bytes(44)).hex()}
    finally:
        os.close(port)


def plug_printer(byte: int, says: dict[str, str]) -> dict[str, Any]:
    """`says`: DLE EOT n → the answer, hexadecimal."""
    global _printer
    device: Any = importlib.import_module("printer_device")  # it lies beside this file, there
    _printer = device.PrinterDevice(byte, {int(number): bytes.fromhex(answer) for number, answer in says.items()})
    return {}


def printer(byte: int | None = None) -> dict[str, Any]:
    """What it received so far, after its status became `byte`."""
    if byte is not None:
        _printer.byte = byte
    return {"received": _printer.received.hex()}


def unplug_printer() -> dict[str, Any]:
    _printer.unplug()
    return {}


WHAT: dict[str, Callable[..., dict[str, Any]]] = {
    "run": run,
    "python": python,
    "examine": examine,
    "start daemon": start_daemon,
    "stop daemon": stop_daemon,
    "notice": notice,
    "await": await_node,
    "hold": hold,
    "release": release,
    "settings": settings,
    "plug printer": plug_printer,
    "printer": printer,
    "unplug printer": unplug_printer,
}


def serve(line: BinaryIO) -> None:
    line.write(b'{"ready": true}\n')
    while request := line.readline():
        asked = json.loads(request)
        started = time.monotonic()
        try:
            answer = WHAT[asked.pop("do")](**asked)
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        answer["took_s"] = round(time.monotonic() - started, 3)
        line.write(json.dumps(answer).encode() + b"\n")


if __name__ == "__main__":
    with open(sys.argv[1], "r+b", buffering=0) as line:
        tty.setraw(line.fileno())
        serve(line)
