"""One configured serial port: is the device there, who holds it, and, where that does no harm, what does it say."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct

from probes.assess import modem, no_answer, printer
from probes.assess.assessment import Assessment
from probes.edge.failures import CannotTell
from probes.edge.kernel import usb_trouble
from probes.edge.kernel.processes import belongs_to
from probes.edge.kernel.usb import USBFS
from probes.edge.serial import at_address, modem_manager
from probes.edge.serial import exchange as serial_exchange
from probes.edge.serial import served as serial_served
from probes.edge.serial.access import missing_right
from probes.edge.serial.device_answer import DeviceAnswer
from probes.edge.serial.find import NOBODY, Found, Others, WithoutPort, find, without_port
from probes.edge.serial.holder import LOCK_DIRECTORIES, Holding, holder_of, holding
from probes.edge.serial.opening import NotOpened
from probes.ground.deadline import Deadline
from probes.ground.masking import mask_address
from probes.ground.text import escape
from probes.model import Check, Outcome, Symptom, check_of, rights
from probes.model.devices import ModemState, PrinterStatus
from probes.model.facts import PortHolder, SerialFacts
from probes.settings import PortOwner, SerialDevice, SerialProtocol, SerialRole

EXCHANGE_S = 4.5  # at most, for a connection, its negotiation and the exchange
AFTERWARDS_S = 0.5  # what putting everything back may take
KEEPERS = {
    modem_manager.NAME: "ModemManager has the port and could not be asked",
    "pppd": "pppd has the port: it is connected over it",
}
TURN_S = 1.5  # how long another examination of the same port is waited for
_UNREACHED = (Symptom.TIMEOUT, Symptom.UNREACHABLE, Symptom.SILENT)
_BEHIND_ITS_BACK = f"ModemManager runs and cannot be asked, so its modem is not opened: {rights.MODEM_MANAGER.missing()}"
_NO_LOG = f"whether it resets again and again is not seen: {rights.KERNEL_LOG.missing()}"
_ONLY_PRESENCE = "only its presence is asked for"


class Places(Struct, frozen=True, kw_only=True):
    """Where this machine keeps what is looked at."""

    proc: Path = Path("/proc")
    sys: Path = Path("/sys")
    dev: Path = Path("/dev")
    kmsg: Path = Path("/dev/kmsg")
    locks: tuple[Path, ...] = LOCK_DIRECTORIES
    mmcli: str | None = None  # a program to ask in its place


class _Port(Struct, frozen=True, kw_only=True):
    """A device that was found, and how to look at it."""

    device: SerialDevice
    found: Found
    node: str
    deadline: Deadline
    apps: tuple[str, ...]
    places: Places

    def holding(self) -> Holding:
        """Raises CannotTell, and OSError where the node is gone."""
        aliases = (self.device.port,) if self.device.port else ()
        return holding(self.node, self.deadline, aliases=aliases, proc=self.places.proc, locks=self.places.locks)

    def joined(self) -> bool:
        """Whether somebody has it beside us. Raises CannotTell."""
        try:
            seen = self.holding()
        except OSError:
            return False  # it went away, which the exchange itself will see
        return bool(seen.holders) and not seen.by_posdiag  # which sees that we have it, and goes


def serial_port(
    device: SerialDevice, deadline: Deadline, *, apps: Sequence[str] = (), others: Others = NOBODY, places: Places | None = None
) -> Check[SerialFacts]:
    """`apps` are the expressions of the configured applications, `others` what the other configured devices are."""
    places = places or Places()
    facts = SerialFacts(
        label=device.label,
        role=device.role.value,
        port=escape(mask_address(device.port) if "://" in device.port else device.port),
        required=device.required,
        protocol=device.protocol.value,
        app_configured=bool(apps),
    )
    try:
        if device.port.startswith(serial_served.SCHEMES):
            return _served(device, deadline, facts.with_(can_tell=False))
        found = find(device, others=others, sys=places.sys, dev=places.dev)
        facts = _described(facts, found)
        if found.denied:
            return _check(device, facts, Outcome.UNKNOWN, Symptom.DENIED, found.why)
        if found.node is None:
            bare = None if found.renumbered or found.hidden else without_port(device, others, places.sys)
            return _without_port(device, facts, bare, deadline, places) if bare else _missing(device, facts, found)
        port = _Port(device=device, found=found, node=found.node, deadline=deadline, apps=tuple(apps), places=places)
        return _with_usb(_examine(port, facts, deadline.within(TURN_S)), port)
    except CannotTell as trouble:
        return _check(device, facts, Outcome.UNKNOWN, Symptom.NOT_LOOKED, trouble.text)


def _described(facts: SerialFacts, found: Found) -> SerialFacts:
    """A device without a label is called by what it says of itself."""
    node = escape(found.node) if found.node else None
    facts = facts.with_(
        node=node,
        port=facts.port or node,
        candidates=found.candidates or (found.renumbered if len(found.renumbered) > 1 else ()),
        note=escape(found.why) if found.why else None,
    )
    hardware = found.hardware
    if hardware is None or not hardware.usb:
        return facts
    label = facts.label or " ".join(part for part in (hardware.maker, hardware.model) if part)
    return facts.with_(label=label, usb=hardware.usb, usb_serial=hardware.usb_serial, maker=hardware.maker, model=hardware.model)


def _missing(device: SerialDevice, facts: SerialFacts, found: Found) -> Check[SerialFacts]:
    symptom = Symptom.DEVICE_RENUMBERED if found.renumbered else Symptom.PORT_HIDDEN if found.hidden else Symptom.DEVICE_MISSING
    facts = facts.with_(found_at=next(iter(found.renumbered), None), node=found.hidden or facts.node)
    return _check(device, facts, Outcome.FAIL, symptom)


def _without_port(device: SerialDevice, facts: SerialFacts, bare: WithoutPort, deadline: Deadline, places: Places) -> Check[SerialFacts]:
    """Raises CannotTell."""
    usb = bare.device
    holder = holder_of(str(places.dev / usb.node.removeprefix("/dev/")), deadline, places.proc) if bare.driver == USBFS else None
    facts = facts.with_(
        label=facts.label or " ".join(part for part in (usb.maker, usb.model) if part),
        usb=usb.usb,
        usb_serial=usb.usb_serial,
        maker=usb.maker,
        model=usb.model,
        driver=bare.driver or None,
        holder=holder,
        found_by=bare.by,
        candidates=(),
    )
    return _check(device, facts, Outcome.FAIL, Symptom.NO_PORT)


def _with_usb(check: Check[SerialFacts], port: _Port) -> Check[SerialFacts]:
    """What is found by an exchange tells more than the log; only where all else is well does the log speak."""
    hardware = port.found.hardware
    if check.outcome is not Outcome.PASS or hardware is None or not hardware.unit:
        return check
    count = usb_trouble.upsets(hardware.unit, port.deadline, kmsg=port.places.kmsg)
    if count is None or count < usb_trouble.MANY:
        note = check.facts.note or (_NO_LOG if count is None else None)  # what else is to be noted counts for more
        return _check(port.device, check.facts.with_(note=note), Outcome.PASS)
    return _check(port.device, check.facts.with_(usb_upsets=count, window_s=usb_trouble.WINDOW_S), Outcome.WARN, Symptom.USB_UNSTABLE)


def _examine(port: _Port, facts: SerialFacts, turn: Deadline) -> Check[SerialFacts]:
    """Until `turn` is over, another examination of the same port is waited for. Raises CannotTell."""
    device = port.device
    try:
        held = _in_turn(port.holding, turn)
    except OSError:
        return _check(device, facts.with_(note="it went away while being looked at"), Outcome.FAIL, Symptom.DEVICE_MISSING)
    if device.protocol is SerialProtocol.AT:
        try:
            answer = modem_manager.ask(port.node, port.deadline, port.places.mmcli, port.places.proc)
            return _read(device, answer, facts.with_(can_tell=held.complete))
        except modem_manager.NotAsked:
            pass  # the modem is nobody's, or somebody else's
        except modem_manager.NoAnswer:
            if not held.holders:
                return _check(device, facts.with_(can_tell=held.complete), Outcome.UNKNOWN, because=_BEHIND_ITS_BACK)
    if held.by_posdiag:
        return _read(device, serial_exchange.NOT_OUR_TURN, facts.with_(holder=held.holders[0].facts(), can_tell=True))
    if held.holders:
        return _held(device, held, port.apps, facts)
    facts = facts.with_(can_tell=held.complete)
    if why := _why_not_opened(device, port.found, held):
        return _check(device, facts.with_(note=(_unseen(held) if why == _ONLY_PRESENCE else why) or facts.note), Outcome.PASS)
    if serial_exchange.in_use(port.node, port.places.proc):
        return _read(device, serial_exchange.BUSY, facts)
    try:
        answer = serial_exchange.exchange(device, port.node, _patience(port.deadline), port.joined, certain=held.complete)
    except NotOpened as refusal:
        if refusal.locked and not turn.passed():  # two examinations began at once: whose the lock is shows now
            time.sleep(serial_exchange.QUIET_S)
            return _examine(port, facts, turn)
        return _refused(port, refusal, facts)
    return _read(device, answer, facts)


def _in_turn(look: Callable[[], Holding], deadline: Deadline) -> Holding:
    """Once no other examination has the port, or at the deadline. Raises CannotTell, and OSError where the node went away."""
    while (held := look()).by_posdiag and not deadline.passed():
        time.sleep(serial_exchange.QUIET_S)
    return held


def _patience(deadline: Deadline) -> Deadline:
    return deadline.within(min(EXCHANGE_S, max(0.0, deadline.remaining() - AFTERWARDS_S)))


def _why_not_opened(device: SerialDevice, found: Found, held: Holding) -> str:
    if device.protocol is SerialProtocol.PRESENCE:
        return _ONLY_PRESENCE
    if not found.line and not serial_exchange.speakable(device, found.node or ""):
        return "not opened: it is no serial line"
    if found.hardware is not None and found.hardware.console:
        return "not opened: it is the system's console"
    if found.alike:
        return "not opened: several devices answer to this description, and it may be the wrong one (give it a port or usb_serial)"
    if device.reset_on_open:
        return "not opened: the device resets when it is"
    unsure = device.owner is PortOwner.APP and not held.complete
    return f"not opened: who holds the port cannot be told: {rights.HOLDERS.missing()}" if unsure else ""


def _unseen(held: Holding) -> str:
    return "" if held.complete else f"another user's process that holds it would not be seen: {rights.HOLDERS.missing()}"


def _held(device: SerialDevice, held: Holding, apps: tuple[str, ...], facts: SerialFacts) -> Check[SerialFacts]:
    """A holder beside the application is a fault too: it takes bytes that are not meant for it. Raises CannotTell."""
    known = [holder for holder in held.holders if holder.pid is not None]
    owned = [(holder, belongs_to(holder.pid, apps)) for holder in known if holder.pid is not None]
    strangers = [holder for holder, ours in owned if ours is False]
    if strangers:
        facts = facts.with_(holder=strangers[0].facts(), can_tell=True)
        if device.protocol is SerialProtocol.AT and all(holder.name in KEEPERS for holder in strangers):
            return _check(device, facts.with_(note=KEEPERS[str(strangers[0].name)]), Outcome.PASS)
        # without a configured application nobody can say that the holder is not it
        return _check(device, facts, Outcome.FAIL if apps else Outcome.WARN, Symptom.PORT_BUSY)
    if doubtful := [holder for holder, ours in owned if ours is None]:
        because = "whether the holder is the application cannot be told: its expression takes too long"
        return _check(device, facts.with_(holder=doubtful[0].facts(), can_tell=False), Outcome.UNKNOWN, because=because)
    holder = known[0] if known else held.holders[0]
    return _check(device, facts.with_(holder=holder.facts(), can_tell=bool(known)), Outcome.PASS)


def _refused(port: _Port, refusal: NotOpened, facts: SerialFacts) -> Check[SerialFacts]:
    """Raises CannotTell."""
    device, facts = port.device, facts.with_(note=escape(f"{port.node}: {refusal.text}"))
    if refusal.symptom is None:
        return _check(device, facts, Outcome.UNKNOWN, Symptom.NOT_LOOKED, f"{port.node} did not open: {refusal.text}")
    if refusal.symptom is Symptom.PORT_BUSY:
        facts = facts.with_(holder=PortHolder(), can_tell=False)
        return _check(device, facts, Outcome.FAIL if port.apps else Outcome.WARN, refusal.symptom)
    if refusal.symptom is Symptom.PORT_PERMISSION:
        try:
            facts = facts.with_(group=(missing := missing_right(port.node)).group, fix=missing.fix)
        except OSError:
            return _check(device, facts, Outcome.FAIL, Symptom.DEVICE_MISSING)
    return _check(device, facts, Outcome.FAIL, refusal.symptom)


def _served(device: SerialDevice, deadline: Deadline, facts: SerialFacts) -> Check[SerialFacts]:
    """Raises CannotTell. A printer takes one client at a time: it is left alone while a program here has it."""
    around = at_address.look(device.port, deadline)
    facts = facts.with_(neighbour_mac=around.mac or None)
    if around.there is False:
        return _check(device, facts, Outcome.FAIL, Symptom.NOBODY_THERE)
    if device.protocol is SerialProtocol.PRESENCE or device.reset_on_open or device.owner is PortOwner.APP:
        note = "served elsewhere, not opened: who holds it cannot be told from here"
        return _check(device, facts.with_(note=note), Outcome.PASS)
    if around.in_use and device.role is SerialRole.PRINTER:
        return _check(device, facts.with_(note="not opened: a program here has a connection to it"), Outcome.PASS)
    answer = serial_served.exchange(device, _patience(deadline))
    if answer.symptom in _UNREACHED and at_address.look(device.port, deadline).there is False:
        return _check(device, facts, Outcome.FAIL, Symptom.NOBODY_THERE)
    return _read(device, answer, facts)


def _read(device: SerialDevice, answer: DeviceAnswer, facts: SerialFacts) -> Check[SerialFacts]:
    meant, facts = meaning_of(answer), facts.learnt(answer.facts)
    facts = facts.with_(refused=modem.refused(facts.refusal)) if facts.refusal else facts
    return _check(device, facts, meant.outcome, meant.symptom, meant.because)


def meaning_of(answer: DeviceAnswer) -> Assessment:
    if answer.because is not None:
        return Assessment(Outcome.SKIP, because=answer.because)
    if answer.symptom is not None:
        return no_answer.assess(answer.symptom, answer.facts)
    match answer.told:
        case PrinterStatus():
            return printer.assess(answer.told)
        case ModemState():
            return modem.assess(answer.told)
    return Assessment(Outcome.PASS)


def _check(
    device: SerialDevice, facts: SerialFacts, outcome: Outcome, symptom: Symptom | None = None, because: str | None = None
) -> Check[SerialFacts]:
    return check_of(facts, outcome, symptom, escape(because) if because else None, name=device.name)
