"""A whole Debian with systemd as its first process, in a container whose network is a world's terminal."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.world import netns

BOOT_S = 60
BOOT_ID = "/proc/sys/kernel/random/boot_id"
STATUS = "var/lib/posdiag/status.json"


class Machine:
    """Boots when made; `kill` is its power cut, `boot` turns it on again."""

    def __init__(self, tree: Path, namespace: str) -> None:
        self.tree, self.namespace = tree, namespace
        self.nspawn: subprocess.Popen[bytes] | None = None
        shutil.copy(netns.etc(namespace) / "resolv.conf", tree / "etc/resolv.conf")
        (tree / "etc/machine-id").write_text(secrets.token_hex(16) + "\n")
        self.boot()

    def boot(self) -> None:
        argv = ["systemd-nspawn", "--directory", str(self.tree), "--boot", "--register=no", "--keep-unit", "--resolv-conf=off"]
        argv += [
            f"--network-namespace-path=/run/netns/{self.namespace}",
            "--link-journal=no",
            "--timezone=off",
            "--console=pipe",
            "--capability=CAP_SYSLOG",
        ]
        with (self.tree.parent / "console").open("ab") as console:
            environment = os.environ | {"SYSTEMD_NSPAWN_API_VFS_WRITABLE": "network"}  # its sysctls of the network are its own
            self.nspawn = subprocess.Popen(argv, env=environment, stdin=subprocess.DEVNULL, stdout=console, stderr=console)
        self.until(self._up, BOOT_S)
        # nspawn lays a boot id of its own over the kernel's, which ProtectKernelTunables= takes away again for a service of systemd 252
        hardened = ("systemd-run", "--quiet", "--wait", "--pipe", "--property=ProtectKernelTunables=yes")
        if self.run(*hardened, "cat", BOOT_ID) != self.run("cat", BOOT_ID):
            self.run("umount", "--all-targets", "--recursive", BOOT_ID, check=False)
            self.run("umount", BOOT_ID, check=False)

    def _up(self) -> bool:
        return self._first() is not None and self.run("systemctl", "is-system-running", check=False) in ("running", "degraded")

    def _first(self) -> int | None:
        """Its first process, as this machine numbers it."""
        assert self.nspawn is not None
        assert self.nspawn.poll() is None, (self.tree.parent / "console").read_text(errors="replace")[-2000:]
        children = Path(f"/proc/{self.nspawn.pid}/task/{self.nspawn.pid}/children").read_text().split()
        return int(children[0]) if children else None

    def kill(self, moment: Callable[[], bool] = lambda: True, seconds: float = 5) -> None:
        """Without a chance to write or close anything; as soon as the moment has come."""
        first = self._first()
        assert first is not None and self.nspawn is not None
        service, end = self.pid if self.active else first, time.monotonic() + seconds
        while not moment() and time.monotonic() < end:
            pass  # a sleep would miss it
        os.kill(service, signal.SIGKILL)  # at once: the first process takes the others with it only when it is gone itself
        os.kill(first, signal.SIGKILL)
        self.nspawn.kill()
        self.nspawn.wait()
        self.until(lambda: not Path(f"/proc/{first}").exists() or _is_zombie(first))

    def run(self, *argv: str, check: bool = True, timeout: float = 120) -> str:
        """What it prints, both streams, stripped."""
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "SYSTEMD_PAGER": "", "SYSTEMD_COLORS": "0"}
        inside = ["nsenter", "--target", str(self._first()), "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--root", "--wd"]
        done = subprocess.run(
            [*inside, *argv], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout, check=False
        )
        said = (done.stdout + done.stderr).strip()
        assert not check or done.returncode == 0, f"{argv} ended with {done.returncode}: {said}"
        return said

    def until(self, what: Callable[[], object], seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not what():
            assert time.monotonic() < end, f"not within {seconds:g} s\n{self.explain()}"
            time.sleep(0.1)

    def explain(self) -> str:
        return "\n".join(
            self.run(*argv, check=False)
            for argv in (("systemctl", "status", "--no-pager", "posdiag"), ("journalctl", "--no-pager", "-u", "posdiag", "-n", "40"))
        )

    # --- the service

    def install(self, package: Path, *more: str) -> str:
        shutil.copy(package, self.tree / "root" / package.name)
        return self.run("dpkg", *more, "-i", f"/root/{package.name}")

    def drop_in(self, name: str, *lines: str) -> None:
        """Adds to the unit; `systemctl daemon-reload` included, a restart is not."""
        folder = self.tree / "etc/systemd/system/posdiag.service.d"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.conf").write_text("\n".join(lines) + "\n")
        self.run("systemctl", "daemon-reload")

    def show(self, name: str) -> str:
        return self.run("systemctl", "show", "--value", "-p", name, "posdiag")

    @property
    def active(self) -> bool:
        return self.show("ActiveState") == "active"

    @property
    def pid(self) -> int:
        """As this machine numbers it, not the container."""
        wanted = self.show("MainPID")
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    text = (entry / "status").read_text()
                    same = (entry / "ns/pid").readlink() == Path(f"/proc/{self._first()}/ns/pid").readlink()
                except OSError:
                    continue
                if same and f"NSpid:\t{entry.name}\t{wanted}\n" in text:
                    return int(entry.name)
        raise AssertionError(f"no process {wanted}\n{self.explain()}")

    def status(self) -> dict[str, Any]:
        """Empty where there is none. A document that is cut off is an error here, never a reason to look again."""
        try:
            content = self.read(STATUS)
        except FileNotFoundError:
            return {}
        document: dict[str, Any] = json.loads(content)
        return document

    def read(self, path: str) -> bytes:
        """A file as the container sees it, mounts of its own included, and links as it follows them."""
        root = Path(f"/proc/{self._first()}/root")
        found = root / path
        return (root / found.readlink().relative_to("/") if found.is_symlink() else found).read_bytes()

    def journal(self, *options: str) -> list[str]:
        lines = self.run("journalctl", "--no-pager", "-o", "cat", *options).splitlines()
        return [line for line in lines if line != "-- No entries --"]

    def restarts(self) -> int:
        return int(self.show("NRestarts"))


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True
