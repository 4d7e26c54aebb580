"""Plug-ins, installed for real by pip and found by their entry points: shown, judged, evidence, and nobody's trouble when they go wrong."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from agent.diagnosis.diagnose import diagnose
from agent.diagnosis.model import CanPay, State
from agent.examination.judge import judge
from agent.settings.model import Settings
from probes.ground.text import is_safe
from probes.model import Check, Facts, Outcome, Symptom, check_of
from probes.model.facts import BatteryFacts, PluginFacts
from probes.settings import Plugin
from tests.support.command_line import ROOT, configured, posdiag

EXAMPLE = ROOT / "tests" / "plugin_example"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the example package is installed, with its entry points."""
    folder = tmp_path_factory.mktemp("plugin")
    source = folder / "source"
    shutil.copytree(EXAMPLE, source, ignore=shutil.ignore_patterns("__pycache__"))
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-index",
        "--no-deps",
        "--no-build-isolation",
    ]
    subprocess.run([*pip, "--target", str(folder / "site"), str(source)], check=True)
    return folder / "site"


def examined(folder: Path, site: Path, tables: str, *options: str) -> dict[str, Any]:
    config = configured(folder)
    config.write_text(config.read_text("utf-8") + tables, encoding="utf-8")
    done = posdiag("--check", "--json", "--config", str(config), *options, PYTHONPATH=f"{ROOT}:{site}")
    assert done.stderr == b""
    document = json.loads(done.stdout)
    return {check["id"]: check for check in document["checks"]} | {"document": document}


def table(name: str, more: str = "") -> str:
    return f'\n[[plugin]]\nname = "{name}"\ntimeout_s = 1\n{more}\n'


@pytest.mark.parametrize(
    ("limits", "outcome", "symptom"),
    [
        ("", "pass", None),
        ("[plugin.warn_above]\ninside_c = 40", "warn", "plugin_limit"),
        ("[plugin.warn_above]\ninside_c = 40\n[plugin.fail_above]\ninside_c = 50", "fail", "plugin_limit"),
        ("[plugin.fail_below]\ninside_c = 60", "fail", "plugin_limit"),
        ("[plugin.fail_below]\nno_such_value = 60", "pass", None),
    ],
)
def test_its_values_are_shown_and_judged_by_the_configured_limits(
    tmp_path: Path, site: Path, limits: str, outcome: str, symptom: str | None
) -> None:
    seen = examined(tmp_path, site, table("cabinet", f'[plugin.settings]\ninside_c = "55.5"\n{limits}'))
    check = seen["plugin:cabinet"]
    assert (check["outcome"], check["symptom"], check["target"]) == (outcome, symptom, "cabinet-1")
    assert check["facts"]["values"] == {"inside_c": 55.5, "door_open": False, "note": "fan on"}
    assert seen["document"]["can_pay"] == "unknown", "no gateway is configured, and a plug-in changes nothing of that"


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh", "机柜 cabinet-1：超出设定的界限"), ("en", "cabinet cabinet-1: beyond a configured limit")],
)
def test_people_see_its_own_name_and_its_values(tmp_path: Path, site: Path, language: str, words: str) -> None:
    config = configured(tmp_path)
    limit = '[plugin.settings]\ninside_c = "55.5"\n[plugin.warn_above]\ninside_c = 40'
    config.write_text(config.read_text("utf-8") + table("cabinet", limit), encoding="utf-8")
    done = posdiag("--check", "--config", str(config), "--lang", language, PYTHONPATH=f"{ROOT}:{site}", LC_ALL="C.UTF-8")
    assert words in done.stdout.decode() and "inside_c 55.5" in done.stdout.decode()


@pytest.mark.parametrize(
    ("name", "symptom", "because"),
    [
        ("hangs", "hung", "no result before its deadline"),
        ("raises", "crashed", "ValueError: no \\x1b[2J sensor"),
        ("leaves", "crashed", "SystemExit: 7"),
        ("other", "crashed", "the plug-in other gave a dict where a PluginResult belongs"),
        ("newer", "unsupported", "the plug-in newer is made for version 2 of the interface, this is 1: update it"),
        ("absent", "unsupported", "the plug-in absent is not installed: install its package into the Python that runs posdiag"),
    ],
)
def test_one_that_goes_wrong_is_unknown_and_the_others_go_on(tmp_path: Path, site: Path, name: str, symptom: str, because: str) -> None:
    works = table("cabinet", '[plugin.settings]\ninside_c = "20"')
    seen = examined(tmp_path, site, table(name) + works)
    check = seen[f"plugin:{name}"]
    assert (check["outcome"], check["symptom"], check["because"]) == ("unknown", symptom, because)
    assert seen["plugin:cabinet"]["outcome"] == "pass" and seen["system:memory"]["outcome"] == "pass"


def test_one_that_cannot_be_imported_says_so(tmp_path: Path, site: Path) -> None:
    check = examined(tmp_path, site, table("broken"))["plugin:broken"]
    assert check["outcome"] == "unknown" and "posdiag_example_that_is_not_there" in check["because"]


def test_what_it_says_is_bounded_and_shows_as_itself(tmp_path: Path, site: Path) -> None:
    check = examined(tmp_path, site, table("hostile"))["plugin:hostile"]
    values = check["facts"]["values"]
    assert check["outcome"] == "pass" and len(values) == 32 and "nan" not in values and "list" not in values
    texts = [check["target"], *values, *(value for value in values.values() if isinstance(value, str))]
    assert all(len(text) <= 200 and all(map(is_safe, text)) for text in texts)


def test_config_check_names_one_that_is_not_installed(tmp_path: Path, site: Path) -> None:
    config = configured(tmp_path)
    config.write_text(config.read_text("utf-8") + table("absent") + table("cabinet"), encoding="utf-8")
    done = posdiag("config", "check", "--config", str(config), "--lang", "en", PYTHONPATH=f"{ROOT}:{site}")
    said = done.stdout.decode()
    assert done.returncode == 0 and "plugin[0].name: the plug-in absent is not installed" in said and "plugin[1]" not in said


def plugged(outcome: Outcome = Outcome.FAIL, **more: Any) -> Check[PluginFacts]:
    return check_of(PluginFacts(**more), outcome, Symptom.PLUGIN_FAILED, name="ups")


def test_a_failed_one_is_evidence_for_the_causes_it_supports_and_makes_none() -> None:
    low: Check[Facts] = check_of(BatteryFacts(percent=4.0), Outcome.FAIL, Symptom.BATTERY_LOW, target="battery")
    alone = diagnose([low]).findings[0]
    beside = diagnose([low, plugged(supports=("system.battery_low",))]).findings[0]
    assert "plugin:ups" in beside.evidence and beside.confidence > alone.confidence
    for other in (plugged(), plugged(supports=("system.disk_full",)), plugged(Outcome.WARN, supports=("system.battery_low",))):
        assert diagnose([low, other]).findings[0] == alone
    nothing = diagnose([plugged(supports=("system.battery_low",))])
    assert (nothing.findings, nothing.can_pay, nothing.state) == ((), CanPay.UNKNOWN, State.OK)


def test_limits_are_for_numbers() -> None:
    wanted = Plugin(name="ups", fail_above={"text": 1, "flag": 0})
    (check,) = judge([plugged(Outcome.PASS, values={"text": "9", "flag": True})], Settings(plugin=[wanted]))
    assert check.outcome is Outcome.PASS


def test_without_plugins_nothing_looks_for_entry_points(tmp_path: Path) -> None:
    program = (
        "import sys\nfrom agent.settings.load import load\nfrom agent.examination.carried import Carried\n"
        "from agent.examination.examine import examine\n"
        "from probes.ground.clock import Clock\n"
        f"examine(load({str(configured(tmp_path))!r}), carried=Carried.of(Clock()), timeout_s=2)\n"
        "print([name for name in ('importlib.metadata', 'probes.plugged', 'probes.plugin') if name in sys.modules])"
    )
    inside = (
        ["unshare", "--net"] if shutil.which("unshare") and not subprocess.run(["unshare", "--net", "true"], check=False).returncode else []
    )
    done = subprocess.run([*inside, sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
