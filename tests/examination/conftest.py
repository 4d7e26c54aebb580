"""What several tests of examinations are given."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.plugin_site import install


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the example of a plug-in is installed."""
    return install(tmp_path_factory.mktemp("plugin"))
