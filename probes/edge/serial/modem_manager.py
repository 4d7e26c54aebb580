"""A modem that ModemManager keeps is asked through it, by `mmcli -J`; its port stays ModemManager's.

mmcli asks the bus with DO_NOT_AUTO_START, so asking does not start a ModemManager that was not there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from probes.edge.failures import CannotTell, cannot_tell, raise_if_ours
from probes.edge.kernel import child
from probes.edge.kernel.processes import any_named
from probes.edge.serial.device_answer import DeviceAnswer, told
from probes.ground.deadline import Deadline
from probes.ground.text import escape
from probes.model.devices import Asked, ModemState

NAME = "ModemManager"  # as its process is called
_PROGRAMS = ("/usr/bin/mmcli", "/usr/local/bin/mmcli", "/bin/mmcli")
_PATIENCE_S = 1.5
_MOST_BYTES, _MOST_MODEMS = 256 * 1024, 16  # of one answer; a modem takes some 5 kB
_MODEM = re.compile(r"^/org/freedesktop/ModemManager1/Modem/[0-9]+$")
_BEARER = re.compile(r"^/org/freedesktop/ModemManager1/Bearer/[0-9]+$")
_MOST_BEARERS = 3
_SETTLING = ("unknown", "initializing", "disabling", "enabling")
_REGISTRATION = {"home-sms-only": "home", "roaming-sms-only": "roaming", "home-csfb-not-preferred": "home"}
_REGISTRATION |= {"roaming-csfb-not-preferred": "roaming"}


class NotAsked(Exception):
    """ModemManager is not there, or says nothing of this port."""


class NoAnswer(Exception):
    """ModemManager runs, and cannot be asked whether the modem is its."""


def ask(node: str, deadline: Deadline, program: str | None = None, proc: Path = Path("/proc")) -> DeviceAnswer:
    """Raises NotAsked where the modem at this node is not ModemManager's, NoAnswer where it may be, and CannotTell where this machine
    could not ask."""
    program = program or next((each for each in _PROGRAMS if os.access(each, os.X_OK)), None)
    try:
        if program is None:
            raise NotAsked
        modem = next((modem for modem in _modems(program, deadline) if _has_port(modem, Path(node).name)), None)
    except NotAsked:
        if any_named(NAME, proc):
            raise NoAnswer from None
        raise
    except CannotTell:
        if any_named(NAME, proc):
            raise
        raise NotAsked from None
    if modem is None:
        raise NotAsked
    return read_modem(modem, list(_bearers(program, modem, deadline)))


def _modems(program: str, deadline: Deadline) -> Iterator[dict[str, Any]]:
    listed = _run(program, deadline, "-L").get("modem-list")
    for path in listed[:_MOST_MODEMS] if isinstance(listed, list) else []:
        if isinstance(path, str) and _MODEM.fullmatch(path):
            yield _run(program, deadline, "-m", path)


def _bearers(program: str, modem: dict[str, Any], deadline: Deadline) -> Iterator[dict[str, Any]]:
    """What a registered modem has of data connections, those that failed too. Raises CannotTell."""
    listed = _part(modem, "modem", "generic", "bearers")
    if _part(modem, "modem", "generic", "state") not in ("registered", "connecting", "connected"):
        return
    for path in (listed if isinstance(listed, list) else [])[:_MOST_BEARERS]:
        if isinstance(path, str) and _BEARER.fullmatch(path):
            try:
                yield _run(program, deadline, "-b", path)
            except NotAsked:
                return


def _run(program: str, deadline: Deadline, *arguments: str) -> dict[str, Any]:
    kept = {name: os.environ[name] for name in ("DBUS_SYSTEM_BUS_ADDRESS",) if name in os.environ}
    patience = deadline.within(_PATIENCE_S).remaining()
    try:
        done = child.run([program, *arguments, "-J"], patience, _MOST_BYTES, environment=kept | {"LC_ALL": "C"})
    except BlockingIOError as error:  # fork(2): no more processes
        raise cannot_tell(error) from None
    except (OSError, ImportError) as error:
        raise_if_ours(error)
        raise NotAsked from None
    if done.status is None:
        raise NotAsked
    return read_json(done.output)


def read_json(text: bytes) -> dict[str, Any]:
    try:
        told = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise NotAsked from None
    if not isinstance(told, dict):
        raise NotAsked
    return told


def _part(tree: Any, *names: str) -> Any:
    """None for what is not there; mmcli writes `--` for what is not known."""
    for name in names:
        tree = tree.get(name) if isinstance(tree, dict) else None
    return None if tree == "--" else tree


def _has_port(modem: dict[str, Any], name: str) -> bool:
    """`"ports": ["cdc-wdm0 (qmi)", "ttyUSB2 (at)"]`"""
    ports = _part(modem, "modem", "generic", "ports")
    return any(isinstance(port, str) and port.split(" ")[0] == name for port in (ports if isinstance(ports, list) else []))


def read_modem(modem: dict[str, Any], bearers: Sequence[dict[str, Any]] = ()) -> DeviceAnswer:
    generic, network = _part(modem, "modem", "generic"), _part(modem, "modem", "3gpp")
    state, reason = _part(generic, "state"), _part(generic, "state-failed-reason")
    known = ModemState(asked=Asked.MODEM_MANAGER, state=escape(str(state), 32))
    sim = _sim(state, reason, _part(generic, "unlock-required"))
    if state == "failed" and sim is None:
        return told(replace(known, unusable=escape(str(reason), 40)))
    if state in _SETTLING:
        return told(replace(known, settling=True))
    refusal = _text(bearers, "status", "connection-error", "message") or _text(bearers, "status", "connection-error", "name")
    off = state == "disabled" or _part(generic, "power-state") in ("off", "low")
    return told(
        replace(
            known,
            sim=sim,
            radio="off" if off else None,
            signal_dbm=_dbm(_part(generic, "signal-quality", "value")),
            registration=_registration(state, _part(network, "registration-state")),
            attached={"attached": True, "detached": False}.get(str(_part(network, "packet-service-state"))),
            operator=escape(str(_part(network, "operator-name") or ""), 40) or None,
            data_context=_context(state, bearers),
            data_address=_text(bearers, "ipv4-config", "address") or _text(bearers, "ipv6-config", "address"),
            apn=_text(bearers, "properties", "apn"),
            refusal=refusal,
        )
    )


def _context(state: Any, bearers: Sequence[dict[str, Any]]) -> bool | None:
    """None where ModemManager still connects, or was not asked for data and nothing tells of any."""
    if state == "connected" or any(_part(each, "bearer", "status", "connected") == "yes" for each in bearers):
        return True
    return False if state == "registered" else None


def _text(bearers: Sequence[dict[str, Any]], *names: str) -> str | None:
    """The first bearer's that has it."""
    found = (_part(each, "bearer", *names) for each in bearers)
    return next((escape(value, 80) for value in found if isinstance(value, str) and value), None)


def _registration(state: Any, registration: Any) -> str | None:
    """The modem's state outranks a word about the network that is older or was never said."""
    if state in ("enabled", "searching") and registration != "denied":
        return "searching" if state == "searching" else "idle"
    if state in ("registered", "disconnecting", "connecting", "connected") and registration in (None, "idle", "unknown", "searching"):
        return "home"
    return _REGISTRATION.get(str(registration), escape(str(registration), 32)) if registration else None


def _sim(state: Any, reason: Any, lock: Any) -> str | None:
    if state == "failed":
        return {"sim-missing": "no SIM", "esim-without-profiles": "no SIM", "sim-error": "SIM failure"}.get(str(reason))
    if state == "locked":
        return {"sim-puk": "SIM PUK"}.get(str(lock), "SIM PIN") if lock in (None, "sim-pin", "sim-puk") else escape(str(lock), 32)
    return None


def _dbm(quality: Any) -> int | None:
    """ModemManager's percentage is an even scale from -113 to -51 dBm; 0 stands for unknown too."""
    text = str(quality)
    value = int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else 0
    return round(-113 + 0.62 * min(value, 100)) if value else None
