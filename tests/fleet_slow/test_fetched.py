"""Status files that are fetched as docs/fleet.md has it, with the real programs: rsync and Ansible, over ssh."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.contract.encode import encode
from tests.support.command_line import POSDIAG, configured, current, environment
from tests.support.recipes import RECIPES, launcher, needs, run
from tests.support.ssh_server import SshServer, ssh_server

pytestmark = pytest.mark.root


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SshServer]:
    (tmp_path / "ssh").mkdir()
    with ssh_server(tmp_path / "ssh") as made:
        yield made


def terminals(folder: Path, *names: str) -> dict[str, Path]:
    """The status file of each, as a terminal keeps it: in memory, with a link to it in the state directory."""
    found = {}
    for name in names:
        memory, state = folder / name / "run", folder / name / "state"
        memory.mkdir(parents=True)
        state.mkdir()
        written(memory / "status.json", name)
        (state / "status.json").symlink_to(memory / "status.json")
        found[name] = state / "status.json"
    return found


def written(path: Path, name: str, **more: object) -> None:
    document = json.loads(encode(current(**more)))
    document["terminal"]["id"] = name
    path.write_text(json.dumps(document))


def scanned(folder: Path) -> dict[str, int]:
    done = subprocess.run([*POSDIAG, "fleet", "scan", str(folder), "--json"], capture_output=True, env=environment(), check=False)
    assert done.returncode in (0, 1, 2), done.stderr
    totals: dict[str, int] = json.loads(done.stdout)["totals"]
    return totals


@needs("sshd")
@needs("rsync")
def test_rsync_over_ssh(server: SshServer, tmp_path: Path) -> None:
    files = terminals(tmp_path / "shops", "T-1", "T-2", "T-3")
    hosts, into = tmp_path / "hosts", tmp_path / "collected"
    lines = ["# shops", "", *(f"{name} root@127.0.0.1 {server.port} {path}" for name, path in files.items()), "T-9 root@127.0.0.1 1"]
    hosts.write_text("\n".join([*lines, "../T-8 root@127.0.0.1", ""]))

    def collect() -> str:
        return run("sh", str(RECIPES / "collect-rsync.sh"), str(hosts), str(into), IDENTITY=_identity(server))

    said = collect()
    assert sorted(said.splitlines()) == ["not a name for a directory: ../T-8", "not fetched: T-9"]
    assert scanned(into)["terminals"] == 3
    aged = time.time() - 7200
    for name in files:
        os.utime(into / name / "status.json", (aged, aged))
    written(files["T-2"], "T-2")
    collect()
    ages = {name: time.time() - (into / name / "status.json").stat().st_mtime for name in files}
    assert ages["T-2"] < 3600 < min(ages["T-1"], ages["T-3"]), "heard of when its file changed, by this machine's clock"
    assert scanned(into) | {"terminals": 3, "silent": 2} == scanned(into)
    assert not [each for each in into.rglob("*") if each.is_symlink() or each.name.startswith(".status")]


@needs("sshd")
@needs("rsync")
def test_rsync_with_a_key_that_reads_one_directory_alone(server: SshServer, tmp_path: Path) -> None:
    files = terminals(tmp_path / "shops", "T-1")
    memory = files["T-1"].resolve().parent
    server.restrict(f'restrict,command="/usr/bin/rrsync -ro {memory}"')
    hosts, into = tmp_path / "hosts", tmp_path / "collected"
    hosts.write_text(f"T-1 root@127.0.0.1 {server.port} status.json\n")
    said = run("sh", str(RECIPES / "collect-rsync.sh"), str(hosts), str(into), IDENTITY=_identity(server), LINKS="")
    assert said == "" and scanned(into)["terminals"] == 1
    refused = subprocess.run(["ssh", *server.options, "-p", str(server.port), "root@127.0.0.1", "id"], capture_output=True, check=False)
    assert refused.returncode and b"uid=" not in refused.stdout


def _identity(server: SshServer) -> str:
    return f"{server.identity} -o UserKnownHostsFile={server.identity.parent / 'known_hosts'}"


@needs("sshd")
@needs("ansible-playbook")
def test_ansible(server: SshServer, tmp_path: Path) -> None:
    files = terminals(tmp_path / "shops", "T-1", "T-2")
    config = tmp_path / "agent"
    config.mkdir()
    inventory, into = tmp_path / "inventory.ini", tmp_path / "collected"
    common = "ansible_host=127.0.0.1 ansible_user=root ansible_python_interpreter=/usr/bin/python3"
    lines = [f"{name} {common} ansible_port={server.port} status_file={path}" for name, path in files.items()]
    lines += [f"T-9 {common} ansible_port=1", f"T-8 {common} ansible_port={server.port} status_file={tmp_path / 'none'}"]
    inventory.write_text("\n".join(["[terminals]", *lines, ""]))
    more = ["-e", f"into={into}", "-e", f"posdiag={launcher(tmp_path, configured(config))}", "--forks", "10"]
    own = {
        "ANSIBLE_SSH_ARGS": " ".join(server.options),
        "ANSIBLE_PRIVATE_KEY_FILE": str(server.identity),
        "ANSIBLE_LOCAL_TEMP": str(tmp_path / "ansible"),
        "ANSIBLE_NOCOLOR": "1",
    }
    playbook = ["ansible-playbook", "-i", str(inventory), str(RECIPES / "ansible-collect.yml"), *more]
    run(*playbook, "--syntax-check", **own)
    shown = run(*playbook, **own)  # nobody who is not reached, or has no file, stops it
    assert re.search(r"T-1 .*ok=1 +changed=1", shown) and "scanned.stdout_lines" in shown, shown
    assert scanned(into)["terminals"] == 2
    again = run(*playbook, **own)
    assert re.search(r"T-1 .*ok=1 +changed=0", again), again
