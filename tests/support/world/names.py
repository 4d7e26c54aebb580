"""Real name servers."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import socket
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.support.patience import until
from tests.support.precedence import take_precedence
from tests.support.world import netns


class Dnsmasq:
    """One real dnsmasq; `records` are its own names, `upstream` where it sends the rest (none: `nxdomain` or REFUSED)."""

    def __init__(
        self,
        namespace: str,
        listen: Iterable[str],
        folder: Path,
        *,
        records: Mapping[str, tuple[str, ...]] | None = None,
        upstream: Iterable[str] = (),
        nxdomain: bool = False,
        more: Iterable[str] = (),
    ) -> None:
        self.namespace = namespace
        self.listen = tuple(listen)
        self._log = folder / f"dnsmasq-{namespace}.log"
        self._argv = [
            *("ip", "netns", "exec", namespace, "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts"),
            *("--bind-interfaces", "--user=root", "--group=", f"--pid-file={folder}/dnsmasq-{namespace}.pid", "--log-facility=-"),
            *(f"--listen-address={address}" for address in self.listen),
            *(f"--server={address}" for address in upstream),
            *(f"--host-record={name},{','.join(addresses)}" for name, addresses in (records or {}).items()),
            *(["--local=/#/"] if nxdomain else []),
            *more,
        ]
        self.start()

    def start(self) -> None:
        self._stopped = False
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(self._argv, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)
        take_precedence(self._process.pid)

    def wait(self) -> None:
        """Until it listens; the text of its complaint where it does not."""

        def listens() -> bool:
            if self._process.poll() is not None:
                raise netns.CommandFailed(f"dnsmasq does not start: {self._log.read_text()}")
            return netns.call(self.namespace, self._listens)

        until(listens, self._log.read_text)

    def _listens(self) -> bool:
        for address in self.listen:
            with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as client:
                if client.connect_ex((address, 53)):
                    return False
        return True

    def stop(self) -> None:
        """Ends it with the children that it makes for connections over TCP, and waits until the port is free."""
        if self._stopped:
            return
        self._stopped = True
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        until(lambda: not netns.call(self.namespace, self._holds_port))

    def _holds_port(self) -> bool:
        for address in self.listen:
            with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as tried:
                try:
                    tried.bind((address, 53))
                except OSError as error:
                    if error.errno == errno.EADDRINUSE:
                        return True
        return False
