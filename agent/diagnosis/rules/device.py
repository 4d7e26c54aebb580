"""Devices on serial lines, and the payment application."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from agent.diagnosis.candidate import Candidate, either
from agent.diagnosis.causes import Cause
from agent.diagnosis.evidence import failed_there, silent
from agent.diagnosis.rules.cellular import modem_says_why, without_carrier
from agent.diagnosis.snapshot import Snapshot
from agent.diagnosis.views import knows
from probes.model import Check, Facts, Layer, Outcome, Symptom
from probes.model.devices import EMERGENCY, UNREADABLE
from probes.model.facts import AppFacts, SerialFacts

_BY_SYMPTOM = {
    Symptom.DEVICE_MISSING: (Cause.DEVICE_UNPLUGGED, 0.93),
    Symptom.DISCONNECTED: (Cause.DEVICE_UNPLUGGED, 0.8),
    Symptom.USB_UNSTABLE: (Cause.DEVICE_UNPLUGGED, 0.6),  # a loose plug, before a worn cable or a weak supply
    Symptom.DEVICE_RENUMBERED: (Cause.PORT_RENUMBERED, 0.93),
    Symptom.NO_PORT: (Cause.PORT_DRIVER_MISSING, 0.93),
    Symptom.PORT_BUSY: (Cause.PORT_BUSY, 0.93),
    Symptom.PORT_PERMISSION: (Cause.PORT_PERMISSION, 0.95),
    Symptom.PORT_HIDDEN: (Cause.PORT_PERMISSION, 0.85),
    Symptom.NO_REPLY: (Cause.DEVICE_NOT_RESPONDING, 0.85),
    Symptom.FLOW_STALLED: (Cause.DEVICE_NOT_RESPONDING, 0.8),
    Symptom.NO_REPLY_LINES_LOW: (Cause.POWER_OFF, 0.85),
    Symptom.GARBLED: (Cause.SERIAL_MISCONFIGURED, 0.85),
    Symptom.WRONG_PROTOCOL: (Cause.SERIAL_MISCONFIGURED, 0.9),
    Symptom.PAPER_OUT: (Cause.PAPER_OUT, 0.97),
    Symptom.PAPER_LOW: (Cause.PAPER_LOW, 0.95),
    Symptom.COVER_OPEN: (Cause.COVER_OPEN, 0.97),
    Symptom.PRINTER_FAULT: (Cause.PRINTER_FAULT, 0.93),
    Symptom.PRINTER_OFFLINE: (Cause.PRINTER_FAULT, 0.5),  # without a word why
    Symptom.SIM_MISSING: (Cause.SIM_MISSING, 0.95),
    Symptom.SIM_LOCKED: (Cause.SIM_LOCKED, 0.95),
    Symptom.RADIO_OFF: (Cause.RADIO_OFF, 0.93),
    Symptom.REGISTRATION_DENIED: (Cause.DATA_PLAN_STOPPED, 0.85),
    Symptom.NOT_ATTACHED: (Cause.DATA_PLAN_STOPPED, 0.7),
    Symptom.NOT_REGISTERED: (Cause.NOT_REGISTERED, 0.85),
    Symptom.WEAK_SIGNAL: (Cause.WEAK_SIGNAL, 0.8),
    Symptom.NOT_RUNNING: (Cause.PAYMENT_APP_DOWN, 0.95),
    Symptom.NOT_INSTALLED: (Cause.PAYMENT_APP_DOWN, 0.95),
    Symptom.ZOMBIE: (Cause.PAYMENT_APP_DOWN, 0.95),
    Symptom.STOPPED: (Cause.PAYMENT_APP_DOWN, 0.95),
    Symptom.FROZEN: (Cause.PAYMENT_APP_DOWN, 0.8),
    Symptom.CRASHING: (Cause.PAYMENT_APP_DOWN, 0.85),
    Symptom.NO_DESCRIPTORS: (Cause.SOCKETS_EXHAUSTED, 0.85),
}
# why a node is not there is concluded from who lists it; a program that has all it may have may be well with that
_CAPS = {Symptom.PORT_HIDDEN: 0.75, Symptom.NO_DESCRIPTORS: 0.85}
_UNREGISTERED = (Symptom.NOT_REGISTERED, Symptom.REGISTRATION_DENIED)
_DRIVEN = ("rtscts", "dsrdtr")  # flow controls that the device's own lines work
_SURE_ALONE = 0.7
# ports on the board, by their drivers' names (Documentation/admin-guide/devices.txt), and those that a program binds
_WITHOUT_A_PLUG = re.compile(r"/dev/(tty(S|AMA|AML|HSL?|LP|MSM|O|PS|SAC|SC|STM|THS|mxc)|serial|rfcomm)[0-9]+")
_PASSING = (Symptom.PRINTER_OFFLINE,)  # as a remark it goes away by itself: a hot head, a feed key held down


def device_rules(snapshot: Snapshot) -> Iterator[Candidate]:
    yield from _unanswered(snapshot)
    for check in (*snapshot.of(Layer.SERIAL), *snapshot.of(Layer.APP)):
        if check.outcome not in (Outcome.FAIL, Outcome.WARN):
            continue
        if _nobody_has_its_address(check, snapshot):
            yield Candidate(code=Cause.DEVICE_UNPLUGGED, subject=check.target, evidence=(check.id,), strength=0.85)
        elif _another_has_its_address(check):
            yield Candidate(code=Cause.SERIAL_MISCONFIGURED, subject=check.target, evidence=(check.id,), strength=0.72)
        elif failed_there(check) and check.symptom not in _BY_SYMPTOM:
            # a port that another machine serves cannot be reached: that machine, or the address in the configuration
            yield either(check.target, (check.id,), Cause.DEVICE_NOT_RESPONDING, Cause.SERIAL_MISCONFIGURED, silence=silent(check))
        if check.symptom is Symptom.DEVICE_MISSING and knows(check, SerialFacts) and check.facts.candidates:
            # a port that nobody configured has come up: whether the device is there now, or unplugged beside it, cannot be told
            yield either(check.target, (check.id,), Cause.PORT_RENUMBERED, Cause.DEVICE_UNPLUGGED)
        elif check.symptom is Symptom.DEVICE_MISSING and _no_plug(check):
            yield either(check.target, (check.id,), Cause.SERIAL_MISCONFIGURED, Cause.PORT_DRIVER_MISSING, Cause.DEVICE_UNPLUGGED)
        elif check.failed and check.symptom is Symptom.DISCONNECTED and _served_printer(check):
            # closed by a machine that is there: busy with another client, not a printer, or behind a machine whose device was pulled out
            yield either(check.target, (check.id,), Cause.DEVICE_NOT_RESPONDING, Cause.SERIAL_MISCONFIGURED, Cause.DEVICE_UNPLUGGED)
        elif taken_by_none := _taken_by_no_network(check):
            doubt = either(check.target, (check.id,), *taken_by_none)
            yield replace(doubt, explains=without_carrier(snapshot) if check in modem_says_why(snapshot) else ())
        elif check.symptom in _BY_SYMPTOM and not (check.outcome is Outcome.WARN and check.symptom in _PASSING):
            code, strength = _BY_SYMPTOM[check.symptom]
            yield Candidate(
                code=code,
                subject=check.target,
                evidence=(check.id,),
                strength=min(strength, _SURE_ALONE) if _never_raised(check) or _by_elimination(check) else strength,
                cap=_CAPS.get(check.symptom, 0.99),
                notice=_only_a_notice(check, code),
                explains=without_carrier(snapshot) if check in modem_says_why(snapshot) else (),
            )


def _taken_by_no_network(check: Check[Facts]) -> tuple[Cause, ...]:
    """What it may be where a modem that no network has taken says more of that, or less of its card; empty where it is as it says."""
    if not check.failed or not knows(check, SerialFacts) or check.symptom not in _UNREGISTERED:
        return ()
    other = _BY_SYMPTOM[check.symptom][0]
    if check.facts.sim == UNREADABLE:  # without a card no network takes it, and how it says so differs
        return (Cause.SIM_MISSING, other)
    # there is a network, and it takes this card for emergency calls alone: not the card's own network, or a plan that has ended
    return (Cause.DATA_PLAN_STOPPED, other) if check.facts.registration == EMERGENCY else ()


def _no_plug(check: Check[Facts]) -> bool:
    """No plug takes its node away: the name is wrong, or the system does not set it up."""
    return knows(check, SerialFacts) and _WITHOUT_A_PLUG.fullmatch(check.facts.port or "") is not None


def _nobody_has_its_address(check: Check[Facts], snapshot: Snapshot) -> bool:
    """Seen beside others on the network that answer: else it is the terminal's own link that is broken."""
    others = any(router.ok for router in snapshot.routers) or bool(snapshot.beyond)
    return check.failed and check.symptom is Symptom.NOBODY_THERE and others


def _another_has_its_address(check: Check[Facts]) -> bool:
    """A machine is there, and prints nothing: a printer listens for as long as it is on."""
    return check.failed and check.symptom is Symptom.REFUSED and _served_printer(check)


def _served_printer(check: Check[Facts]) -> bool:
    return knows(check, SerialFacts) and check.facts.role == "printer" and (check.facts.port or "").startswith("socket://")


def _unanswered(snapshot: Snapshot) -> Iterator[Candidate]:
    """The application waits on a connection that is dead, and a new one works: only the application itself can open another."""
    for check in snapshot.of_kind(AppFacts):
        hosts = [gateway for gateway in snapshot.gateways if gateway.name in check.facts.lost]
        if check.symptom is Symptom.UNANSWERED and hosts and all(host.ok for host in hosts):
            evidence = (check.id, *(host.id for host in hosts))
            yield Candidate(code=Cause.PAYMENT_APP_DOWN, subject=check.target, evidence=evidence, strength=0.8)


def _by_elimination(check: Check[Facts]) -> bool:
    """The configured device is taken to be the only one of its kind that has no port."""
    return knows(check, SerialFacts) and check.facts.found_by == "alone"


def _never_raised(check: Check[Facts]) -> bool:
    """Low lines of a device that was never seen to raise them: a cable of three wires has none."""
    flow = check.facts.flow if knows(check, SerialFacts) else None
    return check.symptom is Symptom.NO_REPLY_LINES_LOW and flow not in _DRIVEN


def _only_a_notice(check: Check[Facts], code: Cause) -> bool:
    """Who holds a port can be called wrong only where it is known who should."""
    nobody = knows(check, SerialFacts) and check.facts.app_configured is False
    return code is Cause.PAPER_LOW or (code is Cause.PORT_BUSY and nobody)
