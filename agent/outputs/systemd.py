"""What systemd is told of this process, over the socket named by NOTIFY_SOCKET (sd_notify(3)). Without one, nobody is told anything."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping

from msgspec import Struct

from probes.ground.clock import running

LONGEST_TEXT = 500  # characters of STATUS=
_FEEDS = 4  # in the time after which the watchdog bites
_WHILE_STARTING_S = 30.0  # by which the start may take longer, while cycles complete and only the file cannot be written


class Pulse(Struct, frozen=True, kw_only=True):
    """How the daemon fares. `completing`: the last examination came to its end, and the next one is not overdue.

    `delivered`: since this start a status was written. `text`: one line for `systemctl status`.
    """

    completing: bool
    delivered: bool
    text: str


class Systemd:
    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        self._bites_after_s = _watchdog_s(environment)
        self._ready, self._text, self._feed_at = False, "", float("-inf")

    @property
    def present(self) -> bool:
        return bool(self._address)

    @property
    def waits(self) -> bool:
        """For the start to be complete."""
        return self.present and not self._ready

    def hear(self, pulse: Pulse) -> None:
        """To be called on and on; sends only what is news, and the watchdog's food in time."""
        if not self.present:
            return
        news = []
        if pulse.text != self._text:
            news.append(f"STATUS={_one_line(pulse.text)}")
        now_ready = pulse.delivered and not self._ready
        if now_ready:
            news.append("READY=1")
        hungry = pulse.completing and (now_ready or running() >= self._feed_at)
        if hungry:
            news += self._food(ready=self._ready or pulse.delivered)
        if news and self._send(*news):
            self._text, self._ready = pulse.text, self._ready or pulse.delivered
            if hungry:
                self._feed_at = running() + self._patience_s() / _FEEDS

    def say(self, text: str) -> None:
        self._send(f"STATUS={_one_line(text)}")

    def stopping(self) -> None:
        self._send("STOPPING=1")

    def _food(self, *, ready: bool) -> list[str]:
        if not ready:
            return [f"EXTEND_TIMEOUT_USEC={int(_WHILE_STARTING_S * 1_000_000)}"]
        return ["WATCHDOG=1"] if self._bites_after_s else []

    def _patience_s(self) -> float:
        return self._bites_after_s if self._ready and self._bites_after_s else _WHILE_STARTING_S

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


def _watchdog_s(environment: Mapping[str, str]) -> float | None:
    """None where no watchdog waits for this very process."""
    try:
        microseconds = int(environment.get("WATCHDOG_USEC", ""))
        meant = int(environment.get("WATCHDOG_PID", "") or os.getpid())
    except ValueError:
        return None
    return microseconds / 1_000_000 if microseconds > 0 and meant == os.getpid() else None


def _one_line(text: str) -> str:
    return " ".join(text.split())[:LONGEST_TEXT]
