"""The archives for ARM, under emulation of single programs: in an empty root, and installed where there is a shell and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.standalone.archive import BUILD, ROOT, TREES, VERSION, empty, unpack

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: run `make test-standalone` as root")
LATE_S = 600  # emulated, and beside other work
SERVED = """
mkdir -p /etc/init.d /etc/rc2.d
sh /root/unpacked/install.sh
/etc/init.d/posdiag status
tries=0
while ! [ -e /run/posdiag/status.json ] && [ $tries -lt 300 ]; do tries=$((tries + 1)); sleep 1; done
posdiag status --json || true
/etc/init.d/posdiag stop
sh /root/unpacked/install.sh purge
"""


@pytest.fixture(params=["arm64", "armhf"])
def arch(request: pytest.FixtureRequest) -> str:
    if not archive(request.param).exists() or not (TREES / f"shell-{request.param}").exists():
        pytest.skip(f"not built: ARCH={request.param} make standalone")
    return str(request.param)


def archive(arch: str) -> Path:
    return BUILD / f"posdiag-standalone_{VERSION}_{arch}.tar.xz"


def emulated(arch: str, root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    argv = ["bash", str(ROOT / "tools/emulated.sh"), arch, str(root), *words]
    return subprocess.run(argv, capture_output=True, text=True, timeout=LATE_S, check=False)


def test_it_examines_an_empty_root(arch: str, tmp_path: Path) -> None:
    root = empty(tmp_path, archive(arch))
    done = emulated(arch, root, "/opt/posdiag/bin/posdiag", "--check", "--json", "--timeout", "120")
    assert (done.returncode, done.stderr) == (2, ""), done.stderr
    checks = {check["id"]: check for check in json.loads(done.stdout)["checks"]}
    assert checks["system:memory"]["outcome"] == "pass" and checks["system:disk:/"]["outcome"] != "unknown"
    code = (
        "import sys; sys.path.insert(0, '/opt/posdiag/lib'); import platform, ssl, ctypes, msgspec._core, psutil; print(platform.machine())"
    )
    done = emulated(arch, root, "/opt/posdiag/python/bin/python3", "-ISB", "-c", code)
    assert (done.stdout, done.stderr) == ({"arm64": "aarch64\n", "armhf": "armv7l\n"}[arch], "")


def test_it_is_installed_and_serves_with_nothing_but_a_shell(arch: str, tmp_path: Path) -> None:
    root = tmp_path / "root"
    subprocess.run(["cp", "-a", str(TREES / f"shell-{arch}"), str(root)], check=True)
    (root / "root").mkdir(exist_ok=True)
    unpack(tmp_path / "unpacked", archive(arch)).rename(root / "root/unpacked")
    done = emulated(arch, root, "/bin/sh", "-ec", SERVED)
    assert done.returncode == 0, (done.stdout, done.stderr)
    assert "installed and started: /etc/init.d/posdiag status" in done.stdout and "posdiag is running, as process" in done.stdout
    assert '"schema":"posdiag.status/1"' in done.stdout.replace(" ", "") and "removed, with configuration and state" in done.stdout
    assert not (root / "opt/posdiag").exists() and not (root / "var/lib/posdiag").exists()
