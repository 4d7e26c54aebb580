"""What the machine itself is: its kernel, its distribution, and since which start it runs."""

from __future__ import annotations

import os
from pathlib import Path

from agent.record.things import LONGEST, Thing
from probes.ground.files import read_small
from probes.ground.text import escape

_OS_RELEASE = ("etc/os-release", "usr/lib/os-release")


def system_things(boot_id: str, version: str, config_hash: str, root: Path = Path("/")) -> dict[Thing, str]:
    """What is not known is left out."""
    found = {
        ("boot", ""): boot_id,
        ("agent", ""): version,
        ("config", ""): config_hash,
        ("system", "kernel"): os.uname().release,
        ("system", "os"): _distribution(root),
    }
    return {thing: escape(value, LONGEST) for thing, value in found.items() if value}


def _distribution(root: Path) -> str:
    for name in _OS_RELEASE:
        try:
            text = read_small(root / name, 16 * 1024).decode("utf-8", "replace")
        except OSError:
            continue
        told = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
        name, build = (told.get(key, "").strip("\"' ") for key in ("PRETTY_NAME", "BUILD_ID"))
        return " ".join(filter(None, (name, build)))
    return ""
