"""The recipes of docs/fleet.md, tried: what their tests share."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import ROOT
from tests.support.patience import PATIENCE_S

RECIPES = ROOT / "config/fleet"
PATH = f"{os.environ['PATH']}:/usr/sbin"


def needs(name: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(name, path=PATH) is None, reason=f"no {name} here: as root, make test-fleet installs it")


def run(*argv: str, **more: str) -> str:
    done = subprocess.run(argv, capture_output=True, text=True, env=os.environ | {"PATH": PATH} | more, timeout=PATIENCE_S, check=False)
    assert done.returncode == 0, f"{argv} ended with {done.returncode}: {done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def launcher(folder: Path, config: Path) -> Path:
    """`posdiag` as the recipes call it, of the configuration of this test."""
    path = folder / "posdiag"
    path.write_text(f'#!/bin/sh\ncd {ROOT} && POSDIAG_CONFIG={config} exec {sys.executable} -m agent "$@"\n')
    path.chmod(0o755)
    return path


def parsed(path: Path) -> Any:  # by Debian's python3-yaml, which Ansible brings along
    argv = ["/usr/bin/python3", "-c", "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))", str(path)]
    return json.loads(run(*argv))
