"""A program `adb` of the tests, which makes a key and runs as a server: it listens, and knows no device."""

from __future__ import annotations

import sys
from pathlib import Path

_PROGRAM = """#!{python}
import os, socket, sys
if sys.argv[1] == "keygen":
    open(sys.argv[2], "w").write("a key")
    sys.exit()
if {ends!r}:
    sys.exit(7)
place = sys.argv[2].removeprefix("localfilesystem:")
listener = socket.socket(socket.AF_UNIX)
listener.bind(place)
listener.listen()
while True:
    client, _ = listener.accept()
    with client:
        if client.recv(100):
            client.sendall(b"OKAY0000")
"""


def adb_program(folder: Path, *, ends: bool = False) -> Path:
    """The directory to be in PATH."""
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    program = folder / "adb"
    program.write_text(_PROGRAM.format(python=sys.executable, ends=ends))
    program.chmod(0o755)
    return folder
