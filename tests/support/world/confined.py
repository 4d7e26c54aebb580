"""posdiag in a namespace, with less than it would have: as another user, under a filter, with mounts of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from tests.support.patience import PATIENCE_S
from tests.support.world import World
from tests.support.world.verdict import ROOT


def examined(world: World, *before: str, mounts: str = "") -> dict[str, Any]:
    """The status document of `--check --json` behind these commands, in a mount namespace of its own."""
    command = [*before, sys.executable, "-m", "agent", "--check", "--json", "--config", str(world.configure())]
    inner = ["sh", "-c", f'{mounts or ":"} && exec "$@"', "sh", *command]
    done = subprocess.run(
        ["ip", "netns", "exec", world.terminal, "unshare", "-m", "--propagation", "private", *inner],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == {"ok": 0, "degraded": 1, "outage": 2, "unknown": 3}[document["state"]]
    for check in document["checks"]:
        assert check["outcome"] not in ("skip", "unknown") or check["because"] or check["symptom"], check
    return document
