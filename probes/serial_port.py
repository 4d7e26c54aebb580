"""One configured serial port: is the device there, who holds it, and, where that does no harm, what does it say."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from probes.edge.kernel import usb_trouble
from probes.edge.kernel.processes import belongs_to
from probes.edge.serial import exchange as serial_exchange
from probes.edge.serial import modem_manager
from probes.edge.serial import served as serial_served
from probes.edge.serial.access import missing_right
from probes.edge.serial.device_answer import DeviceAnswer
from probes.edge.serial.find import Found, find
from probes.edge.serial.holder import LOCK_DIRECTORIES, Holding, holding
from probes.edge.serial.opening import NotOpened
from probes.ground.deadline import Deadline
from probes.ground.text import escape
from probes.model import Check, Layer, Outcome, Symptom
from probes.settings import PortOwner, SerialDevice, SerialProtocol

EXCHANGE_S = 4.5  # at most, for a connection, its negotiation and the exchange
AFTERWARDS_S = 0.5  # what putting everything back may take
KEEPERS = {
    modem_manager.NAME: "ModemManager has the port and could not be asked",
    "pppd": "pppd has the port: it is connected over it",
}
TURN_S = 1.5  # how long another examination of the same port is waited for
_ONLY_PRESENCE = "only its presence is asked for"
_RIGHTS_TO_SEE_HOLDERS = "CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH, or root"


class Places(Struct, frozen=True, kw_only=True):
    """Where this machine keeps what is looked at."""

    proc: Path = Path("/proc")
    sys: Path = Path("/sys")
    dev: Path = Path("/dev")
    kmsg: Path = Path("/dev/kmsg")
    locks: tuple[Path, ...] = LOCK_DIRECTORIES
    mmcli: str | None = None  # a program to ask in its place


def serial_port(
    device: SerialDevice, deadline: Deadline, *, apps: Sequence[str] = (), others: Collection[str] = (), places: Places | None = None
) -> Check:
    """`apps` are the expressions of the configured applications, `others` the ports of the other configured devices."""
    places = places or Places()
    facts: dict[str, Any] = {
        "label": device.label,
        "role": device.role.value,
        "port": device.port,
        "required": device.required,
        "protocol": device.protocol.value,
        "app_configured": bool(apps),
    }
    if device.port.startswith(serial_served.SCHEMES):
        return _served(device, deadline, facts)
    found = find(device, taken=others, sys=places.sys, dev=places.dev)
    _describe(found, facts)
    if found.denied:
        return _check(device, Outcome.UNKNOWN, Symptom.DENIED, facts, found.why)
    if found.node is None:
        if found.renumbered:
            return _check(device, Outcome.FAIL, Symptom.DEVICE_RENUMBERED, facts | {"found_at": found.renumbered[0]})
        return _check(device, Outcome.FAIL, Symptom.DEVICE_MISSING, facts)
    return _with_usb(
        _examine(device, found, found.node, deadline, tuple(apps), facts, places),
        found,
        deadline,
        places,
    )


def _describe(found: Found, facts: dict[str, Any]) -> None:
    """A device without a label is called by what it says of itself."""
    facts["node"] = escape(found.node) if found.node else None
    facts["port"] = escape(facts["port"]) or facts["node"]
    hardware = found.hardware
    if hardware is not None and hardware.usb:
        facts |= {"usb": hardware.usb, "usb_serial": hardware.usb_serial, "maker": hardware.maker, "model": hardware.model}
        facts["label"] = facts["label"] or " ".join(part for part in (hardware.maker, hardware.model) if part)
    if found.candidates or len(found.renumbered) > 1:
        facts["candidates"] = list(found.candidates or found.renumbered)
    if found.why:
        facts["note"] = escape(found.why)


def _with_usb(check: Check, found: Found, deadline: Deadline, places: Places) -> Check:
    """What is found by an exchange tells more than the log; only where all else is well does the log speak."""
    if check.outcome is not Outcome.PASS or found.hardware is None or not found.hardware.unit:
        return check
    count = usb_trouble.upsets(found.hardware.unit, deadline, kmsg=places.kmsg)
    if count is None or count < usb_trouble.MANY:
        return check
    facts = check.facts | {"usb_upsets": count, "window_s": usb_trouble.WINDOW_S}
    return Check(id=check.id, layer=check.layer, target=check.target, outcome=Outcome.WARN, symptom=Symptom.USB_UNSTABLE, facts=facts)


def _examine(
    device: SerialDevice,
    found: Found,
    node: str,
    deadline: Deadline,
    apps: tuple[str, ...],
    facts: dict[str, Any],
    places: Places,
    turn: Deadline | None = None,
) -> Check:
    """Until `turn` is over, another examination of the same port is waited for."""
    turn = turn or deadline.within(TURN_S)

    def look() -> Holding:
        return holding(node, deadline, aliases=(device.port,) if device.port else (), proc=places.proc, locks=places.locks)

    def joined() -> bool:
        try:
            seen = look()
        except OSError:
            return False  # it went away, which the exchange itself will see
        return bool(seen.holders) and not seen.by_posdiag  # which sees that we have it, and goes

    try:
        held = _in_turn(look, turn)
    except OSError:
        return _check(device, Outcome.FAIL, Symptom.DEVICE_MISSING, facts | {"note": "it went away while being looked at"})
    if device.protocol is SerialProtocol.AT:
        try:
            return _read(device, modem_manager.ask(node, deadline, places.mmcli, places.proc), facts | {"can_tell": held.complete})
        except modem_manager.NotAsked:
            pass  # the modem is nobody's, or somebody else's
        except modem_manager.NoAnswer:
            if not held.holders:
                because = "ModemManager runs and cannot be asked, and a modem that may be its is not opened behind its back"
                return _check(device, Outcome.UNKNOWN, None, facts | {"can_tell": held.complete}, because)
    if held.by_posdiag:
        return _read(device, serial_exchange.NOT_OUR_TURN, facts | {"holder": held.holders[0].facts(), "can_tell": True})
    if held.holders:
        return _held(device, held, apps, facts)
    facts = facts | {"can_tell": held.complete}
    if why := _why_not_opened(device, found, held):
        return _check(device, Outcome.PASS, None, facts | ({"note": why} if why != _ONLY_PRESENCE else _unseen(held)))
    if serial_exchange.in_use(node, places.proc):
        return _read(device, serial_exchange.BUSY, facts)
    try:
        reading = serial_exchange.exchange(device, node, _patience(deadline), joined, certain=held.complete)
    except NotOpened as refusal:
        if refusal.locked and not turn.passed():  # two examinations began at once: whose the lock is shows now
            time.sleep(serial_exchange.QUIET_S)
            return _examine(device, found, node, deadline, apps, facts, places, turn)
        return _refused(device, node, refusal, facts)
    return _read(device, reading, facts)


def _in_turn(look: Callable[[], Holding], deadline: Deadline) -> Holding:
    """Once no other examination has the port, or at the deadline. OSError where the node went away."""
    while (held := look()).by_posdiag and not deadline.passed():
        time.sleep(serial_exchange.QUIET_S)
    return held


def _patience(deadline: Deadline) -> Deadline:
    return deadline.within(min(EXCHANGE_S, max(0.0, deadline.remaining() - AFTERWARDS_S)))


def _why_not_opened(device: SerialDevice, found: Found, held: Holding) -> str:
    if device.protocol is SerialProtocol.PRESENCE:
        return _ONLY_PRESENCE
    if found.hardware is not None and found.hardware.console:
        return "not opened: it is the system's console"
    if found.alike:
        return "not opened: several devices answer to this description, and it may be the wrong one (give it a port or usb_serial)"
    if device.reset_on_open:
        return "not opened: the device resets when it is"
    if device.owner is PortOwner.APP and not held.complete:
        return f"not opened: who holds the port cannot be told without {_RIGHTS_TO_SEE_HOLDERS}"
    return ""


def _unseen(held: Holding) -> dict[str, Any]:
    return {} if held.complete else {"note": f"another user's process that holds it would not be seen without {_RIGHTS_TO_SEE_HOLDERS}"}


def _held(device: SerialDevice, held: Holding, apps: tuple[str, ...], facts: dict[str, Any]) -> Check:
    """A holder beside the application is a fault too: it takes bytes that are not meant for it."""
    known = [holder for holder in held.holders if holder.pid is not None]
    owned = [(holder, belongs_to(holder.pid, apps)) for holder in known if holder.pid is not None]
    strangers = [holder for holder, ours in owned if ours is False]
    if strangers and device.protocol is SerialProtocol.AT and all(holder.name in KEEPERS for holder in strangers):
        facts = facts | {"holder": strangers[0].facts(), "can_tell": True, "note": KEEPERS[str(strangers[0].name)]}
        return _check(device, Outcome.PASS, None, facts)
    if strangers:
        # without a configured application nobody can say that the holder is not it
        outcome = Outcome.FAIL if apps else Outcome.WARN
        return _check(device, outcome, Symptom.PORT_BUSY, facts | {"holder": strangers[0].facts(), "can_tell": True})
    if doubtful := [holder for holder, ours in owned if ours is None]:
        facts = facts | {"holder": doubtful[0].facts(), "can_tell": False}
        return _check(
            device, Outcome.UNKNOWN, None, facts, "whether the holder is the application cannot be told: its expression takes too long"
        )
    if known:
        return _check(device, Outcome.PASS, None, facts | {"holder": known[0].facts(), "can_tell": True})
    return _check(device, Outcome.PASS, None, facts | {"holder": held.holders[0].facts(), "can_tell": False})


def _refused(device: SerialDevice, node: str, refusal: NotOpened, facts: dict[str, Any]) -> Check:
    facts = facts | {"note": escape(f"{node}: {refusal.text}")}
    if refusal.symptom is None:
        because = f"{node} did not open: {refusal.text}"
        return _check(device, Outcome.UNKNOWN, None, facts, because)
    if refusal.symptom is Symptom.PORT_BUSY:
        outcome = Outcome.FAIL if facts["app_configured"] else Outcome.WARN
        return _check(device, outcome, refusal.symptom, facts | {"holder": {"name": None, "pid": None}, "can_tell": False})
    if refusal.symptom is Symptom.PORT_PERMISSION:
        try:
            facts |= missing_right(node)
        except OSError:
            return _check(device, Outcome.FAIL, Symptom.DEVICE_MISSING, facts)
    return _check(device, Outcome.FAIL, refusal.symptom, facts)


def _served(device: SerialDevice, deadline: Deadline, facts: dict[str, Any]) -> Check:
    facts = facts | {"port": escape(device.port), "can_tell": False}
    if device.protocol is SerialProtocol.PRESENCE or device.reset_on_open or device.owner is PortOwner.APP:
        return _check(device, Outcome.PASS, None, facts | {"note": "served elsewhere, not opened: who holds it cannot be told from here"})
    return _read(device, serial_served.exchange(device, _patience(deadline)), facts)


def _read(device: SerialDevice, reading: DeviceAnswer, facts: dict[str, Any]) -> Check:
    return _check(device, reading.outcome, reading.symptom, facts | reading.facts, reading.because)


def _check(device: SerialDevice, outcome: Outcome, symptom: Symptom | None, facts: dict[str, Any], because: str | None = None) -> Check:
    return Check(
        id=f"serial:{device.name}",
        layer=Layer.SERIAL,
        target=device.name,
        outcome=outcome,
        symptom=symptom,
        because=escape(because) if because else None,
        facts=facts,
    )
