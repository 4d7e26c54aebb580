"""Debian's sshd on loopback, for root with a key of its own. Needs root: it changes to the user that logs in."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from tests.support.patience import PATIENCE_S


class SshServer(Struct, frozen=True):
    """`options`: for ssh. `authorized`: its authorized_keys, whose one line may be given restrictions."""

    port: int
    identity: Path
    options: list[str]
    authorized: Path

    def restrict(self, options: str) -> None:
        key = self.identity.with_suffix(".pub").read_text()
        self.authorized.write_text(f"{options} {key}")


@contextlib.contextmanager
def ssh_server(folder: Path) -> Iterator[SshServer]:
    for name in ("host", "identity"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    authorized = folder / "authorized_keys"
    authorized.write_bytes((folder / "identity.pub").read_bytes())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = folder / "sshd_config"
    config.write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder / 'host'}\nPidFile none\nUsePAM no\nStrictModes no\n"
        f"PermitRootLogin prohibit-password\nPasswordAuthentication no\nAuthorizedKeysFile {authorized}\nMaxStartups 100\n"
    )
    Path("/run/sshd").mkdir(exist_ok=True)
    known = folder / "known_hosts"
    known.write_text(f"[127.0.0.1]:{port} {(folder / 'host.pub').read_text()}")
    options = [f"-i{folder / 'identity'}", f"-oUserKnownHostsFile={known}", "-oIdentitiesOnly=yes", "-oBatchMode=yes"]
    with (folder / "sshd.log").open("wb") as log:
        server = subprocess.Popen(["/usr/sbin/sshd", "-D", "-e", "-f", str(config)], stdout=log, stderr=log)
    try:
        _until_it_listens(port, server, folder / "sshd.log")
        yield SshServer(port, folder / "identity", options, authorized)
    finally:
        server.terminate()
        server.wait()


def _until_it_listens(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE_S
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
            return
        assert server.poll() is None and time.monotonic() < end, log.read_text()
        time.sleep(0.05)
