"""The serial ports of this machine, for a terminal on which none is configured. None of them is opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from probes.edge.kernel.sysfs import SerialNode, serial_nodes
from probes.edge.serial.holder import LOCK_DIRECTORIES, holding
from probes.ground.deadline import Deadline
from probes.model import Check, Layer, Outcome, Symptom


def list_present(
    deadline: Deadline,
    *,
    proc: Path = Path("/proc"),
    sys: Path = Path("/sys"),
    dev: Path = Path("/dev"),
    locks: tuple[Path, ...] = LOCK_DIRECTORIES,
) -> Check:
    try:
        nodes = tuple(serial_nodes(sys))
    except OSError:
        return Check(
            id="serial:present",
            layer=Layer.SERIAL,
            target="present",
            outcome=Outcome.UNKNOWN,
            symptom=Symptom.DENIED,
            because="no permission to list /sys/class/tty",
        )
    devices = [_device(node, deadline, proc, dev, locks) for node in nodes]
    return Check(id="serial:present", layer=Layer.SERIAL, target="present", outcome=Outcome.PASS, facts={"devices": devices})


def _device(node: SerialNode, deadline: Deadline, proc: Path, dev: Path, locks: tuple[Path, ...]) -> dict[str, Any]:
    path = str(dev / node.name)
    try:
        held = holding(path, deadline, proc=proc, locks=locks)
    except OSError:
        holder = None  # the kernel knows the port, and nothing made its node
    else:
        holder = held.holders[0].facts() if held.holders else None
    return {"node": path, "usb": node.usb, "maker": node.maker, "model": node.model, "console": node.console, "holder": holder}
