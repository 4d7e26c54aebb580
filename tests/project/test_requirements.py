"""Packages of others are the very files that were chosen: each is pinned with the hashes of its files, and nothing is installed without."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.documented import ROOT

FILES = (
    "requirements.txt",
    "requirements-fleet.txt",
    "requirements-dev.txt",
    "requirements-engines.txt",
    "requirements-hashes.txt",
    "requirements-builders.txt",
    "requirements-armhf.txt",
)
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
LOCAL = re.compile(r'"\$work"/own/\*\.whl|--editable \.|--wheel-dir "\$work/own" \.$')  # our own, made of this source


def requirements(name: str) -> list[str]:
    """Each on one line; comments and lines for other files are left out."""
    lines = re.sub(r"\\\n *", "", (ROOT / name).read_text()).splitlines()
    return [line for line in lines if line and not line.startswith(("#", "-r "))]


@pytest.mark.parametrize("name", FILES)
def test_every_requirement_has_its_version_and_its_hashes(name: str) -> None:
    lines = requirements(name)
    assert lines
    for line in lines:
        pinned, *hashes = line.split()
        assert re.fullmatch(r"[a-z0-9][a-z0-9._-]*==[0-9][\w.]*", pinned), line
        assert hashes and len(set(hashes)) == len(hashes) and all(map(HASH.fullmatch, hashes)), pinned


@pytest.mark.parametrize("name", FILES)
def test_no_requirement_says_where_it_is_to_be_had(name: str) -> None:
    assert not re.search(r"://|--(?:index-url|extra-index-url|find-links|trusted-host)", (ROOT / name).read_text())


def test_what_the_project_declares_is_pinned() -> None:
    declared = re.findall(r'^    "([a-z0-9-]+)(?:[>=].*)?",$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    builder = re.findall(r'requires = \["(hatchling==[\w.]+)"\]', (ROOT / "pyproject.toml").read_text())
    pinned = [line.split()[0] for name in FILES[:3] for line in requirements(name)]
    assert len(declared) > 10 and set(declared) <= {each.partition("==")[0] for each in pinned}
    assert builder and set(builder) <= set(pinned)


def test_what_is_built_for_armhf_is_of_the_pinned_versions() -> None:
    pinned = {line.split()[0] for line in requirements("requirements.txt")}
    assert {line.split()[0] for line in requirements("requirements-armhf.txt")} < pinned


def test_nothing_is_fetched_or_installed_without_a_hash() -> None:
    asked = []
    for path in (*(ROOT / "tools").glob("*.sh"), ROOT / "Makefile"):
        text = path.read_text().replace("\\\n", " ")
        asked += [line.strip() for line in text.splitlines() if re.search(r"-m pip (install|download|wheel)\b", line)]
    assert len(asked) >= 5
    assert [line for line in asked if "--require-hashes" not in line and not LOCAL.search(line)] == []


# --- the build, with a package of a test's own


def wheel(folder: Path, content: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "posdiag_sample-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("posdiag_sample.py", content)
        info = "posdiag_sample-1.0.dist-info"
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: posdiag-sample\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


def fetched(folder: Path, source: Path, requirement: str) -> tuple[int, str]:
    (folder / "asked.txt").write_text(f"# a comment\n{requirement}\n")
    environment = {
        "PATH": os.environ["PATH"],
        "PY": sys.executable,
        "REQUIREMENTS": str(folder / "asked.txt"),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(source),
    }
    argv = ["bash", str(ROOT / "tools/wheels.sh"), str(folder / "wheels")]
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def test_a_wheel_is_taken_with_its_hash_alone(tmp_path: Path) -> None:
    good = hashlib.sha256(wheel(tmp_path / "source").read_bytes()).hexdigest()
    other = "0" * 64
    status, said = fetched(tmp_path, tmp_path / "source", "posdiag-sample==1.0")
    assert status == 1 and "hash" in said.lower()
    status, said = fetched(tmp_path, tmp_path / "source", f"posdiag-sample==1.0 --hash=sha256:{other}")
    assert status == 1 and "DO NOT MATCH THE HASHES" in said and said.rstrip().endswith("posdiag-sample==1.0")
    assert not list((tmp_path / "wheels").glob("*.whl"))
    lines = f"posdiag-sample==1.0 \\\n    --hash=sha256:{other} \\\n    --hash=sha256:{good}"
    assert fetched(tmp_path, tmp_path / "source", lines) == (0, "")
    assert [path.name for path in (tmp_path / "wheels").iterdir()] == ["posdiag_sample-1.0-py3-none-any.whl"]


def test_a_wheel_that_was_changed_where_it_is_kept_is_not_taken(tmp_path: Path) -> None:
    good = hashlib.sha256(wheel(tmp_path / "source").read_bytes()).hexdigest()
    kept = wheel(tmp_path / "wheels", "import os\n")
    status, said = fetched(tmp_path, tmp_path / "source", f"posdiag-sample==1.0 --hash=sha256:{good}")
    assert status == 0 and "laid aside" in said
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == good and (tmp_path / "wheels/refused" / kept.name).exists()


def test_hashes_are_renewed_in_their_place(tmp_path: Path) -> None:
    one, two, old = (f"--hash=sha256:{digit * 64}" for digit in "123")
    (tmp_path / "pinned.txt").write_text(f"a==1.0 \\\n    {two} \\\n    {one}\nb-c==2 \\\n    {one}\n")
    argv = [sys.executable, str(ROOT / "tools/hashes.py"), str(tmp_path / "pinned.txt")]

    def renewed(text: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(argv, input=text, capture_output=True, text=True, check=False)

    text = f"# first\nb-c==2 \\\n    {old}\n\n-r other.txt\na==1.0\n"
    wanted = f"# first\nb-c==2 \\\n    {one}\n\n-r other.txt\na==1.0 \\\n    {one} \\\n    {two}\n"
    assert renewed(text).stdout == wanted == renewed(wanted).stdout
    done = renewed("a==1.1\n")
    assert done.returncode == 1 and "no hash is known of a==1.1" in done.stderr
