"""The installed package, away from the checkout, has the files that come with it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKED = ("agent", "probes", "config", "systemd", "pyproject.toml", "README.md", "LICENSE")


def run(*argv: str, **more: str) -> str:
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "POSDIAG_CONFIG")} | more
    done = subprocess.run(argv, cwd="/", env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{argv}: {done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in PACKED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, source / name)
    options = ("--quiet", "--no-deps", "--no-index", "--no-build-isolation")
    run(sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", str(out), str(source))
    (made,) = out.glob("posdiag-*.whl")
    return made


def test_the_wheel_holds_every_data_file(wheel: Path) -> None:
    expected = {
        f"agent/_data/{path.relative_to(ROOT)}" for folder in ("config", "systemd") for path in (ROOT / folder).rglob("*") if path.is_file()
    }
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    assert any(name.startswith("agent/_data/config/catalogue/") for name in expected)
    assert {name for name in expected if not name.endswith(".keep")} <= held
    assert not [name for name in held if not name.startswith(("agent/", "probes/", "posdiag-"))]


def test_the_installed_command_finds_its_files(wheel: Path, tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", str(venv))
    python = str(venv / "bin" / "python")
    run(sys.executable, "-m", "pip", f"--python={python}", "install", "--quiet", "--no-deps", "--no-index", str(wheel))
    # the packages that posdiag needs are lent by the environment of the tests; the checkout is not
    (site,) = venv.glob("lib/python*/site-packages")
    (site / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    assert str(site) in run(python, "-c", "import agent; print(agent.__file__)")
    assert "network.dns_unreachable" in run(str(venv / "bin" / "posdiag"), "explain", "network.dns_unreachable")
    assert "operator.cable_unplugged" in run(str(venv / "bin" / "posdiag"), "explain")
