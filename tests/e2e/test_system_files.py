"""Small files of the system that are none: a check ends in its time and small, whatever stands in their place."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.support.command_line import QUIET, environment
from tests.support.patience import PATIENCE_S

SETUP = """
mount --bind "$1" "$2"
shift 2
ip link set lo up
ip addr add 10.1.2.3/24 dev lo
exec "$@"
"""
# Measured of the process itself at its end, in KiB: the unit has 128 MiB.
MEASURED = """
import os, sys
from agent import openssl_conf
openssl_conf.spare()
from agent.commands import options
from agent.cli import run
status = run(sys.argv[1:])
peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
print("peak", peak, file=sys.stderr, flush=True)
os._exit(status)
"""
GATEWAY = '[[gateway]]\nname = "a"\nhost = "host-299999.shop.example"\nport = 9\nprotocol = "tcp"\n'
FILES = ("/etc/resolv.conf", "/etc/hosts", "/etc/hostname", "/etc/nsswitch.conf", "/etc/gai.conf", "/etc/machine-id")


def examined(folder: Path, planted: Path, where: str) -> tuple[dict[str, dict[str, object]], int]:
    config = folder / "agent.toml"
    config.write_text(f'[agent]\nstate_dir = "{folder}"\nlog_dir = "{folder}"\n{QUIET}{GATEWAY}')
    agent = [sys.executable, "-c", MEASURED, "--check", "--json", "--timeout", "5", "--config", str(config)]
    command = ["unshare", "-nm", "sh", "-ec", SETUP, "sh", str(planted), where, *agent]
    done = subprocess.run(command, capture_output=True, env=environment(), cwd="/", timeout=PATIENCE_S, check=False)
    assert done.returncode in (0, 1, 2, 3) and done.stderr.startswith(b"peak"), done.stderr
    checks = msgspec.json.decode(done.stdout)["checks"]
    assert not [check for check in checks if check["id"] == "system:examination" or check["symptom"] in ("hung", "crashed")]
    return {check["id"]: check for check in checks}, int(done.stderr.split()[1])


@pytest.mark.parametrize("where", [*FILES, "openssl.cnf"])
def test_a_pipe_in_the_place_of_a_file_holds_up_no_check(tmp_path: Path, where: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    if where == "openssl.cnf":
        where = next((file for file in ("/etc/ssl/openssl.cnf", "/etc/pki/tls/openssl.cnf") if Path(file).is_file()), "")
    if not Path(where).is_file():
        pytest.skip("this system has no such file")
    examined(tmp_path, tmp_path / "pipe", where)


def test_three_hundred_thousand_fixed_names_take_no_memory_and_the_last_one_counts(tmp_path: Path) -> None:
    with (tmp_path / "hosts").open("w") as hosts:
        hosts.writelines(f"10.{100 + (n >> 16)}.{(n >> 8) & 255}.{n & 255} host-{n}.shop.example alias{n}\n" for n in range(300_000))
    checks, peak_kib = examined(tmp_path, tmp_path / "hosts", "/etc/hosts")
    assert checks["gateway:a"]["outcome"] == "skip" or "10.104.147.223" in str(checks["gateway:a"]["facts"])
    assert peak_kib < 80_000


def test_a_resolver_list_without_end_is_its_first_three(tmp_path: Path) -> None:
    with (tmp_path / "resolv.conf").open("w") as resolvers:
        resolvers.writelines(f"nameserver 10.{100 + (n >> 16)}.{(n >> 8) & 255}.{n & 255}\nsearch a b c\n" for n in range(300_000))
    checks, peak_kib = examined(tmp_path, tmp_path / "resolv.conf", "/etc/resolv.conf")
    assert sum(name.startswith("dns:10.") for name in checks) == 3
    assert peak_kib < 80_000
