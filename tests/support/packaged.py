"""posdiag as the package has it: its launcher, nothing but what it needs beside it, and the bytecode that the package carries."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

from tests.support.world.verdict import ROOT

_LIB = "/opt/posdiag/lib"


def install(folder: Path) -> Path:
    """The launcher. Its interpreter is the one that runs this, without its virtual environment."""
    lib = folder / "lib"
    for name in re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements.txt").read_text(), re.MULTILINE):
        _copy(metadata.distribution(name), lib)
    for package in ("agent", "probes"):
        shutil.copytree(ROOT / package, lib / package, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    built = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    for source, place in built["force-include"].items():
        shutil.copytree(ROOT / source, lib / place, dirs_exist_ok=True)
    python = str(Path(sys.executable).resolve())
    subprocess.run([python, "-X", "no_debug_ranges", str(ROOT / "packaging/compile.py"), str(lib)], check=True)
    subprocess.run([python, "-ISB", "-X", "no_debug_ranges", str(ROOT / "packaging/library.py"), str(lib)], check=True)
    launcher = folder / "posdiag"
    shebang, rest = (ROOT / "packaging/posdiag").read_text().split("\n", 1)
    launcher.write_text(f"#!{python} {shebang.split(' ', 1)[1]}\n{rest.replace(_LIB, str(lib))}")
    launcher.chmod(0o755)
    return launcher


def _copy(distribution: metadata.Distribution, lib: Path) -> None:
    for file in distribution.files or ():
        if ".." not in file.parts and file.suffix != ".pyc":
            target = lib / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(str(file.locate()), target)
