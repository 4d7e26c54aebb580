"""`dumpsys usb`: what is plugged in now. From Android 9 on `host_manager={ devices=…`, before that `USB Host State:` and a line for each.
`connections` is history, and `settings_manager` keeps devices long gone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from msgspec import Struct

_NODE = re.compile(r"^[ \t]{2,24}name=/dev/bus/usb/\S{1,40}", re.MULTILINE)
_VALUE = re.compile(r"^[ \t]{2,24}(vendor_id|product_id|class|manufacturer_name|product_name|serial_number)=(.*)$", re.MULTILINE)
_OLD_HOST = re.compile(r"^[ \t]{0,8}USB Host State:", re.MULTILINE)
_OLD_END = re.compile(r"^[ \t]{0,8}USB (?!Host State)\w{1,20} (?:State|Settings|Manager)", re.MULTILINE)
_OLD_NODE = re.compile(r"UsbDevice\[mName=/dev/bus/usb/")
_OLD_VALUE = re.compile(r"\bm(VendorId|ProductId|Class|ManufacturerName|ProductName|SerialNumber)=([^,\]\n]{0,200})")
_NAMES = {
    "VendorId": "vendor_id",
    "ProductId": "product_id",
    "Class": "class",
    "ManufacturerName": "manufacturer_name",
    "ProductName": "product_name",
    "SerialNumber": "serial_number",
}
PRINTER_CLASS = 7
_PRINTS = re.compile(r"print|打印|\bTM-|\bTSP\d", re.IGNORECASE)
# Epson, Star, Bixolon, Citizen, Custom: makers of receipt printers, some of which are of a class of their own
_PRINTER_MAKERS = ("04b8", "0519", "1504", "1d90", "0dd4")


class Plugged(Struct, frozen=True, kw_only=True):
    """`usb`: vendor and product, as `067b:2303`. `printer`: its class says so, that of one of its interfaces, its maker or its name."""

    usb: str
    maker: str = ""
    model: str = ""
    serial: str = ""
    kind: int = 0
    printer: bool = False


def parse(text: str) -> tuple[Plugged, ...] | None:
    """None where the dump has no such part."""
    _, begun, rest = text.partition("host_manager={")
    if begun:
        host = rest.partition("\n  }")[0]
        _, listed, plugged_in = host.partition("\n    devices=")
        part_of = plugged_in.partition("\n    }")[0].partition("\n    ]")[0] if listed else ""
        return tuple(_made(_VALUE.findall(part)) for part in _parts(_NODE, part_of) if _named(_VALUE.findall(part)))
    old = _OLD_HOST.search(text)
    if old is None:
        return None
    rest = text[old.end() :]
    end = _OLD_END.search(rest)
    parts = _parts(_OLD_NODE, rest[: end.start()] if end else rest)
    told = [[(_NAMES[key], value) for key, value in _OLD_VALUE.findall(part)] for part in parts]
    return tuple(_made(values) for values in told if _named(values))


def _parts(begin: re.Pattern[str], text: str) -> Iterator[str]:
    begins = [found.start() for found in begin.finditer(text)]
    return iter([text[begin:end] for begin, end in pairwise([*begins, len(text)])])


def _named(values: list[tuple[str, str]]) -> bool:
    first = dict(reversed(values))
    return all(re.fullmatch("[0-9]{1,5}", first.get(key, "").strip()) for key in ("vendor_id", "product_id"))


def _made(values: list[tuple[str, str]]) -> Plugged:
    first = {key: "" if value.strip() == "null" else value.strip() for key, value in reversed(values)}
    classes = [value.strip() for key, value in values if key == "class"]
    vendor = f"{int(first['vendor_id']):04x}"
    kind = first.get("class", "0")
    named = f"{first.get('manufacturer_name', '')} {first.get('product_name', '')}"
    return Plugged(
        usb=f"{vendor}:{int(first['product_id']):04x}",
        maker=first.get("manufacturer_name", ""),
        model=first.get("product_name", ""),
        serial=first.get("serial_number", ""),
        kind=int(kind) if re.fullmatch("[0-9]{1,3}", kind) else 0,
        printer=str(PRINTER_CLASS) in classes or vendor in _PRINTER_MAKERS or _PRINTS.search(named) is not None,
    )
