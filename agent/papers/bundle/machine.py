"""What this machine is and how it stands now, without a packet sent and without a device opened."""

from __future__ import annotations

import os
import platform
import ssl
import sys
from collections.abc import Iterator
from importlib import metadata
from typing import Any

import msgspec

from agent import __version__
from agent.build_date import BUILD_DATE
from agent.contract.checks import entry_of
from agent.examination import local, runner
from agent.examination.carried import Carried
from agent.examination.memory import recall
from agent.examination.plan import plan
from agent.examination.scene import scene
from agent.messages.limiter import SendLimiter
from agent.record.system import system_things
from agent.settings.load import Loaded
from agent.storage.identity import boot_id
from probes.ground.clock import Clock
from probes.ground.deadline import Deadline
from probes.model import Kind

_LIMIT_S = 5.0
_QUIET = frozenset({Kind.DISK, Kind.MEMORY, Kind.LOAD, Kind.TEMPERATURE, Kind.BATTERY, Kind.SERIAL_PRESENT, Kind.APP})
_PACKAGES = ("msgspec", "psutil", "pyserial", "requests", "pyiso8583", "ping3", "apscheduler", "jinja2", "segno")


def versions() -> dict[str, str]:
    """What cannot be told is left out."""
    system = {what or kind: value for (kind, what), value in system_things("", "", "").items()}
    found = {"posdiag": __version__, "built": BUILD_DATE, "python": sys.version.split()[0], "openssl": ssl.OPENSSL_VERSION}
    found |= {"kernel": system.get("kernel", ""), "system": system.get("os", ""), "machine": os.uname().machine}
    found["libc"] = " ".join(platform.libc_ver())
    found |= dict(_packages())
    return {name: value.strip() for name, value in found.items() if value.strip()}


def _packages() -> Iterator[tuple[str, str]]:
    for name in _PACKAGES:
        try:
            yield name, metadata.version(name)
        except metadata.PackageNotFoundError:
            continue


def look(loaded: Loaded, clock: Clock) -> dict[str, Any]:
    """Links, addresses, routes, name servers, ports, disks and the payment application, as plain values. Raises what a machine may raise
    that cannot be looked at."""
    agent = loaded.settings.agent
    here = local.examine(loaded.settings, recall(agent.state_dir))
    carried = Carried.of(clock)
    limiter = SendLimiter(agent.state_dir, boot_id(), agent.retry_s, clock, by_check=True, memory_dir=agent.status_home)
    tasks = [task for task in plan(scene(loaded, here, limiter, carried)).tasks if task.kind in _QUIET]
    seen = [*here.checks, *runner.run(tasks, Deadline(_LIMIT_S, clock, carried.spent))]
    checks = [msgspec.to_builtins(entry_of(check)) for check in sorted(seen, key=lambda check: check.id)]
    for check in checks:
        check.pop("took_ms"), check.pop("observed_at")
    names = here.resolvers
    resolvers = {"servers": names.servers, "search": names.search, "options": names.options, "source": names.source}
    return {"resolvers": resolvers, "checks": checks}
