"""Debian's stock kernel, unpacked by `tools/test-usb.sh`, and the modules that a USB serial port needs."""

from __future__ import annotations

import lzma
import re
from pathlib import Path

from msgspec import Struct

# the host controllers, emulated by QEMU and over USB/IP, and the drivers of the converter and the printer
WANTED = ("xhci-pci", "ftdi_sio", "vhci-hcd", "usblp")
_DEPENDS = re.compile(rb"(?:^|\0)depends=([^\0]*)\0")


class Module(Struct, frozen=True):
    name: str
    content: bytes


class Kernel(Struct, frozen=True):
    image: Path
    modules: tuple[Module, ...]  # in the order in which they have to be loaded


def kernel(place: Path) -> Kernel | None:
    """None where no kernel was unpacked."""
    images = sorted(place.glob("boot/vmlinuz-*"))
    files = {_canonical(path.name): path for path in place.rglob("*.ko*")}
    if not images or not files:
        return None
    loaded: dict[str, Module] = {}
    for name in WANTED:
        _load(name, files, loaded)
    return Kernel(image=images[-1], modules=tuple(loaded.values()))


def _canonical(name: str) -> str:
    return name.split(".", 1)[0].replace("-", "_")


def _load(name: str, files: dict[str, Path], loaded: dict[str, Module]) -> None:
    key = _canonical(name)
    if key in loaded or key not in files:  # what has no file is built in
        return
    content = files[key].read_bytes()
    if files[key].suffix == ".xz":
        content = lzma.decompress(content)
    depends = _DEPENDS.search(content)
    for needed in depends[1].decode("ascii").split(",") if depends else ():
        if needed:
            _load(needed, files, loaded)
    loaded[key] = Module(key, content)
