"""The package in a Debian of an architecture: `build/arm/ARCH-SUITE` (`tools/test-arm.sh`), copied, entered by `tools/emulated.sh`."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[2]
TREES = ROOT / "build/arm"
VERSION = re.findall('__version__ = "(.*)"', (ROOT / "agent/__init__.py").read_text())[0]
PATIENCE_S = 1800.0  # an emulated program takes ten times as long, on a machine that may be busy
SHOP = """
[agent]
interval_s = 1
[network]
expect_internet = false
[[gateway]]
name = "acquirer"
host = "127.0.0.1"
port = 8583
protocol = "tcp"
[[app]]
name = "payapp"
process = "payapp"
"""
_AS_SERVICE = """
for each in /var/lib/posdiag /var/log/posdiag /run/posdiag; do
    install -d -o posdiag -g posdiag $each
done
exec setpriv --reuid=posdiag --regid=posdiag --init-groups /opt/posdiag/bin/posdiag "$@"
"""


def package(tree: str) -> Path:
    return ROOT / f"build/posdiag_{VERSION}_{tree.partition('-')[0]}.deb"


class Emulated:
    """What is in memory there (`/run`) stays until `forget`, for tests to see; each command has processes and a network of its own."""

    def __init__(self, tree: str, place: Path) -> None:
        self.tree, self.root = tree, place
        self.arch, _, self.suite = tree.partition("-")
        self._running: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        shutil.rmtree(self.root, ignore_errors=True)
        subprocess.run(["cp", "-a", "--reflink=auto", str(TREES / self.tree), str(self.root)], check=True)
        return self

    def __exit__(self, *_: object) -> None:
        self.cut()
        shutil.rmtree(self.root, ignore_errors=True)

    def command(self, *words: str) -> list[str]:
        return ["bash", str(ROOT / "tools/emulated.sh"), self.arch, str(self.root), *words]

    def run(self, *words: str, check: bool = True, **environment: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            self.command(*words),
            env=os.environ | {"KEEP_RUN": "1"} | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        assert not check or done.returncode == 0, f"{self.tree}: {words} ended with {done.returncode}: {done.stdout}{done.stderr}"
        return done

    def posdiag(self, *words: str, check: bool = True) -> str:
        """What it prints; a status of 1 to 3 is a verdict."""
        done = self.run("posdiag", *words, check=False)
        assert not check or (done.returncode in range(4) and done.stderr == ""), f"{self.tree}: {words}: {done.returncode}: {done.stderr}"
        return done.stdout

    def install(self) -> None:
        deb = package(self.tree)
        shutil.copy(deb, self.root / "root" / deb.name)
        self.run("dpkg", "-i", f"/root/{deb.name}")
        (self.root / "root" / deb.name).unlink()

    def configure(self, text: str) -> None:
        (self.root / "etc/posdiag/agent.toml").write_text(text)

    # --- the service, in the foreground, as its own user

    def start(self) -> None:
        assert self._running is None
        self._running = subprocess.Popen(
            self.command("sh", "-ec", _AS_SERVICE, "sh", "run"),
            env=os.environ | {"KEEP_RUN": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # it keeps a log
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def running(self) -> bool:
        return self._running is not None and self._running.poll() is None

    def cut(self) -> None:
        """The power: every process there ends at once."""
        if self._running is not None:
            self._running.send_signal(signal.SIGKILL)
            self._running.wait()
            self._running = None

    def forget(self) -> None:
        """What was in memory, as a cut of the power does."""
        for each in (self.root / "run").iterdir():
            shutil.rmtree(each) if each.is_dir() and not each.is_symlink() else each.unlink()

    def status(self) -> dict[str, Any] | None:
        """The status document; None where there is none yet."""
        try:
            document: dict[str, Any] = json.loads((self.root / "var/lib/posdiag/status.json").read_text())
        except FileNotFoundError:
            return None
        return document

    def files(self) -> set[str]:
        """What lies there, from the root."""
        found = subprocess.run(["find", str(self.root), "-xdev", "-printf", "%P\n"], capture_output=True, text=True, check=True)
        return set(found.stdout.splitlines())
