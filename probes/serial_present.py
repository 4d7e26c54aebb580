"""The serial ports of this machine, for a terminal on which none is configured. None of them is opened."""

from __future__ import annotations

from pathlib import Path

from probes.edge.failures import CannotTell
from probes.edge.kernel.sysfs import SerialNode, serial_nodes
from probes.edge.serial.holder import LOCK_DIRECTORIES, holding
from probes.ground.deadline import Deadline
from probes.model import Check, Outcome, Symptom, check_of, rights
from probes.model.facts import PortHolder, PresentPort, SerialPresentFacts

_TARGET = "present"


def list_present(
    deadline: Deadline,
    *,
    proc: Path = Path("/proc"),
    sys: Path = Path("/sys"),
    dev: Path = Path("/dev"),
    locks: tuple[Path, ...] = LOCK_DIRECTORIES,
) -> Check[SerialPresentFacts]:
    try:
        nodes = tuple(serial_nodes(sys))
        facts = SerialPresentFacts(devices=tuple(_port(node, deadline, proc, dev, locks) for node in nodes))
    except CannotTell as trouble:
        return check_of(SerialPresentFacts(), Outcome.UNKNOWN, Symptom.NOT_LOOKED, trouble.text, target=_TARGET)
    except OSError:
        because = rights.SYS.missing()
        return check_of(SerialPresentFacts(), Outcome.UNKNOWN, Symptom.DENIED, because, target=_TARGET)
    return check_of(facts, Outcome.PASS, target=_TARGET)


def _port(node: SerialNode, deadline: Deadline, proc: Path, dev: Path, locks: tuple[Path, ...]) -> PresentPort:
    """Raises CannotTell."""
    path = str(dev / node.name)
    return PresentPort(
        node=path, usb=node.usb, maker=node.maker, model=node.model, console=node.console, holder=_holder(path, deadline, proc, locks)
    )


def _holder(path: str, deadline: Deadline, proc: Path, locks: tuple[Path, ...]) -> PortHolder | None:
    """None where nobody holds it, or where the kernel knows the port and nothing made its node. Raises CannotTell."""
    try:
        held = holding(path, deadline, proc=proc, locks=locks)
    except OSError:
        return None
    return held.holders[0].facts() if held.holders else None
