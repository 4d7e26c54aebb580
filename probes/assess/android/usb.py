"""`dumpsys usb` (Android 9 and later): what is plugged in now. `connections` is history, and `settings_manager` keeps devices long gone."""

from __future__ import annotations

import re
from itertools import pairwise

from msgspec import Struct

_NAME = re.compile(r"^ {4,16}name=(\S{1,200})", re.MULTILINE)
_VALUE = re.compile(r"^ {4,16}(vendor_id|product_id|class|manufacturer_name|product_name|serial_number)=(.*)$", re.MULTILINE)
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
    _, begun, rest = text.partition("host_manager={")
    if not begun:
        return None
    host = rest.partition("\n  }")[0]
    _, listed, plugged_in = host.partition("\n    devices=")
    if not listed:
        return ()
    part_of = plugged_in.partition("\n    }")[0].partition("\n    ]")[0]
    begins = [found.start() for found in _NAME.finditer(part_of)]
    parts = [part_of[begin:end] for begin, end in pairwise([*begins, len(part_of)])]
    return tuple(plugged for part in parts if (plugged := _plugged(part)) is not None)


def _plugged(part: str) -> Plugged | None:
    found: dict[str, str] = {}
    for key, value in _VALUE.findall(part):
        found.setdefault(key, "" if value.strip() == "null" else value.strip())
    if not (re.fullmatch("[0-9]{1,5}", found.get("vendor_id", "")) and re.fullmatch("[0-9]{1,5}", found.get("product_id", ""))):
        return None
    kind = found.get("class", "0")
    return Plugged(
        usb=f"{int(found['vendor_id']):04x}:{int(found['product_id']):04x}",
        maker=found.get("manufacturer_name", ""),
        model=found.get("product_name", ""),
        serial=found.get("serial_number", ""),
        kind=int(kind) if re.fullmatch("[0-9]{1,3}", kind) else 0,
    )
