"""The service on a machine: configured for its world, hurried for the tests, and asked whether it is sound."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from agent.contract.times import parse
from tests.support.world import World, config
from tests.system.machine import Machine

IN_MEMORY = {"status_dir": "/run/posdiag"}  # as the package configures it
WRITTEN = 26  # lines that the whole table has at least
HURRY = ("[Service]", "RestartSec=1", "WatchdogSec=6")  # of what is minutes in the unit


class Service:
    def __init__(self, machine: Machine, world: World, packages: dict[str, Path]) -> None:
        self.machine, self.world, self.packages = machine, world, packages
        self.shift = machine.tree / "etc/shift"

    def configure(self, **more: Any) -> None:
        """Writes the configuration; it counts from the next start. The status lies on the disk, but where `IN_MEMORY` is given."""
        folder = self.machine.tree / "etc/posdiag"
        shutil.copy(self.world.authority.root_file, folder / "ca.pem")
        (folder / "ca.pem").chmod(0o644)
        tables = {key: value for key, value in self.world.config.items() if key != "agent"}
        tables["agent"] = {"status_dir": "", "interval_s": 2, "retry_s": 0.5, "heartbeat_s": 2}
        tables["gateway"] = [each | {"ca_file": "/etc/posdiag/ca.pem"} for each in tables["gateway"]]
        for key, value in more.items():
            tables[key] = tables.get(key, {}) | value if isinstance(value, dict) else value
        self.write_config(config.toml(tables))

    def installed(self) -> None:
        """For a test that is run without those before it."""
        if not (self.machine.tree / "opt/posdiag").exists():
            self.machine.install(self.packages["0.1.0"])
        if '\nid = "T-1001"' not in self.machine.read("etc/posdiag/agent.toml").decode():
            self.configure()
            self.restart()

    def write_config(self, text: str) -> None:
        (self.machine.tree / "etc/posdiag/agent.toml").write_text(text)  # in place: owner and mode stay

    def restart(self) -> None:
        self.machine.run("systemctl", "restart", "posdiag")

    def hurry(self) -> None:
        self.machine.drop_in("hurry", *HURRY)

    def sound(self, *, within_s: float = 60, state: str = "ok", cause: str | None = None) -> dict[str, Any]:
        """Running, and a status written from now on that is whole and true of this world, as `posdiag status` says as well."""
        machine, since = self.machine, machine_clock(self)
        machine.until(lambda: machine.active and self._fresh(since, state, cause), within_s)
        if not self.shift.exists():
            said = machine.run("sh", "-c", "posdiag status >/dev/null 2>&1; echo $?")
            assert said == ("0" if state == "ok" else said), machine.run("posdiag", "status", check=False)
        return machine.status()

    def _fresh(self, since: float, state: str, cause: str | None) -> bool:
        status = self.machine.status()
        return (parse(status.get("generated_at", "")) or 0) > since and (status["state"], status["cause"]) == (state, cause)

    def check(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = next(check for check in self.machine.status()["checks"] if check["id"] == name)
        return found

    @contextmanager
    def partition(self, size: str = "256k") -> Iterator[None]:
        """The state directory on a file system of its own."""
        machine = self.machine
        machine.run("systemctl", "stop", "posdiag")
        owner = machine.run("sh", "-c", "echo uid=$(id -u posdiag),gid=$(id -g posdiag)")
        machine.run("mount", "-t", "tmpfs", "-o", f"size={size},mode=755,{owner}", "tmpfs", "/var/lib/posdiag")
        machine.run("systemctl", "start", "posdiag")
        try:
            yield
        finally:
            machine.run("systemctl", "stop", "posdiag")
            machine.run("umount", "-l", "/var/lib/posdiag", check=False)
            machine.run("systemctl", "start", "posdiag")


def machine_clock(service: Service) -> float:
    """The wall clock of the service's process."""
    return time.time() + (int(service.shift.read_text()) if service.shift.exists() else 0)


def cycles(service: Service, more: int) -> None:
    """Waits until the status file was written so many times more."""
    goal = service.machine.status().get("sequence", 0) + more
    service.machine.until(lambda: service.machine.status().get("sequence", 0) >= goal, 120)
