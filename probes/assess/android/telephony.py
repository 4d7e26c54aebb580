"""`dumpsys telephony.registry`: what the mobile network says of each slot. History and
listeners follow the blocks that begin with `Phone Id=`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from msgspec import Struct

IN_SERVICE, OUT_OF_SERVICE, EMERGENCY_ONLY, POWER_OFF = range(4)  # ServiceState
_SLOT = re.compile(r"^[ \t]{0,8}Phone Id=(\d{1,2})\b", re.MULTILINE)
_STATE = re.compile(r"^[ \t]{0,8}mServiceState=", re.MULTILINE)
_OLD = re.compile(r"mServiceState=(\d) (\d) ")  # Android 7 and 8: voice, data
_VOICE = re.compile(r"mVoiceRegState=(\d)")
_DATA = re.compile(r"mDataRegState=(\d)")
_REGISTRATION = re.compile(r"NetworkRegistration(?:Info|State)[ \t]{0,4}\{")
_DOMAIN = re.compile(r"\bdomain=(CS|PS|[12])\b")
_PACKETS = ("PS", "2")
_OVER_WIFI = re.compile(r"\btransportType=(?:WLAN|2\b)")  # calls over Wi-Fi, which no payment needs
_DENIED = re.compile(r"\b(?:registrationState|regState)=(?:DENIED|REG_DENIED|3\b)")
_REJECTED = re.compile(r"\b(?:rejectCause|reasonForDenial)=(\d{1,6})")
_EMERGENCY = re.compile(r"\b(?:EmergOnly|mIsEmergencyOnly)=true\b")
_CONNECTED = re.compile(r"mDataConnectionState=(-?\d)")
_HISTORY = re.compile(r"^[ \t]{0,8}(?:local logs|Local logs|listeners|registrations):", re.MULTILINE)


class Slot(Struct, frozen=True, kw_only=True):
    """`voice`, `data`: of ServiceState. `denied`: the network refuses it, with `reject_cause` (3GPP TS 24.008, 10.5.3.6). `emergency`:
    it takes the card for calls for help alone. `connected`: it has a data connection."""

    number: int
    voice: int | None = None
    data: int | None = None
    denied: bool = False
    reject_cause: int | None = None
    emergency: bool = False
    connected: bool | None = None

    @property
    def off(self) -> bool:
        return POWER_OFF in (self.voice, self.data) and IN_SERVICE not in (self.voice, self.data)

    @property
    def in_service(self) -> bool:
        return IN_SERVICE in (self.data, self.voice) if self.data is None else self.data == IN_SERVICE


def parse(text: str) -> tuple[Slot, ...]:
    """Empty where there is no telephony."""
    return tuple(_slots(text))


def _slots(text: str) -> Iterator[Slot]:
    history = _HISTORY.search(text)
    text = text[: history.start()] if history else text
    begins = [(int(found[1]), found.end()) for found in _SLOT.finditer(text)]
    if not begins and (alone := _STATE.search(text)):  # of a maker with one slot, who left the loop out
        begins = [(0, alone.start())]
    for (number, begin), (_, end) in pairwise([*begins, (0, len(text))]):
        part = text[begin:end]
        old = _OLD.search(part)
        voice, data = (int(old[1]), int(old[2])) if old else (_number(_VOICE, part), _number(_DATA, part))
        denied, rejected = _refused(part)
        connected = _number(_CONNECTED, part)
        yield Slot(
            number=number,
            voice=voice,
            data=data,
            denied=denied,
            reject_cause=rejected,
            emergency=EMERGENCY_ONLY in (voice, data) or _EMERGENCY.search(part) is not None,
            connected=None if connected is None else connected == 2,
        )


def _refused(part: str) -> tuple[bool, int | None]:
    """Of data: a network may refuse voice alone, and payments go on."""
    for info in _REGISTRATION.split(part)[1:]:
        domain = _DOMAIN.search(info)
        if domain is not None and domain[1] in _PACKETS and _DENIED.search(info) and not _OVER_WIFI.search(info):
            return True, _number(_REJECTED, info) or None
    return False, None


def _number(pattern: re.Pattern[str], text: str) -> int | None:
    found = pattern.search(text)
    return int(found[1]) if found else None
