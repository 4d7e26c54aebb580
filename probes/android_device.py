"""An Android terminal over adb: is it there, may it be looked into, and has it started?"""

from __future__ import annotations

import re

from msgspec import Struct
from msgspec.structs import replace

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
_LIST_S = 5.0  # a server that has just begun looks at its USB devices first, for up to 3 s
_CONNECT_S = 5.0
_NAMED = 3  # other devices
_SHELL = "shell_v2"  # since Android 7
_SYMPTOMS = {
    DeviceState.UNAUTHORIZED: Symptom.NOT_ALLOWED,
    DeviceState.AUTHORIZING: Symptom.NOT_ALLOWED,
    DeviceState.OFFLINE: Symptom.HANGS,
    DeviceState.CONNECTING: Symptom.HANGS,
    DeviceState.RECOVERY: Symptom.IN_RECOVERY,
    DeviceState.SIDELOAD: Symptom.IN_RECOVERY,
    DeviceState.RESCUE: Symptom.IN_RECOVERY,
    DeviceState.BOOTLOADER: Symptom.NOT_STARTED,
    DeviceState.DETACHED: Symptom.NOT_LOOKED,
    DeviceState.SEVERAL: Symptom.SEVERAL,
    DeviceState.NO_PERMISSIONS: Symptom.DENIED,
}
_TO_DO = {
    Symptom.NOT_ALLOWED: "allow USB debugging for this computer on its screen, and tick “always”",
    Symptom.HANGS: "pull its USB cable and push it in again, or switch its debugging off and on",
    Symptom.IN_RECOVERY: "choose “reboot system now” on its screen",
    Symptom.NOT_STARTED: "wait until its home screen is there, or start it again",
    Symptom.NOT_LOOKED: "give it back with adb attach: another program took it from this adb server (adb detach)",
    Symptom.SEVERAL: "name its USB port in place of the serial number, as `adb devices -l` shows it: adb = \"usb:1-2\"",
    Symptom.DENIED: "let this user have its USB node (a udev rule)",
}  # fmt: skip
_HANGS_THERE = "switch its debugging over the network off and on, or start it again"
_OFF_THERE = "switch on its debugging over the network: it is there and refuses, as many do that have just started"


class Seen(Struct, frozen=True):
    """The check, and the device where it can be looked into."""

    check: Check[DeviceFacts]
    phone: Phone | None = None


def device(settings: Beside, seen_before: bool, deadline: Deadline) -> Seen:
    over_usb = settings.adb.startswith(_USB)
    facts = DeviceFacts(over="usb" if over_usb else "network", required=settings.required, seen_before=seen_before)
    try:
        listed = server.devices(settings.adb_server, deadline.within(_LIST_S))
    except PeerFailed as failure:
        return _no_server(settings, facts, failure, deadline)
    except CannotTell as trouble:
        return Seen(check_of(facts, Outcome.UNKNOWN, Symptom.NO_ADB, trouble.text, name=settings.name))
    try:
        known = _among(listed, settings.adb)
        if not over_usb and (known is None or known.state is DeviceState.OFFLINE):
            known = _connected(settings, deadline)
        if known is None:
            return _gone(settings, facts, listed=listed)
        facts = facts.with_(state=known.word if known.state is DeviceState.OTHER else known.state.value, model=known.model or None)
        if known.state is DeviceState.OTHER:
            return _of_unknown_word(settings, facts, known.word)
        if known.state is not DeviceState.DEVICE:
            return _not_ready(settings, facts, _SYMPTOMS.get(known.state, Symptom.HANGS))
        return _asked(settings, facts, Phone(settings.adb_server, known.serial, known.asked_by), deadline)
    except NotReady as refused:
        if refused.state is DeviceState.GONE:
            return _gone(settings, facts, refused.text)
        if refused.state is DeviceState.OTHER:
            return _not_ready(settings, facts.with_(text=refused.text[:120] or None), Symptom.HANGS)
        return _not_ready(settings, facts.with_(state=refused.state.value), _SYMPTOMS.get(refused.state, Symptom.HANGS))
    except PeerFailed:
        return _not_ready(settings, facts, Symptom.HANGS)
    except CannotTell as trouble:
        return Seen(check_of(facts, Outcome.UNKNOWN, Symptom.NOT_LOOKED, trouble.text, name=settings.name))


def _asked(settings: Beside, facts: DeviceFacts, phone: Phone, deadline: Deadline) -> Seen:
    """Raises NotReady, PeerFailed and CannotTell."""
    try:
        getprop = phone.ask("getprop", deadline)
    except NotReady as refused:
        told_of = server.features(phone.server, phone.serial, deadline.within(_LIST_S)) if refused.state is DeviceState.OTHER else None
        if told_of is None or _SHELL in told_of:
            raise
        because = "look at it over the network alone (address = …): its Android is older than 7"
        return Seen(check_of(facts, Outcome.UNKNOWN, Symptom.UNSUPPORTED, because, name=settings.name))
    told = properties.parse(getprop.stdout)
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


def _connected(settings: Beside, deadline: Deadline) -> Known | None:
    """Over the network the server is asked to connect where it has not. Raises NotReady, PeerFailed and CannotTell."""
    try:
        said = server.connect(settings.adb_server, settings.adb, deadline.within(_CONNECT_S))
    except PeerFailed as failure:
        if failure.symptom is Symptom.TIMEOUT:  # it accepts, and says nothing
            raise NotReady(DeviceState.OFFLINE) from failure
        raise
    known = _among(server.devices(settings.adb_server, deadline.within(_LIST_S)), settings.adb)
    if known is None and "authenticate" in said:
        raise NotReady(DeviceState.UNAUTHORIZED, said)
    if known is None:
        raise NotReady(DeviceState.GONE, said)
    return known


def _among(devices: tuple[Known, ...], adb: str) -> Known | None:
    """By its serial number, or by the USB port that it is at (`usb:1-2`), which tells two of one serial number apart. Raises
    NotReady."""
    serial = adb.removeprefix(_USB)
    fitting = [known for known in devices if known.serial == serial]
    if len(fitting) > 1:
        raise NotReady(DeviceState.SEVERAL)
    if fitting:
        return fitting[0]
    by_port = next((known for known in devices if known.usb and known.usb == serial), None)
    return replace(by_port, serial=f"{_USB}{by_port.usb}") if by_port is not None else None


def _no_server(settings: Beside, facts: DeviceFacts, failure: PeerFailed, deadline: Deadline) -> Seen:
    place, symptom = escape(settings.adb_server, 120), failure.symptom
    because = f"see why this machine cannot reach the adb server at {place}"
    if symptom is Symptom.REFUSED:
        symptom, because = Symptom.NO_ADB, f"start one at {place}: adb start-server, or write adb_start = true"
    elif symptom is Symptom.TIMEOUT:
        because = f"start the adb server at {place} anew, which is silent: adb kill-server, then adb start-server"
    elif symptom is Symptom.UNSUPPORTED:
        number = server.version(settings.adb_server, deadline.within(_LIST_S))
        named = "of an unknown version" if number is None else f"adb 1.0.{number}"
        because = f"install a newer adb, as the server at {place} is too old ({named}), and then: adb kill-server"
    elif symptom in (Symptom.WRONG_PROTOCOL, Symptom.CLOSED, Symptom.RESET):
        symptom = Symptom.WRONG_PROTOCOL
        because = f"see which program answers at {place} (ss -ltnp), as it is no adb server, or write another adb_server"
    return Seen(check_of(facts, Outcome.UNKNOWN, symptom, because, name=settings.name))


def _gone(settings: Beside, facts: DeviceFacts, words: str = "", listed: tuple[Known, ...] = ()) -> Seen:
    """One that was never there may be a wrong serial number as well. Over the network that adb does not get to it may be adb alone:
    whether it is there the look at the network says."""
    if facts.over == "network":
        if re.search("refused", words, re.IGNORECASE):
            return Seen(check_of(facts, Outcome.UNKNOWN, Symptom.REFUSED, _OFF_THERE, name=settings.name))
        because = "see whether it is on, its debugging over the network on, and adb = … right"
        return Seen(check_of(facts, Outcome.UNKNOWN, Symptom.NOBODY_THERE, because, name=settings.name))
    if facts.seen_before:
        return Seen(check_of(facts, Outcome.FAIL, Symptom.TERMINAL_GONE, name=settings.name))
    others = ", ".join(escape(known.serial, 40) for known in listed[:_NAMED]) + (", …" if len(listed) > _NAMED else "")
    only = f", only {others}" if others else ""
    because = f"adb knows no such device{only}, and it was never seen: is its cable in, its debugging on, and adb = … right?"
    return Seen(check_of(facts, Outcome.UNKNOWN, None, because, name=settings.name))


def _of_unknown_word(settings: Beside, facts: DeviceFacts, word: str) -> Seen:
    """`word`: escaped."""
    because = f"start it again, or install a newer posdiag: adb says “{word}” of it"
    return Seen(check_of(facts, Outcome.UNKNOWN, Symptom.UNKNOWN_STATE, because, name=settings.name))


def _not_ready(settings: Beside, facts: DeviceFacts, symptom: Symptom) -> Seen:
    there = facts.over == "network" and symptom is Symptom.HANGS
    return Seen(check_of(facts, Outcome.UNKNOWN, symptom, _HANGS_THERE if there else _TO_DO.get(symptom), name=settings.name))
