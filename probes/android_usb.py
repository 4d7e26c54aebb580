"""The printers on an Android terminal's own USB, as it tells of them itself: there now, or there before and gone. One that is built in
does not show, and one that was never seen is no fault."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from probes.assess.android import usb
from probes.edge.adb.shell import Phone, whole
from probes.ground.deadline import Deadline
from probes.ground.text import escape
from probes.model import Check, Facts, Outcome, Symptom, check_of
from probes.model.facts import SerialFacts

ROLE = "printer"
_LONGEST = 60  # characters of a maker's name


class Printer(Struct, frozen=True):
    """One that was there: `at`, last (epoch); `label`: as it calls itself."""

    at: float
    label: str = ""


def printers(phone: Phone, before: Mapping[str, Printer], deadline: Deadline) -> list[Check[Facts]]:
    """`before`: vendor and product → what was seen of it. Where another printer is there now, that took its place. Raises NotReady,
    PeerFailed and CannotTell."""
    plugged = usb.parse(whole(phone.ask("dumpsys usb", deadline)))
    if plugged is None:
        because = "the device did not tell what is plugged into it"
        return [check_of(_facts(name, known.label), Outcome.UNKNOWN, None, because, name=name) for name, known in before.items()]
    there = {each.usb: " ".join(filter(None, (each.maker, each.model))) for each in plugged if each.printer}
    found: list[Check[Facts]] = [check_of(_facts(name, label), Outcome.PASS, name=name) for name, label in there.items()]
    if not set(there) - set(before):
        gone = {name: known for name, known in before.items() if name not in there}
        found += [check_of(_facts(name, seen.label), Outcome.FAIL, Symptom.DEVICE_MISSING, name=name) for name, seen in gone.items()]
    return found


def _facts(name: str, label: str) -> SerialFacts:
    return SerialFacts(role=ROLE, usb=name, label=escape(label)[:_LONGEST] or None, required=False)
