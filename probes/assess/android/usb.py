"""`dumpsys usb` (Android 9 and later): what is plugged in now. `connections` is history, and `settings_manager` keeps devices long gone."""

from __future__ import annotations

import re
from itertools import pairwise

from msgspec import Struct

_HOST = re.compile(r"host_manager=\{(.*?)^  \}", re.DOTALL | re.MULTILINE)
_DEVICES = re.compile(r"^    devices=(?:\{|\[)(.*?)^    (?:\}|\])", re.DOTALL | re.MULTILINE)
_NAME = re.compile(r"^\s+name=(\S+)", re.MULTILINE)
_VALUE = re.compile(r"^\s+(vendor_id|product_id|class|manufacturer_name|product_name|serial_number)=(.*)$", re.MULTILINE)
PRINTER_CLASS = 7


class Plugged(Struct, frozen=True, kw_only=True):
    """`usb`: vendor and product, as `067b:2303`."""

    usb: str
    maker: str = ""
    model: str = ""
    serial: str = ""
    kind: int = 0


def parse(text: str) -> tuple[Plugged, ...] | None:
    """None where the dump has no such part: an older Android."""
    host = _HOST.search(text)
    if host is None:
        return None
    listed = _DEVICES.search(host[1])
    if listed is None:
        return ()
    begins = [found.start() for found in _NAME.finditer(listed[1])]
    parts = [listed[1][begin:end] for begin, end in pairwise([*begins, len(listed[1])])]
    return tuple(plugged for part in parts if (plugged := _plugged(part)) is not None)


def _plugged(part: str) -> Plugged | None:
    found: dict[str, str] = {}
    for key, value in _VALUE.findall(part):
        found.setdefault(key, "" if value.strip() == "null" else value.strip())
    if not (found.get("vendor_id", "").isdecimal() and found.get("product_id", "").isdecimal()):
        return None
    kind = found.get("class", "0")
    return Plugged(
        usb=f"{int(found['vendor_id']):04x}:{int(found['product_id']):04x}",
        maker=found.get("manufacturer_name", ""),
        model=found.get("product_name", ""),
        serial=found.get("serial_number", ""),
        kind=int(kind) if kind.isdecimal() else 0,
    )
