"""What systemd is told of this process, over the socket named by NOTIFY_SOCKET (sd_notify(3)). Without one, nobody is told anything."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping, Sequence

from agent.outputs.seam import Context, Health, Output
from agent.settings.model import Settings
from probes.ground.clock import Clock
from probes.ground.whole_number import whole_number

LONGEST_TEXT = 500  # characters of STATUS=
_KEEP_ALIVES = 4  # in the time after which the watchdog ends the process
_WHILE_STARTING_S = 30.0  # by which the start may take longer, while cycles complete and only the file cannot be written


class Systemd:
    name, slow = "systemd", False  # a datagram is sent, or it is not: nothing waits

    def __init__(self, clock: Clock, environment: Mapping[str, str] = os.environ) -> None:
        self._clock = clock
        self._address = environment.get("NOTIFY_SOCKET", "")
        self._watchdog_s = _watchdog_of(environment)
        self._ready, self._text, self._keep_alive_at = False, "", float("-inf")

    @property
    def present(self) -> bool:
        return bool(self._address)

    def health(self, health: Health) -> None:
        """Sends only what is news, and the watchdog's keep-alive in time, which is tied to examinations that come to their end."""
        if not self.present:
            return
        news = []
        if health.text != self._text:
            news.append(f"STATUS={_one_line(health.text)}")
        now_ready = health.delivered and not self._ready
        if now_ready:
            news.append("READY=1")
        due = health.completing and (now_ready or self._clock.running() >= self._keep_alive_at)
        if due:
            news += self._keep_alive(ready=self._ready or health.delivered)
        if news and self._send(*news):
            self._text, self._ready = health.text, self._ready or health.delivered
            if due:
                self._keep_alive_at = self._clock.running() + self._patience_s() / _KEEP_ALIVES

    def say(self, text: str) -> None:
        self._send(f"STATUS={_one_line(text)}")

    def stopping(self) -> None:
        self._send("STOPPING=1")

    def _keep_alive(self, *, ready: bool) -> list[str]:
        if not ready:
            return [f"EXTEND_TIMEOUT_USEC={int(_WHILE_STARTING_S * 1_000_000)}"]
        return ["WATCHDOG=1"] if self._watchdog_s else []

    def _patience_s(self) -> float:
        return self._watchdog_s if self._ready and self._watchdog_s else _WHILE_STARTING_S

    def _send(self, *assignments: str) -> bool:
        """A supervisor that is away for a moment is told the next time."""
        if not self.present:
            return False
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK) as sock:
                sock.sendto("\n".join(assignments).encode("utf-8", "replace"), address)
        except OSError:
            return False
        return True


def make(settings: Settings, context: Context) -> Sequence[Output]:
    """None where nobody supervises this process."""
    systemd = Systemd(context.clock)
    return [systemd] if systemd.present else []


def _watchdog_of(environment: Mapping[str, str]) -> float | None:
    """None where no watchdog waits for this very process."""
    microseconds = whole_number(environment.get("WATCHDOG_USEC", ""))
    meant = whole_number(environment.get("WATCHDOG_PID", "") or str(os.getpid()))
    return microseconds / 1_000_000 if microseconds and meant == os.getpid() else None


def _one_line(text: str) -> str:
    return " ".join(text.split())[:LONGEST_TEXT]
