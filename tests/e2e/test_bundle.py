"""A technician makes a bundle where an account was stopped: `posdiag`, unmodified, in a world whose acquirer says 03."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.support.planted import contents, seen_in
from tests.support.servers.acquirer import Acquirer
from tests.support.servers.iso.answers import replies
from tests.support.world import World
from tests.support.world.acquirers import MERCHANT, TERMINAL, speaks

pytestmark = pytest.mark.root
CARD = "4929123456789015"


def posdiag(w: World, *words: str, **how: object) -> subprocess.CompletedProcess[bytes]:
    command, environment = w.seat().command(*words, "--config", str(w.configure()))
    done: subprocess.CompletedProcess[bytes] = subprocess.run(command, env=environment, capture_output=True, check=False, **how)  # type: ignore[call-overload]
    assert b"Traceback" not in done.stderr, done.stderr
    return done


def test_an_account_that_was_stopped(tmp_path: Path) -> None:
    acquirer = Acquirer(answer=replies("03"))
    with World() as world:
        speaks(world, acquirer)
        world.config["terminal"] = {"id": "T-1001", "store": "南门店", "language": "en", "merchant_id": MERCHANT}
        assert posdiag(world, "run", "--once").returncode == 2
        assert posdiag(world, "told", "--lang", "en", f"merchant {MERCHANT}, card {CARD[:4]} {CARD[4:]}").returncode == 0
        messages = acquirer.messages
        done = posdiag(world, "bundle", "--lang", "both", cwd=tmp_path)
        assert done.returncode == 0 and acquirer.messages == messages
        piped = posdiag(world, "bundle", "-o", "-")
        refused = posdiag(world, "bundle", "-o", "/dev/full", "--lang", "en")
        letter = posdiag(world, "letter", "-o", "-", "--lang", "en")
    [made] = tmp_path.iterdir()
    assert made.name.startswith("posdiag-T-1001-") and made.stat().st_mode & 0o777 == 0o600
    packed = made.read_bytes()
    files = contents(packed)
    assert sorted(files) == [
        "MANIFEST",
        "config.txt",
        "history.ndjson",
        "incidents.json",
        "index.html",
        "machine.json",
        "posdiag.log",
        "status.json",
        "versions.json",
    ]
    for secret in (MERCHANT, TERMINAL, CARD):
        assert seen_in(packed, secret) == []
    assert json.loads(files["status.json"])["cause"] == "operator.account_suspended"
    assert json.loads(files["incidents.json"])["incidents"][0]["cause"] == "operator.account_suspended"
    assert sorted(contents(piped.stdout)) == sorted(files)
    assert letter.returncode == 0 and b"03: " in letter.stdout and MERCHANT.encode() not in letter.stdout
    assert refused.returncode == 3 and b"-o -" in refused.stderr
    if folder := os.environ.get("KEEP_BUNDLE"):
        (Path(folder) / made.name).write_bytes(packed)
