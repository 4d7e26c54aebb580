"""Names that others give, of interfaces and of a resolver's zone: in a namespace that has them, nothing harmful reaches a terminal."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from probes.ground.text import is_legible
from tests.support.command_line import QUIET, environment
from tests.support.patience import PATIENCE_S

NAMES = ("a\x1b[2Jb", "\u05d0\u05d11", "a\u0301\u0301\u0301\u0301", "a\u202eb", b"a\xff\xfe")
SETUP = """
mount --bind "$1" /etc/resolv.conf
ip link set lo up
ip link add "$2" type veth peer name far
ip addr add 10.1.2.3/24 dev "$2"
ip link set "$2" up
ip link set far up
ip route add default via 10.1.2.3
shift 2
exec "$@"
"""


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_what_others_call_things_is_shown_and_written_as_text_alone(tmp_path: Path, name: str | bytes) -> None:
    given = name.encode() if isinstance(name, str) else name
    resolvers = tmp_path / "resolv.conf"
    resolvers.write_bytes(b"nameserver fe80::1%" + given + b"\nnameserver fe80::2%\xd7\x90\nnameserver fe80::3%\0x\n")
    config = tmp_path / "agent.toml"
    gateway = '[[gateway]]\nname = "a"\nhost = "acquirer.invalid"\nport = 9\nprotocol = "tcp"\n'
    quiet = QUIET.replace("public_names = []", 'public_names = ["name.invalid"]')
    terminal = '[terminal]\nid = "T\u05d0"\nstore = "\u0301\u0301\u0301"\n'
    config.write_text(f'{terminal}[agent]\nstate_dir = "{tmp_path}"\nlog_dir = "{tmp_path}"\n{quiet}{gateway}')

    def posdiag(*argv: str) -> subprocess.CompletedProcess[bytes]:
        agent = [sys.executable, "-m", "agent", "--config", str(config), *argv]
        command: list[str | bytes] = ["unshare", "-nm", "sh", "-ec", SETUP, "sh", str(resolvers), given, *agent]
        return subprocess.run(command, capture_output=True, env=environment(), cwd="/", timeout=PATIENCE_S, check=False)

    shown = posdiag("--check", "--lang", "en")
    assert not shown.stderr and shown.returncode in (1, 2, 3)
    for line in shown.stdout.decode().splitlines():
        assert is_legible(line), ascii(line)

    once = posdiag("run", "--once", "--timeout", "5")
    assert once.returncode in (1, 2, 3) and b"Traceback" not in once.stderr
    for line in (tmp_path / "posdiag.log").read_text().splitlines():
        assert is_legible(line), ascii(line)
    document = msgspec.json.decode((tmp_path / "status.json").read_bytes())
    assert all(is_legible(text) for text in _texts(document)), [ascii(text) for text in _texts(document) if not is_legible(text)]
    crashed = [check for check in document["checks"] if check["symptom"] == "crashed"]
    assert not crashed
    ids = {check["id"] for check in document["checks"]}
    assert all(cause["evidence"] and set(cause["evidence"]) <= ids for cause in document["causes"])


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for pair in value.items() for part in pair for text in _texts(part)]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    return [value] if isinstance(value, str) else []
