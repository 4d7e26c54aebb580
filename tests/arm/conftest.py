from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.support.emulated import ROOT, TREES, Emulated, package

NAMES = os.environ.get("TREES", "amd64-bookworm arm64-bookworm armhf-bookworm").split()


@pytest.fixture(scope="session", params=NAMES)
def terminal(request: pytest.FixtureRequest) -> Iterator[Emulated]:
    """With the package installed, once for every test; the last one removes it."""
    name = request.param
    if os.geteuid() != 0 or not package(name).exists() or not (TREES / name).exists():
        pytest.skip("needs root, the package and a Debian of that architecture: run `make test-arm` as root")
    with Emulated(name, ROOT / "build/arm" / f"{name}.used") as made:
        made.install()
        yield made
