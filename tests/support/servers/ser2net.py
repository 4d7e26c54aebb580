"""The real ser2net in front of a simulated device."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.support.patience import until
from tests.support.precedence import take_precedence

PROGRAM = shutil.which("ser2net", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
_CONFIG = """\
connection: &con
  accepter: {accepter}
  connector: serialdev,{node},9600n81,local
  options:
    kickolduser: false
"""


@contextlib.contextmanager
def ser2net(node: str, folder: Path, *, telnet: bool) -> Iterator[int]:
    """Yields the port on 127.0.0.1."""
    assert PROGRAM is not None
    port = _free_port()
    accepter = f"telnet(rfc2217=true),tcp,127.0.0.1,{port}" if telnet else f"tcp,127.0.0.1,{port}"
    (folder / "ser2net.yaml").write_text(_CONFIG.format(accepter=accepter, node=node))
    process = subprocess.Popen([PROGRAM, "-n", "-c", str(folder / "ser2net.yaml"), "-P", str(folder / "pid")], stderr=subprocess.DEVNULL)
    take_precedence(process.pid)
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _wait_for(port: int) -> None:
    """Until it listens, seen in the kernel's table: a connection would open the device."""
    until(lambda: f"0100007F:{port:04X} 00000000:0000 0A" in Path("/proc/net/tcp").read_text(), lambda: "ser2net did not start")
