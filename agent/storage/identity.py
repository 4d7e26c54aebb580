"""Who this terminal is: told apart from neighbours that were made from the same disk image."""

from __future__ import annotations

import re
import secrets
from pathlib import Path

from msgspec import Struct

from agent.settings.model import TerminalSettings
from agent.settings.own_id import own_id
from agent.storage import machine
from agent.storage.atomic import StoreError, write
from probes.ground.files import read_small

_ID = re.compile(r"[0-9a-f]{32}")
# what board makers leave in the field instead of a number
_NO_SERIAL = re.compile(
    r"(to be filled by o\.?e\.?m\.?|default string|system serial number|serial number|not (specified|applicable|available|present)"
    r"|none|n/?a|unknown|empty|invalid|oem|chassis serial number|[0 .x-]*|0?123456789(0|abcdef)?)",
    re.IGNORECASE,
)
_SERIAL_FILES = ("sys/class/dmi/id/product_serial", "proc/device-tree/serial-number", "sys/firmware/devicetree/base/serial-number")
_PROPERTY_FILES = ("default.prop", "prop.default", "system/build.prop", "vendor/build.prop", "vendor/default.prop")


class Identity(Struct, frozen=True, kw_only=True):
    """`boot_id`, `serial_number`, `model` and `firmware` are empty where nothing tells them; `machine_id` too where it may not be kept."""

    terminal_id: str
    machine_id: str
    serial_number: str
    boot_id: str
    model: str = ""
    firmware: str = ""


def identify(terminal: TerminalSettings, state_dir: Path, *, keep: bool, root: Path = Path("/")) -> Identity:
    """`keep`: where nothing names this machine, a random id may be made and kept in the state directory."""
    serial = serial_number(root)
    return Identity(
        terminal_id=own_id(terminal),
        machine_id=machine_id(root) or serial or _kept_id(state_dir, keep),
        serial_number=terminal.serial_number or serial,
        boot_id=boot_id(root),
        model=machine.model(root),
        firmware=machine.firmware(root),
    )


def boot_id(root: Path = Path("/")) -> str:
    """Empty where the kernel does not tell."""
    return _line(root / "proc/sys/kernel/random/boot_id")


def machine_id(root: Path) -> str:
    for name in ("etc/machine-id", "var/lib/dbus/machine-id"):
        found = _line(root / name).lower()
        if _ID.fullmatch(found) and found.strip("0"):
            return found
    return ""


def serial_number(root: Path) -> str:
    for name in _SERIAL_FILES:
        found = _line(root / name)
        if found and not _NO_SERIAL.fullmatch(found):
            return found
    return _android_serial(root)


def _android_serial(root: Path) -> str:
    sources = [(name, r"^ro\.(?:boot\.)?serialno=(.+)$") for name in _PROPERTY_FILES]
    sources += [("proc/cmdline", r"(?:^|\s)androidboot\.serialno=(\S+)"), ("proc/bootconfig", r'^androidboot\.serialno\s*=\s*"?([^"\n]+)')]
    for name, pattern in sources:
        found = re.search(pattern, _text(root / name), re.MULTILINE)
        value = _clean(found[1]) if found else ""
        if value and not _NO_SERIAL.fullmatch(value):
            return value
    return ""


def _kept_id(state_dir: Path, keep: bool) -> str:
    path = state_dir / "machine-id"
    found = _line(path)
    if _ID.fullmatch(found):
        return found
    if not keep:
        return ""
    made = secrets.token_hex(16)
    try:
        write(path, made.encode() + b"\n")
    except StoreError:
        return ""
    return made


def _line(path: Path) -> str:
    return _clean(_text(path).split("\n", 1)[0])


def _clean(text: str) -> str:
    return "".join(char for char in text if char.isprintable()).strip()[:128]


def _text(path: Path) -> str:
    """At most 64 KiB; empty where it cannot be read."""
    try:
        return read_small(path, 65536).decode("utf-8", "replace")
    except (OSError, ValueError):
        return ""
