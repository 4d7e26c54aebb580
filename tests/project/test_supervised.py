"""What service managers other than systemd start (`packaging/posdiag-service`): as root, and then no longer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.documented import ROOT
from tests.support.own_root import OwnRoot, own_root

pytestmark = pytest.mark.root
DAEMON = """#!/bin/sh
id -u; id -g; id -G; umask; nice; cat /proc/self/oom_score_adj
env | cut -d = -f 1 | grep -v -e PWD -e _ | sort | tr '\\n' ' '
"""


@pytest.fixture
def root(tmp_path: Path) -> Iterator[OwnRoot]:
    (tmp_path / "own").mkdir()
    with own_root(tmp_path / "own") as made:
        made.run("rm", "-rf", "/opt/posdiag", "/var/lib/posdiag", "/var/log/posdiag", "/etc/TZ")
        made.run("mkdir", "-p", "/opt/posdiag/bin")
        (tmp_path / "posdiag").write_text(DAEMON)
        for source in (tmp_path / "posdiag", ROOT / "packaging/posdiag-service"):
            made.run("install", "-m", "755", made.put(source), f"/opt/posdiag/bin/{source.name}")
        for name in ("passwd", "group"):
            made.run("sed", "-i", "/^posdiag/d; s/,posdiag//; s/:posdiag$/:/", f"/etc/{name}")
        yield made


def user(root: OwnRoot) -> None:
    root.run("sh", "-c", "echo posdiag:x:871:872::/:/bin/false >>/etc/passwd")
    root.run("sh", "-c", "printf 'posdiag:x:872:\\nposdiag-told:x:873:someone,posdiag\\nserial:x:874:posdiag\\n' >>/etc/group")


def test_it_becomes_the_service_s_user_with_its_directories(root: OwnRoot) -> None:
    user(root)
    said = root.run("env", "LD_PRELOAD_OF_SOMEBODY=1", "SECRET=1", "/opt/posdiag/bin/posdiag-service", umask=0o077).splitlines()
    assert said[:2] == ["871", "872"] and set(said[2].split()) == {"872", "873", "874"}
    assert said[3:6] == ["0077", "10", "500"]
    assert "SECRET" not in said[6] and "LD_PRELOAD_OF_SOMEBODY" not in said[6] and "PATH" in said[6]
    places = ("/run/posdiag", "/var/log/posdiag", "/var/lib/posdiag", "/var/lib/posdiag/told")
    assert root.modes(*places) == ["posdiag:posdiag 755"] * 3 + ["posdiag:posdiag-told 3770"]


def test_a_link_in_a_directory_of_the_user_s_leads_root_nowhere(root: OwnRoot) -> None:
    user(root)
    root.run("mkdir", "-p", "/var/lib/posdiag", "/root/closed")
    root.run("ln", "-s", "/root/closed", "/var/lib/posdiag/told")
    said = root.run("/opt/posdiag/bin/posdiag-service")
    assert said.endswith("posdiag: Not a directory: /var/lib/posdiag/told") and said.startswith("871\n"), said
    assert root.modes("/root/closed")[0].startswith("root:root ")


def test_without_its_user_it_says_what_to_do(root: OwnRoot) -> None:
    said = root.run("/opt/posdiag/bin/posdiag-service", check=False)
    assert said == "posdiag: there is no user posdiag in /etc/passwd, whom the service runs as; sh install.sh makes one"


def test_where_there_is_no_program_it_says_so_without_a_traceback(root: OwnRoot) -> None:
    user(root)
    root.run("rm", "/opt/posdiag/bin/posdiag")
    said = root.run("/opt/posdiag/bin/posdiag-service", check=False)
    assert said == "posdiag: the service cannot be started: No such file or directory: /opt/posdiag/bin/posdiag"
