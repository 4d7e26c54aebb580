"""An ordinary user of the installed package: what he may not read is not called wrong, and what the service saw last is shown meanwhile."""

from __future__ import annotations

import grp
import subprocess
import sys
from pathlib import Path

import pytest

from agent.contract.encode import encode
from tests.support.command_line import ROOT, current, environment
from tests.support.patience import PATIENCE_S

pytestmark = pytest.mark.root
NOBODY = 65534
GROUP = grp.getgrnam("dialout").gr_name
# the places of the packaged service, in memory of this process's own
SETUP = """
mount -t tmpfs none /var/lib
install -d -m 755 /var/lib/posdiag
install -m 644 "$1" /var/lib/posdiag/status.json
cd /var/lib/posdiag
echo '[terminal]' >agent.toml
chmod 640 agent.toml
eval "$2"
shift 2
exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
"""


def by_nobody(folder: Path, prepare: str, *words: str, status: bool = True) -> subprocess.CompletedProcess[str]:
    (folder / "status.json").write_bytes(encode(current()))
    more = prepare if status else f"{prepare}; rm status.json"
    program = [sys.executable, "-m", "agent", "--config", "/var/lib/posdiag/agent.toml", *words]
    argv = ["unshare", "-nm", "sh", "-ec", SETUP, "sh", str(folder / "status.json"), more, *program]
    variables = environment(LANG="en_US.UTF-8", PYTHONPATH=str(ROOT))
    return subprocess.run(argv, capture_output=True, text=True, env=variables, timeout=PATIENCE_S, check=False)


OF_GROUP = f"chgrp {GROUP} agent.toml"
OF_GROUP_CURE = f"put sudo before the command, or join the group {GROUP} (sudo usermod -aG {GROUP} nobody) and log in again"
GATEWAY = r'[[gateway]]\nname = "a"\nhost = "h"\nport = 1\nprotocol = "tls"\nca_file = "/var/lib/posdiag/key"\n'
SUDO = "put sudo before the command"


@pytest.mark.parametrize(
    ("prepare", "cure"),
    [
        (OF_GROUP, OF_GROUP_CURE),
        ("true", SUDO),  # root's group would grant far more
        (f"chgrp {GROUP} agent.toml; chmod 600 agent.toml", SUDO),
        (f"mkdir agent.d; chgrp {GROUP} agent.d; chmod 750 agent.d; chmod 644 agent.toml", OF_GROUP_CURE),
        (
            f"chmod 644 agent.toml; mkdir agent.d; echo >agent.d/a.toml; chmod 640 agent.d/a.toml; chgrp {GROUP} agent.d/a.toml",
            OF_GROUP_CURE,
        ),
        (f"chmod 644 agent.toml; echo >key; chmod 640 key; chgrp {GROUP} key; printf '{GATEWAY}' >agent.toml", OF_GROUP_CURE),
    ],
    ids=["its group", "root alone", "its group may not", "closed drop-ins", "a closed drop-in", "a closed certificate"],
)
def test_check_says_which_right_is_missing_and_shows_what_was_seen_last(tmp_path: Path, prepare: str, cure: str) -> None:
    done = by_nobody(tmp_path, prepare, "--check")
    said = " ".join(done.stderr.split())
    assert done.returncode == 3
    assert f"cure: {cure}" in said and (cure != SUDO or "join" not in said)
    assert "nothing is wrong with the configuration" in said and "error" not in said
    assert done.stdout.startswith("Nothing was examined now")
    assert "Can this terminal take payments? NO" in done.stdout and "The answer then" not in done.stdout


def test_a_program_gets_no_old_result_for_a_new_one(tmp_path: Path) -> None:
    for words in (["--check", "--json"], ["check", "--format", "nagios"], ["check", "--quiet"], ["check", "--only", "dns"]):
        done = by_nobody(tmp_path, OF_GROUP, *words)
        assert (done.returncode, done.stdout) == (3, "") and GROUP in done.stderr


def test_status_shows_it_as_it_is_and_exits_as_ever(tmp_path: Path) -> None:
    done = by_nobody(tmp_path, OF_GROUP, "status")
    assert (done.returncode, done.stderr) == (2, "")
    assert "Can this terminal take payments? NO" in done.stdout and "The answer then" not in done.stdout
    assert by_nobody(tmp_path, "echo x >agent.toml; chmod 644 agent.toml", "status").returncode == 3, "a wrong one is an error as ever"


def test_without_a_result_status_says_which_right_is_missing(tmp_path: Path) -> None:
    done = by_nobody(tmp_path, OF_GROUP, "status", status=False)
    assert done.returncode == 3 and GROUP in done.stderr and done.stdout == ""
    done = by_nobody(tmp_path, OF_GROUP, "check", status=False)
    assert done.returncode == 3 and GROUP in done.stderr and "There is none" in done.stdout


RECORD = "chmod 644 agent.toml; printf '[terminal]\\n[agent]\\nstate_dir = \"/var/lib/posdiag\"\\n' >agent.toml; touch history.ndjson; "


@pytest.mark.parametrize(
    ("prepare", "cure"),
    [
        (f"{RECORD} chmod 640 history.ndjson; chgrp {GROUP} history.ndjson", OF_GROUP_CURE),
        (f"{RECORD} chmod 600 history.ndjson", SUDO),
        (f"{RECORD} mkdir closed; touch closed/history.ndjson; sed -i 's,lib/posdiag,&/closed,' agent.toml; chmod 700 closed", SUDO),
    ],
    ids=["its group", "root alone", "a closed directory"],
)
def test_history_says_which_right_is_missing(tmp_path: Path, prepare: str, cure: str) -> None:
    for words in (["history"], ["history", "--json"], ["history", "--csv"], ["history", "I-1"]):
        done = by_nobody(tmp_path, prepare, *words, "--lang", "en")
        said = " ".join(done.stderr.split())
        assert (done.returncode, done.stdout) == (3, "")
        assert f"The cure: {cure}." in said and (cure != SUDO or "join" not in said)
