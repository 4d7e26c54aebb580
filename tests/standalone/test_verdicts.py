"""The same world, examined by the package on Debian's Python and by the archive in a root that has nothing else: the same verdict."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from tests.standalone.archive import ARCHIVE, TREES
from tests.standalone.both import examined, of_package, of_standalone
from tests.support.world import World, faults

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or not ARCHIVE.exists() or not (TREES / "python").exists(),
    reason="needs root, the archive and Debian's packages: run `make test-standalone` as root",
)


def healthy(world: World) -> None:
    del world


def gateway_stopped(world: World) -> None:
    world.servers["gateway_a"].stop()


WORLDS: tuple[Callable[[World], None], ...] = (
    healthy,
    gateway_stopped,
    faults.cable_out,
    faults.router_gone,
    faults.wan_silent,
)


def document(done: CompletedProcess[str]) -> dict[str, Any]:
    assert done.stderr == "", done.stderr
    read: dict[str, Any] = json.loads(done.stdout)
    return read


def told(document: dict[str, Any]) -> dict[str, Any]:
    """What it says, without moments and measures."""
    checks = {check["id"]: (check["outcome"], check.get("symptom"), check.get("because")) for check in document["checks"]}
    causes = [(cause["code"], cause["subject"], cause["severity"]) for cause in document["causes"]]
    return {"state": document["state"], "can_pay": document["can_pay"], "causes": causes, "checks": checks}


@pytest.mark.parametrize("fault", WORLDS, ids=lambda fault: str(fault.__name__))
def test_it_says_what_the_package_says(fault: Callable[[World], None], tmp_path: Path) -> None:
    with World() as world:
        fault(world)
        package, standalone = (document(examined(made(tmp_path), world)) for made in (of_package, of_standalone))
    assert told(standalone) == told(package)
    assert package["state"] == ("ok" if fault is healthy else "outage"), package["causes"]
