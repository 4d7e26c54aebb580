"""The example of `tests/plugin_example`, or another package, built and installed by pip into a directory of its own, offline."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).parents[1] / "plugin_example"


def install(folder: Path, package: Path = EXAMPLE) -> Path:
    """Where it is installed, with the description of its entry points: for PYTHONPATH."""
    shutil.copytree(package, folder / "source", ignore=shutil.ignore_patterns("__pycache__"))
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--root-user-action=ignore")
    offline = ("--no-index", "--no-deps", "--no-build-isolation")
    subprocess.run([*pip, *offline, "--target", str(folder / "site"), str(folder / "source")], check=True)
    return folder / "site"
