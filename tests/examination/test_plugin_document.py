"""The example of `docs/plugins.md` does what stands there: its package is built and installed, and what is seen is what is promised."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.support.command_line import ROOT, configured, posdiag
from tests.support.documented import text
from tests.support.plugin_site import install

pytestmark = pytest.mark.root

BLOCKS: list[tuple[str, str]] = re.findall(r"^```(\w*)\n(.*?)^```$", text("docs/plugins.md"), re.MULTILINE | re.DOTALL)


def block(kind: str, beginning: str) -> str:
    return next(content for language, content in BLOCKS if language == kind and content.startswith(beginning))


@pytest.fixture(scope="module")
def ups(tmp_path_factory: pytest.TempPathFactory) -> Path:
    package = tmp_path_factory.mktemp("package")
    (package / "pyproject.toml").write_text(block("toml", "# pyproject.toml"), encoding="utf-8")
    (package / "posdiag_ups.py").write_text(block("python", "# posdiag_ups.py"), encoding="utf-8")
    return install(tmp_path_factory.mktemp("ups"), package)


def configuration(folder: Path) -> Path:
    config = configured(folder)
    wanted = block("toml", "[[plugin]]").replace("/sys/class/power_supply/ups0", str(folder / "ups0"))
    config.write_text(config.read_text() + "\n" + wanted)
    return config


def powered(folder: Path, percent: int, status: str) -> None:
    (folder / "ups0").mkdir(exist_ok=True)
    (folder / "ups0" / "capacity").write_text(f"{percent}\n")
    (folder / "ups0" / "status").write_text(f"{status}\n")


def test_the_report_reads_as_it_says(tmp_path: Path, ups: Path) -> None:
    powered(tmp_path, 42, "Discharging")
    done = posdiag(
        "--check", "--details", "--lang", "en", "--config", str(configuration(tmp_path)), PYTHONPATH=f"{ROOT}:{ups}", LC_ALL="C.UTF-8"
    )
    said = re.sub(r"took [\d.,]+ m?s", "took 1 ms", done.stdout.decode())
    heading, _, told = block("", "Other checks").partition("\n")
    assert heading in said and told in said.partition(heading)[2]  # a busy machine has a line of its own between them


@pytest.mark.parametrize(
    ("percent", "status", "outcome"),
    [(90, "Charging", "pass"), (42, "Charging", "warn"), (42, "Discharging", "warn"), (19, "Charging", "fail")],
)
def test_its_limits_judge(tmp_path: Path, ups: Path, percent: int, status: str, outcome: str) -> None:
    powered(tmp_path, percent, status)
    done = posdiag("--check", "--json", "--config", str(configuration(tmp_path)), PYTHONPATH=f"{ROOT}:{ups}")
    assert {check["id"]: check["outcome"] for check in json.loads(done.stdout)["checks"]}["plugin:ups"] == outcome


def test_without_the_device_it_could_not_be_told(tmp_path: Path, ups: Path) -> None:
    done = posdiag("--check", "--json", "--config", str(configuration(tmp_path)), PYTHONPATH=f"{ROOT}:{ups}")
    check = next(check for check in json.loads(done.stdout)["checks"] if check["id"] == "plugin:ups")
    assert (check["outcome"], check["because"]) == ("unknown", f"there is no UPS at {tmp_path / 'ups0'}")
