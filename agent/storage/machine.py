"""What kind of machine this is, as its maker and its distribution say: what terminals of one fleet have in common."""

from __future__ import annotations

import re
from pathlib import Path

from probes.ground.files import read_small

_MODEL_FILES = ("proc/device-tree/model", "sys/firmware/devicetree/base/model", "sys/class/dmi/id/product_name")
_OS_RELEASE = ("etc/os-release", "usr/lib/os-release")
_PROPERTY_FILES = ("system/build.prop", "vendor/build.prop", "default.prop")  # of Android
# what board makers leave in the field instead of a name
_NO_MODEL = re.compile(
    r"(to be filled by o\.?e\.?m\.?|default string|system product name|product name|not (specified|applicable|available)|none|n/?a"
    r"|unknown|empty|invalid|oem|type1productconfigid|[0 .x-]*)",
    re.IGNORECASE,
)
_LONGEST = 80  # characters


def model(root: Path = Path("/")) -> str:
    """Empty where nothing tells it."""
    found = [_clean(_text(root / name)) for name in _MODEL_FILES] + [_property(root, "ro.product.model")]
    return next((each for each in found if each and not _NO_MODEL.fullmatch(each)), "")


def firmware(root: Path = Path("/")) -> str:
    """What runs on it: the system's own name and build; empty where nothing tells them."""
    return _clean(distribution(root) or _property(root, "ro.build.display.id"))


def distribution(root: Path = Path("/")) -> str:
    for name in _OS_RELEASE:
        text = _text(root / name)
        told = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
        name, build = (told.get(key, "").strip("\"' ") for key in ("PRETTY_NAME", "BUILD_ID"))
        if text:
            return " ".join(filter(None, (name, build)))
    return ""


def _property(root: Path, key: str) -> str:
    for name in _PROPERTY_FILES:
        found = re.search(rf"^{re.escape(key)}=(.+)$", _text(root / name), re.MULTILINE)
        if found:
            return _clean(found[1])
    return ""


def _text(path: Path) -> str:
    """Empty where it cannot be read."""
    try:
        return read_small(path, 65536).decode("utf-8", "replace")
    except (OSError, ValueError):
        return ""


def _clean(text: str) -> str:
    return "".join(char for char in text.split("\n", 1)[0] if char.isprintable()).strip()[:_LONGEST]
