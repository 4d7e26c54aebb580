"""The terminal's package on each Python that Debian has of those that it is for: laid into a tree of that Debian, compiled there, run."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.patience import PATIENCE_S

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "build" / f"posdiag_{re.findall('__version__ = .(.*).', (ROOT / 'agent/__init__.py').read_text())[0]}_amd64.deb"
SUITES = {"bookworm": "3.11", "trixie": "3.13", "testing": "3.14"}
CONFIG = '[network]\nexpect_internet = false\n[[app]]\nname = "payapp"\nprocess = "payapp"\n'
INSIDE = """
mount -t proc proc {root}/proc
mount --rbind /dev {root}/dev
mount --rbind /sys {root}/sys
ip link set lo up
exec chroot {root} "$@"
"""

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or not PACKAGE.exists() or not (ROOT / "build/pythons/trixie").exists(),
    reason="needs root, the package and Debian's Pythons: run `make test-pythons` as root",
)


class Terminal:
    def __init__(self, root: Path) -> None:
        self.root = root
        for old in ("opt", "etc/posdiag", "var/lib/posdiag", "var/log/posdiag", "run/posdiag", "usr/lib/systemd", "usr/share/doc/posdiag"):
            shutil.rmtree(root / old, ignore_errors=True)
        subprocess.run(["dpkg", "-x", str(PACKAGE), str(root)], check=True)
        (root / "etc/passwd").write_text("root:x:0:0::/root:/bin/sh\n")
        (root / "etc/posdiag/agent.toml").write_text(CONFIG)
        if not os.path.lexists(root / "usr/bin/sh"):
            (root / "usr/bin/sh").symlink_to("busybox")

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = ["unshare", "--net", "--mount", "--propagation", "private", "sh", "-ec", INSIDE.format(root=self.root), "sh", *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)

    def posdiag(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self.run("/usr/bin/posdiag", *words)


@pytest.fixture(params=SUITES)
def terminal(request: pytest.FixtureRequest) -> Terminal:
    made = Terminal(ROOT / "build/pythons" / request.param)
    version = made.run("/usr/bin/python3", "--version").stdout
    assert version.startswith(f"Python {SUITES[request.param]}."), version
    return made


def compiled(terminal: Terminal) -> int:
    for program in ("compile.py", "library.py"):
        done = terminal.run("/usr/bin/python3", "-ISB", "-X", "no_debug_ranges", f"/opt/posdiag/share/{program}", "/opt/posdiag/lib")
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return len(list((terminal.root / "opt/posdiag/lib").rglob("*.pyc")))


def test_it_is_compiled_where_it_is_and_examines(terminal: Terminal) -> None:
    assert not list((terminal.root / "opt").rglob("*.pyc")), "the package carries none"
    assert compiled(terminal) > 500
    done = terminal.posdiag("--check", "--json")
    assert done.stderr == "", done.stderr
    checks = {check["id"]: check for check in json.loads(done.stdout)["checks"]}
    assert checks["system:memory"]["outcome"] == "pass" and checks["app:payapp"]["symptom"] == "not_running"


def test_it_runs_from_its_sources_too(terminal: Terminal) -> None:
    """Where the bytecode could not be made: a full disk, a read-only one."""
    done = terminal.posdiag("--check", "--json")
    assert done.stderr == "" and json.loads(done.stdout)["schema"] == "posdiag.status/1"


def test_the_service_and_its_papers(terminal: Terminal) -> None:
    compiled(terminal)
    done = terminal.posdiag("run", "--once")
    assert (done.returncode in (0, 1, 2, 3), done.stderr) == (True, ""), done.stderr
    assert (terminal.root / "var/lib/posdiag/status.json").exists()
    for words in (("history",), ("explain", "03"), ("config", "check"), ("audit", "--json"), ("runbook", "-o", "-"), ("bundle", "-o", "-")):
        printed = subprocess_of(terminal, *words)
        assert b"Traceback" not in printed.stderr, (words, printed.stderr)
        assert printed.stdout, words


def subprocess_of(terminal: Terminal, *words: str) -> subprocess.CompletedProcess[bytes]:
    command = ["unshare", "--net", "--mount", "--propagation", "private", "sh", "-ec", INSIDE.format(root=terminal.root), "sh"]
    return subprocess.run([*command, "/usr/bin/posdiag", *words], capture_output=True, timeout=PATIENCE_S, check=False)


def test_dates_far_ahead(terminal: Terminal) -> None:
    code = "import sys; sys.path.insert(0, '/opt/posdiag/lib'); from agent.contract.times import utc, parse; "
    code += "print(utc(4e9), parse('2049-12-31T23:59:59Z'), parse('9999-12-31T23:59:59Z'))"
    said = terminal.run("/usr/bin/python3", "-ISB", "-c", code).stdout
    assert said == "2096-10-02T07:06:40.000Z 2524607999.0 253402300799.0\n"
