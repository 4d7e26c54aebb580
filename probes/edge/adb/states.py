"""What an adb server says of a device, in place of an answer of the device itself."""

from __future__ import annotations

from enum import StrEnum


class DeviceState(StrEnum):
    """The words of `adb devices` (`adb.cpp`, ConnectionState), and what there is besides."""

    DEVICE = "device"  # it runs, and trusts our key
    UNAUTHORIZED = "unauthorized"  # nobody has allowed this machine on its screen
    AUTHORIZING = "authorizing"
    OFFLINE = "offline"  # it hangs, or its link does
    CONNECTING = "connecting"
    RECOVERY = "recovery"
    SIDELOAD = "sideload"
    RESCUE = "rescue"
    BOOTLOADER = "bootloader"
    DETACHED = "detached"  # this server leaves it to another program (`adb detach`)
    NO_PERMISSIONS = "no permissions"  # of this machine, at its USB node
    GONE = "gone"  # the server knows none of this name
    SEVERAL = "several"  # more than one answers to it
    OTHER = "other"  # a word of a later version


_WORDS = {
    **{state.value: state for state in DeviceState if state not in (DeviceState.GONE, DeviceState.SEVERAL, DeviceState.OTHER)},
    "host": DeviceState.OTHER,
    "authorizing": DeviceState.AUTHORIZING,
    "noperm": DeviceState.NO_PERMISSIONS,
}


def state_of(word: str) -> DeviceState:
    """`no permissions (missing udev rules? …)` has its reason behind it."""
    plain = word.strip().lower()
    if plain.startswith("no permissions"):
        return DeviceState.NO_PERMISSIONS
    return _WORDS.get(plain, DeviceState.OTHER)


def refused_as(text: str) -> DeviceState:
    """What a FAIL of the server means where a device was asked for (`transport.cpp`, acquire_one_transport)."""
    low = text.lower()
    for word, state in (
        ("unauthorized", DeviceState.UNAUTHORIZED),
        ("authorizing", DeviceState.AUTHORIZING),
        ("more than one", DeviceState.SEVERAL),
        ("not found", DeviceState.GONE),
        ("no devices", DeviceState.GONE),
        ("still connecting", DeviceState.CONNECTING),
        ("offline", DeviceState.OFFLINE),
        ("no permissions", DeviceState.NO_PERMISSIONS),
        ("insufficient permissions", DeviceState.NO_PERMISSIONS),
    ):
        if word in low:
            return state
    return DeviceState.OTHER
