"""Programs of Debian that serve on loopback, started by a test and ended by their own process ids."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tests.support.patience import PATIENCE_S, until


def free_port() -> int:
    """That nobody has at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def serving(argv: Sequence[str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Until it listens at the port."""
    process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        until(lambda: _listens(process, port), lambda: f"{argv[0]} does not listen")
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE_S)
        if process.stderr is not None:
            process.stderr.close()


def _listens(process: subprocess.Popen[bytes], port: int) -> bool:
    assert process.poll() is None, process.stderr.read().decode() if process.stderr else ""
    try:
        socket.create_connection(("127.0.0.1", port), PATIENCE_S).close()
    except OSError:
        return False
    return True
