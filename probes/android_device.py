"""An Android terminal over adb: is it there, may it be looked into, and has it started?"""

from __future__ import annotations

from msgspec import Struct

from probes.assess.android import properties
from probes.edge.adb import server
from probes.edge.adb.server import Known, NotReady
from probes.edge.adb.shell import Phone
from probes.edge.adb.states import DeviceState
from probes.edge.failures import CannotTell, PeerFailed
from probes.ground.deadline import Deadline
from probes.ground.text import escape
from probes.model import Check, Outcome, Symptom, check_of
from probes.model.facts import DeviceFacts
from probes.settings import Beside

_USB = "usb:"
_SYMPTOMS = {
    DeviceState.UNAUTHORIZED: Symptom.NOT_ALLOWED,
    DeviceState.AUTHORIZING: Symptom.NOT_ALLOWED,
    DeviceState.OFFLINE: Symptom.HANGS,
    DeviceState.CONNECTING: Symptom.HANGS,
    DeviceState.RECOVERY: Symptom.IN_RECOVERY,
    DeviceState.SIDELOAD: Symptom.IN_RECOVERY,
    DeviceState.RESCUE: Symptom.IN_RECOVERY,
    DeviceState.BOOTLOADER: Symptom.NOT_STARTED,
    DeviceState.SEVERAL: Symptom.SEVERAL,
    DeviceState.NO_PERMISSIONS: Symptom.DENIED,
}
_TO_DO = {
    Symptom.NOT_ALLOWED: "allow USB debugging for this computer on its screen, and tick “always”",
    Symptom.HANGS: "pull its USB cable and push it in again, or switch its debugging off and on",
    Symptom.IN_RECOVERY: "choose “reboot system now” on its screen",
    Symptom.NOT_STARTED: "wait until its home screen is there, or start it again",
    Symptom.SEVERAL: "name the one that is meant by its serial number: adb = \"usb:SERIAL\"",
    Symptom.DENIED: "let this user have its USB node (a udev rule)",
    Symptom.NO_ADB: "start one: adb start-server",
}  # fmt: skip


class Seen(Struct, frozen=True):
    """The check, and the device where it can be looked into."""

    check: Check[DeviceFacts]
    phone: Phone | None = None


def device(settings: Beside, seen_before: bool, deadline: Deadline) -> Seen:
    over_usb = settings.adb.startswith(_USB)
    serial = settings.adb.removeprefix(_USB) if over_usb else settings.adb
    facts = DeviceFacts(over="usb" if over_usb else "network", required=settings.required, seen_before=seen_before)
    try:
        known = _known(settings, serial, over_usb, deadline)
        if known is None:
            return _gone(settings, facts)
        facts = facts.with_(state=known.state.value, model=known.model or None)
        if known.state is not DeviceState.DEVICE:
            return _not_ready(settings, facts, _SYMPTOMS.get(known.state, Symptom.HANGS))
        phone = Phone(settings.adb_server, serial)
        getprop = phone.ask("getprop", deadline)
        told = properties.parse(getprop.stdout)
    except NotReady as refused:
        if refused.state is DeviceState.GONE:
            return _gone(settings, facts)
        return _not_ready(settings, facts.with_(state=refused.state.value), _SYMPTOMS.get(refused.state, Symptom.HANGS))
    except PeerFailed:
        return _not_ready(settings, facts, Symptom.NO_ADB if facts.state is None else Symptom.HANGS)
    except CannotTell as trouble:
        return Seen(check_of(facts, Outcome.UNKNOWN, Symptom.NOT_LOOKED, trouble.text, name=settings.name))
    facts = facts.with_(
        model=escape(told.get("ro.product.model", ""))[:60] or facts.model,
        android=escape(told.get("ro.build.version.release", ""))[:20] or None,
    )
    if not told and getprop.status is not None:
        because = f"the device did not answer: getprop left with {getprop.status}"
        return Seen(check_of(facts, Outcome.UNKNOWN, Symptom.NOT_LOOKED, because, name=settings.name))
    if not told:
        return _not_ready(settings, facts, Symptom.HANGS)
    if properties.booted(told) is False:
        return _not_ready(settings, facts, Symptom.NOT_STARTED)
    return Seen(check_of(facts, Outcome.PASS, name=settings.name), phone)


def _known(settings: Beside, serial: str, over_usb: bool, deadline: Deadline) -> Known | None:
    """Over the network the server is asked to connect where it has not. Raises PeerFailed, NotReady and CannotTell."""
    known = _among(server.devices(settings.adb_server, deadline), serial)
    if over_usb or (known is not None and known.state is not DeviceState.OFFLINE):
        return known
    said = server.connect(settings.adb_server, serial, deadline.within(5.0))
    known = _among(server.devices(settings.adb_server, deadline), serial)
    if known is None and "authenticate" in said:
        raise NotReady(DeviceState.UNAUTHORIZED, said)
    return known


def _among(devices: tuple[Known, ...], serial: str) -> Known | None:
    return next((known for known in devices if known.serial == serial), None)


def _gone(settings: Beside, facts: DeviceFacts) -> Seen:
    """One that was never there may be a wrong serial number as well."""
    if facts.seen_before:
        return Seen(check_of(facts, Outcome.FAIL, Symptom.TERMINAL_GONE, name=settings.name))
    because = "adb knows no such device, and it was never seen: is its cable in, its debugging on, and adb = … right?"
    return Seen(check_of(facts, Outcome.UNKNOWN, None, because, name=settings.name))


def _not_ready(settings: Beside, facts: DeviceFacts, symptom: Symptom) -> Seen:
    return Seen(check_of(facts, Outcome.UNKNOWN, symptom, _TO_DO.get(symptom), name=settings.name))
