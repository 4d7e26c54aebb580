"""Whether a process is held by its control group, as both versions of them tell it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from probes.edge.kernel.freezer import is_frozen


def laid_out(root: Path, groups: str, files: dict[str, str]) -> bool:
    (root / "proc/7").mkdir(parents=True)
    (root / "proc/7/cgroup").write_text(groups)
    for name, text in files.items():
        (root / "sys" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "sys" / name).write_text(text)
    return is_frozen(7, root / "proc", root / "sys")


@pytest.mark.parametrize(
    ("groups", "files", "frozen"),
    [
        ("0::/docker/a\n", {"cgroup.controllers": "", "docker/a/cgroup.events": "populated 1\nfrozen 1\n"}, True),
        ("0::/docker/a\n", {"cgroup.controllers": "", "docker/a/cgroup.events": "populated 1\nfrozen 0\n"}, False),
        ("0::/docker/a\n", {"unified/docker/a/cgroup.events": "populated 1\nfrozen 1\n"}, True),
        ("6:freezer:/a\n0::/\n", {"freezer/a/freezer.state": "FROZEN\n"}, True),
        ("6:cpu,freezer:/a\n", {"freezer/a/freezer.state": "FREEZING\n"}, False),
        ("6:freezer:/a\n5:cpu:/b\n", {"freezer/b/freezer.state": "FROZEN\n"}, False),
        ("0::/docker/a\n", {}, False),
        ("", {}, False),
    ],
)
def test_of_either_version(tmp_path: Path, groups: str, files: dict[str, str], frozen: bool) -> None:
    assert laid_out(tmp_path, groups, files) is frozen


def test_this_very_process_runs() -> None:
    assert not is_frozen(os.getpid())
