"""The package posdiag-fleet on a minimal Debian 12 with systemd, in a container: installed offline, received, watched, upgraded, purged."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from agent.contract.encode import encode
from agent.contract.summary import encode as encoded
from agent.status.summary import summarise
from tests.support.command_line import ROOT, current
from tests.support.world import World
from tests.system.machine import Machine
from tests.system.tree import overlaid

pytestmark = [
    pytest.mark.root,
    pytest.mark.skipif(shutil.which("systemd-nspawn") is None, reason="no systemd-nspawn here: as root, make test-fleet installs it"),
    pytest.mark.skipif(shutil.which("debootstrap", path="/usr/sbin:/usr/bin") is None, reason="no debootstrap here, likewise"),
]
VERSIONS = ("0.1.0", "0.1.1")
STORE = "/var/lib/posdiag-fleet"
UNITS = ("posdiag-fleet", "posdiag-fleet-watch")
PUSH = """
import sys, urllib.error, urllib.request
asked = urllib.request.Request("http://127.0.0.1:8420" + sys.argv[1], data=sys.argv[3].encode() or None)
if sys.argv[2]:
    asked.add_header("Authorization", "Bearer " + sys.argv[2])
try:
    with urllib.request.urlopen(asked, timeout=20) as answer:
        print(answer.status, answer.read().decode())
except urllib.error.HTTPError as error:
    print(error.code, error.read().decode())
"""


class Collector:
    def __init__(self, machine: Machine, packages: dict[str, list[Path]]) -> None:
        self.machine, self.packages, self.token = machine, packages, ""

    def install(self, version: str) -> str:
        for package in self.packages[version]:
            shutil.copy(package, self.machine.tree / "root" / package.name)
        return self.machine.run("dpkg", "-i", *(f"/root/{package.name}" for package in self.packages[version]), timeout=600)

    def ask(self, path: str, token: str = "", body: str = "") -> tuple[int, str]:
        status, _, text = self.machine.run("python3", "-c", PUSH, path, token, body).partition(" ")
        return int(status), text

    def is_active(self, unit: str) -> bool:
        return self.machine.run("systemctl", "is-active", unit, check=False) == "active"

    def totals(self) -> dict[str, int]:
        status, text = self.ask("/fleet.json")
        return dict(json.loads(text)["totals"]) if status == 200 else {}


@pytest.fixture(scope="module")
def packages() -> Iterator[dict[str, list[Path]]]:
    """By version: the first is built anew, so that it is of this source; the second is the same with another number. BUILT=1: as it lies
    there, to try a test itself."""
    first, second = VERSIONS
    arch = subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True).stdout.strip()
    built = []
    for name, script in (("posdiag", "package"), ("posdiag-fleet", "package-fleet")):
        if "BUILT" not in os.environ:
            argv = ["bash", f"tools/{script}.sh"]
            done = subprocess.run(argv, cwd=ROOT, env=os.environ | {"VERSION": first}, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
        built.append(ROOT / "build" / f"{name}_{first}_{arch}.deb")
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder:
        yield {first: built, second: [_numbered(package, Path(folder), first, second) for package in built]}


def _numbered(package: Path, folder: Path, first: str, second: str) -> Path:
    tree, made = folder / package.stem, folder / package.name.replace(first, second)
    subprocess.run(["dpkg-deb", "-R", package, tree], check=True)
    control = tree / "DEBIAN/control"
    control.write_text(control.read_text().replace(first, second))
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Znone", "-b", tree, made], check=True, stdout=subprocess.DEVNULL)
    return made


@pytest.fixture(scope="module")
def collector(packages: dict[str, list[Path]]) -> Iterator[Collector]:
    folder = Path(tempfile.mkdtemp(prefix="fleet.", dir=ROOT / "build"))
    try:
        with World() as world, overlaid(folder) as tree:
            machine = Machine(tree, world.terminal)
            try:
                made = Collector(machine, packages)
                made.install(VERSIONS[0])
                machine.run("systemctl", "disable", "--now", "posdiag")
                yield made
            finally:
                machine.kill()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def document(name: str) -> bytes:
    made = current()
    return encode(replace(made, terminal=replace(made.terminal, id=name)))


def test_it_starts_nothing_and_belongs_to_its_user(collector: Collector) -> None:
    machine = collector.machine
    for unit in UNITS:
        assert machine.run("systemctl", "is-enabled", unit, check=False) == "disabled" and not collector.is_active(unit)
    places = ("/etc/posdiag/fleet.toml", STORE, f"{STORE}/collected", "/opt/posdiag/fleet-lib", "/opt/posdiag/lib/agent/fleet")
    modes = machine.run("stat", "-c", "%U:%G %a", *places).splitlines()
    own = "posdiag-fleet:posdiag-fleet"
    assert modes == ["root:posdiag-fleet 640", f"{own} 755", f"{own} 2775", "root:root 755", "root:root 755"]
    assert machine.run("stat", "-c", "%U:%G %a", "/etc/posdiag/agent.toml") == "root:posdiag 640"


def test_a_scan_by_anybody_and_one_with_a_store(collector: Collector) -> None:
    """The libraries of the package are found and load: NumPy judges, DuckDB keeps."""
    machine = collector.machine
    for number in range(3):
        place = machine.tree / f"var/lib/posdiag-fleet/collected/T-{number}"
        place.mkdir()
        (place / "status.json").write_bytes(document(f"T-{number}"))
    anybody = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
    scan = ("posdiag", "fleet", "scan", f"{STORE}/collected")
    answer = json.loads(machine.run(*anybody, *scan, "--json", "--config", "/dev/null", check=False))  # 2 is its answer
    assert answer["totals"]["terminals"] == 3 and answer["totals"]["cannot_pay"] == 3
    user = ("setpriv", "--reuid=posdiag-fleet", "--regid=posdiag-fleet", "--init-groups")
    shown = machine.run(*user, *scan, "--store", f"{STORE}/tried", "--lang", "en", check=False)
    assert "3" in shown and (machine.tree / "var/lib/posdiag-fleet/tried/latest.parquet").exists(), shown


def test_it_receives_under_its_sandbox(collector: Collector) -> None:
    machine = collector.machine
    said = machine.run("posdiag", "fleet", "token", "shops", "--ids", "T-*", "--lang", "en")
    token = re.search(r"^  (\S+)$", said, re.MULTILINE)
    assert token
    collector.token = token[1]
    with (machine.tree / "etc/posdiag/fleet.toml").open("a") as settings:
        settings.write(said[said.index("[[token]]") :] + "\n")
    machine.run("systemctl", "enable", "--now", "posdiag-fleet")
    assert collector.is_active("posdiag-fleet")
    line = encoded(replace(summarise(current()), id="T-7")).decode()
    assert collector.ask("/v1/status", "", line)[0] == 401
    assert collector.ask("/v1/status", collector.token, line.replace("T-7", "X-7"))[0] == 403
    assert collector.ask("/v1/status", collector.token, line)[0] == 202
    machine.until(lambda: collector.totals().get("terminals") == 1)
    for path in ("/metrics", "/healthz", "/"):
        assert collector.ask(path)[0] == 200, path
    pid = machine.run("systemctl", "show", "--value", "-p", "MainPID", "posdiag-fleet")
    status = machine.run("cat", f"/proc/{pid}/status")
    assert set(re.findall(r"Cap(?:Inh|Prm|Eff|Bnd|Amb):\t(\w+)", status)) == {"0" * 16}
    assert "NoNewPrivs:\t1" in status and "Seccomp:\t2" in status
    assert machine.run("systemctl", "show", "--value", "-p", "Type", "posdiag-fleet") == "notify"
    for unit in UNITS:
        rated = machine.run("systemd-analyze", "security", unit, check=False)
        assert float(re.findall(r"exposure level for [\w.-]+: ([\d.]+)", rated)[0]) <= 1.5


def test_what_was_acknowledged_outlives_a_kill(collector: Collector) -> None:
    machine = collector.machine
    line = encoded(replace(summarise(current()), id="T-8")).decode()
    assert collector.ask("/v1/status", collector.token, line)[0] == 202
    machine.run("systemctl", "kill", "-s", "KILL", "posdiag-fleet")
    machine.run("systemctl", "restart", "posdiag-fleet")
    machine.until(lambda: collector.totals().get("terminals") == 2)


def test_it_watches_what_is_collected(collector: Collector) -> None:
    machine = collector.machine
    machine.run("systemctl", "start", "posdiag-fleet-watch")
    answer, metrics_file = (machine.tree / f"var/lib/posdiag-fleet/watched/fleet.{kind}" for kind in ("json", "prom"))
    machine.until(lambda: answer.exists() and metrics_file.exists() and collector.is_active("posdiag-fleet-watch"))
    assert json.loads(answer.read_bytes())["totals"]["terminals"] == 3
    metrics = machine.run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "cat", f"{STORE}/watched/fleet.prom")
    assert "posdiag_fleet_up 1" in metrics


def test_nothing_of_it_is_an_error_in_the_journal(collector: Collector) -> None:
    units = [word for unit in UNITS for word in ("-u", unit)]
    killed = "Main process exited|Failed with result 'signal'"
    lines = [line for line in collector.machine.journal(*units, "-p", "err") if not re.search(killed, line)]
    assert lines == []


def test_an_upgrade_keeps_settings_and_what_was_received(collector: Collector) -> None:
    machine = collector.machine
    settings = machine.read("etc/posdiag/fleet.toml")
    for version in reversed(VERSIONS):
        collector.install(version)
        machine.until(lambda: all(collector.is_active(unit) for unit in UNITS[:1]))
        machine.until(lambda: collector.totals().get("terminals") == 2)
        assert machine.run("dpkg-query", "--show", "--showformat=${Version}", "posdiag-fleet") == version
        assert machine.read("etc/posdiag/fleet.toml") == settings
        assert machine.run("stat", "-c", "%U:%G %a", "/etc/posdiag/fleet.toml") == "root:posdiag-fleet 640"
    assert machine.run("systemctl", "is-enabled", "posdiag", check=False) == "disabled", "this machine is no terminal"


def test_removed_and_purged_it_leaves_posdiag_as_it_was(collector: Collector) -> None:
    machine = collector.machine
    machine.run("dpkg", "-r", "posdiag-fleet")
    assert machine.run("sh", "-c", f"test -e {STORE} && echo there") == "there"
    said = machine.run("posdiag", "fleet", "scan", "/root", "--lang", "en", check=False)
    assert "Install the package posdiag-fleet" in " ".join(said.split())
    assert "posdiag" in machine.run("posdiag", "--version")
    machine.run("dpkg", "-P", "posdiag-fleet")
    left = machine.run("find", "/etc", "/opt/posdiag", "/usr", "/var/lib", "/run", "-name", "*fleet*", "-not", "-path", "*/doc/posdiag/*")
    assert [line for line in left.splitlines() if "/lib/python" not in line and "dpkg/info/posdiag.list" not in line] == []
    assert "posdiag" in machine.run("posdiag", "--version")
