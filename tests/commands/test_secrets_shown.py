"""Whatever is printed or written, of a configuration with secrets in every odd place, has none of them: the program itself, unmodified."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

NUMBER, SECRET = "898320154110001", "34Sec-ret"
CONFIG = """
[terminal]
id = "T-1"
language = "en"
merchant_id = "@NUMBER@"
labels = { "@NUMBER@" = "x" }
[agent]
state_dir = "@BASE@/state"
log_dir = "@BASE@/log"
[network]
proxy = "http://u:12/@SECRET@@127.0.0.1:9"
addresses = ["127.0.0.1:9"]
public_names = ["name.invalid"]
internet_checks = [{ url = "http://127.0.0.1:9/x?k=@SECRET@" }, { url = "http://127.0.0.2:9/y#@SECRET@" }]
[[gateway]]
name = "@NUMBER@"
host = "127.0.0.1"
port = 9
protocol = "iso8583"
tls = false
[gateway.iso8583]
merchant_id = "@NUMBER@"
terminal_id = "10000001"
"""


@pytest.mark.root
def test_nothing_printed_or_written_has_a_secret_of_the_configuration(tmp_path: Path) -> None:
    config = tmp_path / "agent.toml"
    config.write_text(CONFIG.replace("@BASE@", str(tmp_path)).replace("@NUMBER@", NUMBER).replace("@SECRET@", SECRET))
    shown = []
    inside = ["unshare", "-n", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", sys.executable, "-m", "agent"]
    for words in (["check"], ["check", "--json"], ["run", "--once"], ["status"], ["config", "show"], ["config", "check"]):
        leader, follower = pty.openpty()  # on a terminal the live line is shown too
        environment = os.environ | {"TERM": "xterm", "PYTHONPATH": str(Path(__file__).parents[2])}
        with subprocess.Popen([*inside, *words, "--config", str(config)], stdout=subprocess.PIPE, stderr=follower, env=environment) as done:
            os.close(follower)
            shown.append(done.communicate()[0])
        shown.append(_read(leader))
        os.close(leader)
    files = [path.read_bytes() for folder in ("state", "log") for path in (tmp_path / folder).iterdir() if path.is_file()]
    assert len(files) >= 3 and b"gateway:***********0001" in b"".join(files) and b"***********0001" in b"".join(shown)
    for secret in (NUMBER[:-4], SECRET):
        assert not [text for text in (*shown, *files) if secret.encode() in text]


def _read(leader: int) -> bytes:
    parts = []
    try:
        while part := os.read(leader, 65536):
            parts.append(part)
    except OSError:  # nobody has the other side any more
        pass
    return b"".join(parts)
