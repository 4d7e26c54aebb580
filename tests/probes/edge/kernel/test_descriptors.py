"""How many descriptors a process has, and may have."""

from __future__ import annotations

import os
import resource
from pathlib import Path

import pytest

from probes.edge.kernel.descriptors import Descriptors, descriptors_of

LIMITS = "Limit                     Soft Limit           Hard Limit           Units\n"
LIMITS += "Max open files            {}               1048576              files\n"


def process(proc: Path, soft: str, used: int) -> int:
    (proc / "7/fd").mkdir(parents=True)
    (proc / "7/limits").write_text(LIMITS.format(soft))
    for number in range(used):
        (proc / "7/fd" / str(number)).touch()
    return 7


def test_of_this_very_process() -> None:
    seen = descriptors_of(os.getpid())
    assert seen is not None and seen.most == resource.getrlimit(resource.RLIMIT_NOFILE)[0] and 2 < seen.used < seen.most


@pytest.mark.parametrize(("used", "most", "full"), [(1024, 1024, True), (1023, 1024, False), (5, 0, False)])
def test_all_used(used: int, most: int, full: bool) -> None:
    assert Descriptors(used, most).all_used is full


@pytest.mark.parametrize("soft", ["unlimited", "x"])
def test_one_without_a_limit_has_never_all(tmp_path: Path, soft: str) -> None:
    assert descriptors_of(process(tmp_path, soft, 3), tmp_path) is None


def test_one_that_has_ended(tmp_path: Path) -> None:
    assert descriptors_of(8, tmp_path) is None
