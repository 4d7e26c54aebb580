"""`cmd wifi status` (Android 11 and later) and `dumpsys wifi` (before): whether it is on, and joined. The network's name is not kept."""

from __future__ import annotations

import re

from msgspec import Struct

_ENABLED = re.compile(r"^[ \t]{0,8}Wi-?[Ff]i is (enabled|disabled|enabling|disabling)\b", re.MULTILINE)
_JOINED = re.compile(r"^[ \t]{0,8}Wifi is connected to ", re.MULTILINE)
_NOT_JOINED = re.compile(r"^[ \t]{0,8}Wifi is not connected", re.MULTILINE)
_INFO = re.compile(r"^[ \t]{0,8}(?:WifiInfo:|mWifiInfo)[ \t]{0,8}SSID:.*$", re.MULTILINE)
# A network's name may hold anything; what follows it begins so.
_BEHIND_NAME = re.compile(r", BSSID: (?:[0-9A-Fa-f:]{17}|<none>|any|null)(?=,)")
_INSTANCE = re.compile(r"^=+ .{0,60}ClientModeManager instance", re.MULTILINE)  # the first is the one that programs use
_SUPPLICANT = re.compile(r", Supplicant state: ([A-Z_0-9]+)")
_RSSI = re.compile(r", RSSI: (-?\d{1,4})")
_NO_SIGNAL = -127
# What `dumpsys wifi` says of a network that it does not try any more; up to Android 7 a wrong password is a failure of authentication.
_KEY_REFUSED = re.compile(
    r"mNetworkSelectionDisableReason[ \t:=]{1,4}(?:NETWORK_SELECTION_)?DISABLED_(?:BY_WRONG_PASSWORD|AUTH\w{0,24}_FAILURE)\b"
)


class Wifi(Struct, frozen=True, kw_only=True):
    enabled: bool | None = None
    joined: bool | None = None
    supplicant: str = ""
    signal_dbm: int | None = None


def parse(text: str) -> Wifi | None:
    """None where nothing of it is known: no such service."""
    enabled = _ENABLED.search(text)
    instances = [found.start() for found in _INSTANCE.finditer(text)]
    text = text[: instances[1]] if len(instances) > 1 else text
    info = _INFO.search(text)
    named = _BEHIND_NAME.search(info[0]) if info else None
    about = info[0][named.end() :] if info and named else info[0] if info else ""
    supplicant = _SUPPLICANT.search(about)
    if enabled is None and info is None:
        return None
    if enabled is not None and enabled[1] == "disabled":
        return Wifi(enabled=False)
    rssi = _RSSI.search(about)
    signal = int(rssi[1]) if rssi and int(rssi[1]) > _NO_SIGNAL else None
    return Wifi(
        enabled=None if enabled is None else enabled[1] in ("enabled", "enabling"),
        joined=_joined(text, supplicant[1] if supplicant else ""),
        supplicant=supplicant[1] if supplicant else "",
        signal_dbm=signal,
    )


def key_refused(text: str) -> bool:
    """Of `dumpsys wifi`, whole or in part: a network whose password was refused, and which is not tried any more."""
    return _KEY_REFUSED.search(text) is not None


def _joined(text: str, supplicant: str) -> bool | None:
    if _JOINED.search(text):
        return True
    if _NOT_JOINED.search(text):
        return False
    return supplicant == "COMPLETED" if supplicant else None
