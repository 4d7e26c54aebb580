"""A serial port as an ordinary user sees it, whom nothing belongs to."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec

from probes.model import Check
from probes.model.facts import SerialFacts
from probes.settings import SerialDevice

AS_NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
PROGRAM = """
from pathlib import Path
import msgspec
from probes.ground.deadline import Deadline
from probes.serial_port import Places, serial_port
from probes.settings import SerialDevice
device = msgspec.json.decode({device!r}, type=SerialDevice)
places = Places(sys=Path({sys!r}), dev=Path({dev!r}))
print(msgspec.json.encode(serial_port(device, Deadline(5), apps={apps!r}, places=places)).decode())
"""


def examined_by_nobody(
    device: SerialDevice, apps: tuple[str, ...] = (), *, sys_: Path = Path("/sys"), dev: Path = Path("/dev")
) -> Check[SerialFacts]:
    program = PROGRAM.format(device=msgspec.json.encode(device), sys=str(sys_), dev=str(dev), apps=apps)
    done = subprocess.run([*AS_NOBODY, sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return msgspec.json.decode(done.stdout, type=Check[SerialFacts])
