"""install.sh makes it a service of what is there: installed, started with the machine, killed, upgraded, switched off, removed, purged."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.standalone.archive import ARCHIVE, CONFIG, NAME, TREES, unpack
from tests.standalone.machine import KINDS, Machine
from tests.support.patience import until

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or not ARCHIVE.exists() or not (TREES / "openrc").exists(),
    reason="needs root, the archive and Debian's packages: run `make test-standalone` as root",
)
OWN = ("var/lib/posdiag", "var/log/posdiag", "etc/posdiag")
OF_AN_OLDER_VERSION = "opt/posdiag/lib/agent/of_an_older_version.py"


@pytest.fixture(scope="module", params=KINDS)
def machine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """With the archive unpacked in /root; the tests of one manager go on from each other."""
    folder = tmp_path_factory.mktemp(request.param)
    made = Machine(KINDS[request.param], folder)
    try:
        unpack(made.path("root"))
        yield made
    finally:
        made.cut()
        shutil.rmtree(folder, ignore_errors=True)


def install(machine: Machine, *words: str, umask: int = 0o022) -> str:
    return machine.run("sh", f"/root/{NAME}/install.sh", *words, umask=umask)[1]


def running(machine: Machine) -> int:
    """Its process; with a status that it has written, as its own user."""
    until(lambda: len(machine.daemons()) == 1 and machine.path("run/posdiag/status.json").exists(), machine.console)
    (pid,) = machine.daemons()
    return pid


def files(machine: Machine) -> set[str]:
    root = machine.path("")
    seen = set()
    for top in ("etc", "opt", "usr", "var", "lib", "bin", "sbin"):
        for folder, _, names in os.walk(root / top):
            seen |= {str((Path(folder) / name).relative_to(root)) for name in names}
    changing = (
        "etc/.pwd.lock",
        "etc/passwd",
        "etc/group",
        "etc/shadow",
        "etc/gshadow",
        "etc/init.d/.depend",
        "var/log/",
        "var/lib/systemd",
        "etc/subuid",
    )
    return {name for name in seen if not name.startswith((*changing, *OWN)) and "/supervise/" not in name}


def numbers(pid: int, word: str) -> list[int]:
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith(f"{word}:"))
    return [int(each) for each in line.split()[1:]]


_before: dict[str, set[str]] = {}


def test_installed_it_runs_as_its_own_user(machine: Machine) -> None:
    _before[machine.kind.tree] = files(machine)
    machine.path(f"root/{NAME}/{OF_AN_OLDER_VERSION}").write_text("")
    said = install(machine, umask=0o077)
    assert "installed and started" in said, said
    pid = running(machine)
    uid = int(next(line for line in machine.path("etc/passwd").read_text().splitlines() if line.startswith("posdiag:")).split(":")[2])
    assert uid > 0 and numbers(pid, "Uid") == [uid] * 4 and numbers(pid, "CapEff") == [0]
    members = {line.split(":")[0]: int(line.split(":")[2]) for line in machine.path("etc/group").read_text().splitlines() if line}
    assert {members["dialout"], members["lp"], members["posdiag-told"]} <= set(numbers(pid, "Groups"))
    assert os.getpriority(os.PRIO_PROCESS, pid) == 10
    assert Path(f"/proc/{pid}/oom_score_adj").read_text() == "500\n"
    assert str(Path(f"/proc/{pid}/exe").readlink()).endswith("/opt/posdiag/python/bin/python3")
    modes = {name: machine.path(name).stat().st_mode & 0o7777 for name in ("run/posdiag", "var/lib/posdiag", "var/lib/posdiag/told")}
    assert modes == {"run/posdiag": 0o755, "var/lib/posdiag": 0o755, "var/lib/posdiag/told": 0o3770}
    config = machine.path("etc/posdiag/agent.toml").stat()
    assert (config.st_uid, config.st_gid, config.st_mode & 0o777) == (0, members["posdiag"], 0o640)
    document = json.loads(machine.run("posdiag", "status", "--json", check=False)[1])
    assert document["schema"] == "posdiag.status/1"


def test_it_is_started_again_and_with_the_machine(machine: Machine) -> None:
    name, minute, second = machine.kind.hurried
    file = machine.path(name)
    file.write_text(file.read_text().replace(minute, second))
    if machine.kind.container:
        machine.run("systemctl", "daemon-reload")
    machine.cut()
    machine.boot()
    first = running(machine)
    os.kill(first, 9)
    until(lambda: machine.daemons() not in ([], [first]), machine.console)
    assert running(machine) != first


def test_upgraded_it_keeps_the_configuration_and_nothing_of_the_older_version(machine: Machine) -> None:
    machine.path("etc/posdiag/agent.toml").write_text(CONFIG)
    machine.path(f"root/{NAME}/{OF_AN_OLDER_VERSION}").unlink()
    assert machine.path(OF_AN_OLDER_VERSION).exists()
    before = running(machine)
    install(machine)
    until(lambda: machine.daemons() not in ([], [before]), machine.console)
    assert running(machine) != before
    assert not machine.path(OF_AN_OLDER_VERSION).exists()
    assert machine.path("etc/posdiag/agent.toml").read_text() == CONFIG
    assert machine.run("posdiag", "config", "check")[0] == 0


def test_switched_off_it_stays_so_over_an_upgrade_and_a_start(machine: Machine) -> None:
    machine.run(*machine.kind.off)
    said = install(machine)
    assert "switched off here" in said
    assert machine.daemons() == []
    machine.cut()
    machine.boot()
    assert machine.daemons() == []


def test_removed_it_leaves_what_is_the_owner_s_and_purged_nothing(machine: Machine) -> None:
    install(machine, "remove")
    assert "installed and started" in install(machine), "after a removal it is new"
    running(machine)
    install(machine, "remove")
    until(lambda: machine.daemons() == [], machine.console)
    assert machine.path("etc/posdiag/agent.toml").read_text() == CONFIG and machine.path("var/lib/posdiag").exists()
    assert files(machine) - _before[machine.kind.tree] == set()
    install(machine, "purge")
    assert [name for name in (*OWN, "run/posdiag") if machine.path(name).exists()] == []


def test_in_what_was_removed_nothing_starts(machine: Machine) -> None:
    machine.cut()
    machine.boot()
    assert machine.daemons() == []
