"""posdiag, unmodified, run in a namespace: what it said, how it left, how long it took."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.patience import PATIENCE_S

ROOT = Path(__file__).resolve().parents[3]
NOBODY = 65534


@dataclass(frozen=True)
class Verdict:
    """`status` is empty where no document came; `code` is the exit status."""

    status: dict[str, Any]
    code: int
    seconds: float
    stdout: str
    stderr: str

    @property
    def state(self) -> str:
        return str(self.status.get("state"))

    @property
    def cause(self) -> str | None:
        found: str | None = self.status.get("cause")
        return found

    def codes(self, *severities: str) -> list[str]:
        """The causes' codes in their order; all severities where none is named."""
        return [c["code"] for c in self.status.get("causes", []) if not severities or c["severity"] in severities]

    def checks(self, layer: str = "") -> dict[str, dict[str, Any]]:
        return {c["id"]: c for c in self.status.get("checks", []) if not layer or c["layer"] == layer}

    def gateway(self, letter: str = "a") -> dict[str, Any]:
        """The check of one of the world's gateways."""
        return self.checks("gateway")[f"gateway:acquirer-{letter}"]

    def explain(self) -> str:
        """For the message of a failed test."""
        lines = [f"exit {self.code} after {self.seconds:.2f} s, state {self.state}, cause {self.cause}, causes {self.codes()}"]
        for check in self.checks().values():
            parts = (check["outcome"], check.get("symptom"), check.get("because"), f"{check['took_ms']:.0f} ms", check["facts"])
            lines.append(f"  {check['id']}: " + " · ".join(str(part) for part in parts if part))
        return "\n".join([*lines, self.stderr.strip() or "", "" if self.status else self.stdout.strip()])


# an ordinary user may not reach the checkout where it lies: `$2` shows it, in the mount namespace of this one process
SHOW_CHECKOUT = 'mount --bind "$1" "$2" && shift 2 && exec "$@"'


def _as_user(user: int, checkout: Path) -> list[str]:
    checkout.mkdir(exist_ok=True)
    own = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]
    return ["sh", "-c", SHOW_CHECKOUT, "sh", str(ROOT), str(checkout), *own]


def environment(checkout: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("POSDIAG")}
    return kept | {"PYTHONPATH": str(checkout), "PYTHONUTF8": "1"}


@dataclass(frozen=True)
class Seat:
    """Where posdiag sits: namespace, the world's folder, the user (None: root), and shell lines that lay out its machine first.

    The lines run in the mount namespace of this one process, so what they mount nobody else sees, and it ends with the process.
    """

    namespace: str
    folder: Path
    user: int | None = None
    machine: tuple[str, ...] = ()

    def command(self, *arguments: str) -> tuple[list[str], dict[str, str]]:
        """What to start, and its environment."""
        checkout = ROOT if self.user is None else self.folder / "checkout"
        python = Path(sys.executable)
        if python.is_relative_to(ROOT):
            python = checkout / python.relative_to(ROOT)
        laid = ["sh", "-euc", "\n".join([*self.machine, 'exec "$@"']), "sh"] if self.machine else []
        own = [] if self.user is None else _as_user(self.user, checkout)
        return ["ip", "netns", "exec", self.namespace, *laid, *own, str(python), "-m", "agent", *arguments], environment(checkout)


def posdiag(seat: Seat, *arguments: str) -> Verdict:
    """Raises subprocess.TimeoutExpired, with the process ended, where posdiag does not come back."""
    argv, surroundings = seat.command(*arguments)
    begun = time.monotonic()
    done = subprocess.run(
        argv, cwd="/", env=surroundings, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    seconds = time.monotonic() - begun
    try:
        status = json.loads(done.stdout)
    except ValueError:
        status = {}
    return Verdict(status if isinstance(status, dict) else {}, done.returncode, seconds, done.stdout, done.stderr)
