"""What the machine itself is: its kernel, its distribution, and since which start it runs."""

from __future__ import annotations

import os
from pathlib import Path

from agent.record.things import LONGEST, Thing
from agent.storage.machine import distribution
from probes.ground.text import escape


def system_things(boot_id: str, version: str, config_hash: str, root: Path = Path("/")) -> dict[Thing, str]:
    """What is not known is left out."""
    found = {
        ("boot", ""): boot_id,
        ("agent", ""): version,
        ("config", ""): config_hash,
        ("system", "kernel"): os.uname().release,
        ("system", "os"): distribution(root),
    }
    return {thing: escape(value, LONGEST) for thing, value in found.items() if value}
