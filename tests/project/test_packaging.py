"""What the package is made of. The package itself is built and installed by `make test-system`."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from agent import lean_library
from agent.fleet.settings.load import load as load_fleet
from agent.fleet.settings.model import FleetSettings
from agent.settings.load import load
from tests.support.documented import ROOT

PAPERS = (
    "usr/share/man/man1/posdiag.1.gz",
    "usr/share/man/zh_CN/man1/posdiag.1.gz",
    "usr/share/bash-completion/completions/posdiag",
    "usr/share/zsh/vendor-completions/_posdiag",
)
UNIT = ROOT / "systemd/posdiag.service"
FLEET_UNITS = (ROOT / "systemd/posdiag-fleet.service", ROOT / "systemd/posdiag-fleet-watch.service")
SCRIPTS = (
    "packaging/debian/postinst",
    "packaging/debian/prerm",
    "packaging/debian/postrm",
    "packaging/debian-fleet/postinst",
    "packaging/debian-fleet/prerm",
    "packaging/debian-fleet/postrm",
    "packaging/runit/run",
    "packaging/runit/finish",
    "packaging/sysv/posdiag",
    "packaging/openrc/posdiag",
    "packaging/procd/posdiag",
    "packaging/services.sh",
    "packaging/standalone/anywhere",
    "packaging/standalone/try.sh",
)


def unit(path: Path) -> dict[str, list[str]]:
    """Every key with all its values."""
    found: dict[str, list[str]] = {}
    for line in path.read_text().splitlines():
        key, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(key, []).append(value)
    return found


@pytest.mark.parametrize("rated", [UNIT, *FLEET_UNITS], ids=lambda path: path.stem)
def test_the_unit_is_rated_at_most_1_5(rated: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("no systemd-analyze here")
    argv = [analyze, "security", "--offline=true", "--no-pager", "--threshold=15", str(rated)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if "unrecognized option" in done.stderr:
        pytest.skip("this systemd-analyze rates no file")
    assert re.search(rf"Overall exposure level for {rated.name}: [01]\.\d", done.stdout), done.stdout + done.stderr
    assert done.returncode == 0, done.stdout


def test_the_unit_never_gives_up_and_has_no_capability() -> None:
    keys = unit(UNIT)
    assert (keys["Type"], keys["Restart"], keys["RestartSec"], keys["StartLimitIntervalSec"]) == (["notify"], ["always"], ["60"], ["0"])
    assert keys["CapabilityBoundingSet"] == keys["AmbientCapabilities"] == [""]
    assert "RestartPreventExitStatus" not in keys and "AF_PACKET" not in " ".join(keys["RestrictAddressFamilies"])


def test_each_right_of_the_drop_in_is_explained() -> None:
    text = (ROOT / "systemd/more-rights.conf").read_text()
    granted = {name for value in unit(ROOT / "systemd/more-rights.conf")["AmbientCapabilities"] for name in value.split()}
    assert granted == {"CAP_NET_RAW", "CAP_SYS_PTRACE", "CAP_DAC_READ_SEARCH", "CAP_SYSLOG"}
    assert text.count("the process may") == 3
    assert all(name in (ROOT / "docs/service.md").read_text() for name in granted)


def test_the_first_configuration_changes_nothing_but_that_the_status_lies_in_memory(tmp_path: Path) -> None:
    (tmp_path / "empty.toml").write_text("")
    first, empty = load(str(ROOT / "packaging/agent.toml")).settings, load(str(tmp_path / "empty.toml")).settings
    assert replace(first, agent=replace(first.agent, status_dir="")) == empty


def test_the_fleet_s_first_settings_change_nothing(tmp_path: Path) -> None:
    assert load_fleet(str(ROOT / "packaging/fleet.toml")).settings == FleetSettings()


def test_every_way_to_run_it_makes_the_directory_in_memory_for_all_to_read() -> None:
    """The configuration that each of them starts with names it."""
    status_dir = load(str(ROOT / "packaging/agent.toml")).settings.agent.status_dir
    keys = unit(UNIT)
    assert status_dir == f"/run/{keys['RuntimeDirectory'][0]}"
    assert keys["RuntimeDirectoryMode"] == keys["StateDirectoryMode"] == ["0755"]
    assert f'directory("{status_dir}", uid, gid, 0o755)' in (ROOT / "packaging/posdiag-service").read_text()
    for name in ("runit/run", "sysv/posdiag", "openrc/posdiag", "procd/posdiag"):
        assert "/opt/posdiag/bin/posdiag-service" in (ROOT / "packaging" / name).read_text(), name


@pytest.mark.parametrize("name", [*SCRIPTS, "install.sh"])
def test_scripts_are_read_by_a_plain_shell(name: str) -> None:
    assert (ROOT / name).stat().st_mode & 0o111
    done = subprocess.run(["sh", "-n", str(ROOT / name)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_bytecode_of_python_is_made_again_when_python_changes_and_goes_with_the_package() -> None:
    script, made = "/opt/posdiag/share/library.py /opt/posdiag/lib ||", f"/opt/posdiag/lib/agent/{Path(lean_library.FOLDER).name}"
    postinst, prerm = ((ROOT / "packaging/debian" / name).read_text() for name in ("postinst", "prerm"))
    assert script in postinst and postinst.index(script) < postinst.index("case "), "also when it is called for a trigger"
    assert script in (ROOT / "install.sh").read_text()
    assert f"rm -rf {made}\n" in prerm and "-name __pycache__" in prerm
    assert "/opt/posdiag/share/compile.py /opt/posdiag/lib ||" in postinst and "share/compile.py" in (ROOT / "install.sh").read_text()
    assert (ROOT / "packaging/debian/triggers").read_text().split()[1::2] == [f"/usr/lib/python3.{minor}" for minor in range(11, 15)]
    assert "DEBIAN/triggers" in (ROOT / "tools/package-deb.sh").read_text()


def test_what_the_package_takes_is_there() -> None:
    text = (ROOT / "tools/package-tree.sh").read_text()
    taken = re.findall(r"(?:install -D -m \d+|for document in)((?: [\w./*-]+)+)", text)
    names = [word for words in taken for word in words.split() if "/" in word or word.endswith((".md", ".sh"))]
    assert len(names) > 10
    assert [name for name in names if not list(ROOT.glob(name))] == []


def test_the_manual_the_completion_and_every_document_are_where_they_are_looked_for(tmp_path: Path) -> None:
    subprocess.run(["bash", str(ROOT / "tools/package-tree.sh"), str(tmp_path)], check=True, env={**os.environ, "PY": sys.executable})
    documents = tmp_path / "usr/share/doc/posdiag"
    assert [paper for paper in PAPERS if not (tmp_path / paper).stat().st_size] == []
    pictures = (".png", ".sha256")  # of pages; a terminal has no use for them
    written = {each.name for each in (ROOT / "docs").iterdir() if each.is_file() and each.suffix not in pictures}
    assert written <= {each.name for each in documents.iterdir()}
    assert (documents / "docs/service.md").samefile(documents / "service.md"), "as README.md links to it"


# --- the fleet's part


def shell(script: str, *words: str) -> str:
    done = subprocess.run(["bash", "-euc", script, "test", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_terminal_gets_nothing_of_the_fleet(tmp_path: Path) -> None:
    """What the package posdiag-fleet takes of the project is everything that has its name, and the terminal's package has none of it."""
    for name in ("agent/fleet/a/b.py", "agent/_data/config/fleet/a.yaml", "agent/_data/systemd/posdiag-fleet.service", "agent/cli.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "agent/_data/systemd/sysusers.d").mkdir()
    (tmp_path / "agent/_data/systemd/sysusers.d/posdiag-fleet.conf").touch()
    shell('. tools/target.sh; fleet_parts "$1" | xargs rm -rf', str(tmp_path))
    assert [str(each.relative_to(tmp_path)) for each in tmp_path.rglob("*") if each.is_file()] == ["agent/cli.py"]
    assert 'fleet_parts "$lib" | xargs rm -rf' in (ROOT / "tools/package.sh").read_text()
    terminal, fleet = ({requirement.partition("==")[0] for requirement in lines(name)} for name in ("", "-fleet"))
    assert not terminal & {"numpy", "duckdb", "starlette", "uvicorn"} and not terminal & fleet


def lines(name: str) -> list[str]:
    return re.findall(r"^[a-z][^ ]*", (ROOT / f"requirements{name}.txt").read_text(), re.MULTILINE)


def test_the_fleet_s_packages_are_on_the_path_of_its_command_alone() -> None:
    launcher = (ROOT / "packaging/posdiag").read_text()
    assert 'if sys.argv[1:2] == ["fleet"]:\n    sys.path.append("/opt/posdiag/fleet-lib")' in launcher
    assert "lib=$tree/opt/posdiag/fleet-lib" in (ROOT / "tools/package-fleet.sh").read_text()


def test_its_units_have_a_user_of_their_own_and_no_capability() -> None:
    users = (ROOT / "systemd/sysusers.d/posdiag-fleet.conf").read_text()
    for path in FLEET_UNITS:
        keys = unit(path)
        assert keys["User"] == keys["Group"] == ["posdiag-fleet"] and "\nu posdiag-fleet " in users
        assert keys["CapabilityBoundingSet"] == keys["AmbientCapabilities"] == [""]
        assert keys["ExecStart"][0].startswith("/opt/posdiag/bin/posdiag fleet ")
        assert keys["StateDirectory"][0].split()[0] == "posdiag-fleet" and "AF_NETLINK" not in " ".join(keys["RestrictAddressFamilies"])


def test_what_is_left_out_of_other_packages_was_there() -> None:
    """And what stays is loaded without it."""
    parts = [line for line in (ROOT / "packaging/left_out.txt").read_text().splitlines() if not line.startswith("#")]
    site = Path(msgspec.__file__).parents[1]
    assert [part for part in parts if not (site / part).exists()] == []
    hidden = [part.removesuffix(".py").replace("/", ".") for part in parts]
    code = "import sys; sys.modules.update(dict.fromkeys(sys.argv[1:])); import psutil, requests, segno, serial.rfc2217, certifi"
    code += "; from apscheduler.schedulers.background import BackgroundScheduler; import serial.tools.list_ports; psutil.cpu_times()"
    subprocess.run([sys.executable, "-c", code, *hidden], check=True)


# --- the archive for terminals without Python


def test_nothing_of_python_that_is_left_out_there_is_imported() -> None:
    """What Python's library imports of itself is seen where all of the program is imported, in `make test-standalone`."""
    patterns = [line for line in (ROOT / "packaging/standalone/left_out.txt").read_text().splitlines() if not line.startswith("#")]
    left_out = {Path(pattern).stem for pattern in patterns if "/" not in pattern and "*" not in pattern}
    own = {path for part in ("agent", "probes") for path in (ROOT / part).rglob("*.py") if "fleet" not in path.parts}
    wrong = {str(path): sorted(names) for path in own if (names := imported(path) & left_out)}
    assert len(own) > 300 and wrong == {}


def imported(path: Path) -> set[str]:
    """The outermost names."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    named = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level}
    return {name.partition(".")[0] for name in plain | named}
