"""Plug-ins, installed for real and found by their entry points, in real examinations: shown, judged, evidence, and nobody's trouble."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import INSIDE, POSDIAG, ROOT, configured, environment, posdiag
from tests.support.patience import PATIENCE_S

pytestmark = pytest.mark.root

WORKS = "settings = { inside_c = 20 }\n"


def table(name: str, more: str = "") -> str:
    return f'\n[[plugin]]\nname = "{name}"\ntimeout_s = 1\n{more}\n'


def with_tables(folder: Path, *tables: str) -> Path:
    folder.mkdir(exist_ok=True)
    config = configured(folder)
    config.write_text(config.read_text("utf-8") + "".join(tables), encoding="utf-8")
    return config


def examined(folder: Path, site: Path, *tables: str, system: str = "") -> dict[str, Any]:
    """The document, and in it the checks by their ids."""
    config = with_tables(folder, *tables)
    config.write_text(config.read_text("utf-8").replace("[system]\n", f"[system]\n{system}", 1), "utf-8")
    done = posdiag("--check", "--json", "--config", str(config), PYTHONPATH=f"{ROOT}:{site}")
    assert done.stderr == b""
    document = json.loads(done.stdout)
    assert isinstance(document, dict)
    return document | {"checks": {check["id"]: check for check in document["checks"]}}


@pytest.mark.parametrize(
    ("limits", "outcome", "beyond"),
    [
        ("", "pass", {}),
        ("warn_above = { inside_c = 40 }", "warn", {"inside_c": 40}),
        ("warn_above = { inside_c = 40 }\nfail_above = { inside_c = 50 }", "fail", {"inside_c": 50}),
        ("fail_below = { inside_c = 60 }", "fail", {"inside_c": 60}),
        ("fail_above = { inside_c = 55.5 }\nfail_below = { inside_c = 55.5 }", "pass", {}),
    ],
)
def test_its_values_are_shown_and_judged_by_the_configured_limits(
    tmp_path: Path, site: Path, limits: str, outcome: str, beyond: dict[str, float]
) -> None:
    seen = examined(tmp_path, site, table("cabinet", f"settings = {{ inside_c = 55.5 }}\n{limits}"))
    check = seen["checks"]["plugin:cabinet:cabinet-1"]
    assert (check["outcome"], check["layer"], check["target"]) == (outcome, "system", "cabinet-1")
    assert check["symptom"] == ("plugin_limit" if beyond else None)
    assert check["facts"]["values"] == {"inside_c": 55.5, "door_open": False, "note": "fan on"}
    assert check["facts"].get("beyond", {}) == beyond
    assert check["facts"]["called"] == {"zh": "机柜", "en": "cabinet"}


def test_a_limit_of_a_value_that_it_does_not_give_cannot_be_judged(tmp_path: Path, site: Path) -> None:
    check = examined(tmp_path, site, table("cabinet", WORKS + "fail_below = { outside_c = 5 }"))["checks"]["plugin:cabinet:cabinet-1"]
    assert (check["outcome"], check["because"]) == ("unknown", "it gave no number outside_c, which has a limit")


def test_each_of_its_results_is_a_check_with_its_own_words(tmp_path: Path, site: Path) -> None:
    shelves = ["fine", "jammed", "empty", "worn", "away", "dark"]
    seen = examined(tmp_path, site, table("shelves", f"settings = {{ shelves = {shelves} }}"))["checks"]
    told = {
        name.removeprefix("plugin:shelves:"): (check["outcome"], check["symptom"], check["because"])
        for name, check in seen.items()
        if name.startswith("plugin:")
    }
    assert told == {
        "shelf 1": ("pass", None, None),
        "shelf 2": ("fail", "plugin_failed", None),
        "shelf 3": ("fail", "paper_out", None),
        "shelf 4": ("warn", "plugin_failed", None),
        "shelf 5": ("skip", None, "it was taken out"),
        "shelf 6": ("unknown", None, "the plug-in does not say why"),
    }
    assert seen["plugin:shelves:shelf 2"]["facts"]["said"] == {"zh": "卡住了", "en": "it is jammed"}


def test_a_failing_check_names_no_cause_and_stops_no_payment(tmp_path: Path, site: Path) -> None:
    alone = examined(tmp_path / "alone", site)
    beside = examined(tmp_path / "beside", site, table("shelves", 'settings = { shelves = ["empty", "jammed"] }'))
    verdict = ("can_pay", "state", "cause")
    assert [beside[key] for key in verdict] == [alone[key] for key in verdict]
    assert [cause["code"] for cause in beside["causes"]] == [cause["code"] for cause in alone["causes"]]
    ours = [name.replace("/beside/", "/alone/") for name in beside["checks"] if not name.startswith("plugin:")]
    assert ours == list(alone["checks"]), "nor does it move any other check"


def test_a_failing_check_is_evidence_for_the_cause_that_it_supports(tmp_path: Path, site: Path) -> None:
    hot = "fail_above = { inside_c = 10 }\n"
    short = "memory_available_percent = 100\n"  # which every machine has less of

    def memory(folder: str, more: str) -> dict[str, Any]:
        document = examined(tmp_path / folder, site, table("cabinet", WORKS + more), system=short)
        return next(cause for cause in document["causes"] if cause["code"] == "system.memory_exhausted")

    supports = 'supports = ["system.memory_exhausted"]\n'
    alone, well, supported = memory("alone", hot), memory("well", supports), memory("supported", hot + supports)
    assert alone["evidence"] == well["evidence"] == ["system:memory"]
    assert supported["evidence"] == ["system:memory", "plugin:cabinet:cabinet-1"]
    assert supported["confidence"] > alone["confidence"] == well["confidence"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "zh",
            ["机柜 cabinet-1：超出设定的界限", "界限 inside_c 40 · inside_c 55.5", "货架 shelf 1：卡住了", "插件 absent：本机没有这一项"],
        ),
        (
            "en",
            [
                "cabinet cabinet-1: beyond a configured limit",
                "limit inside_c 40 · inside_c 55.5",
                "shelves shelf 1: it is jammed",
                "plug-in absent: this machine has no such thing",
            ],
        ),
    ],
    ids=["zh", "en"],
)
def test_people_see_what_it_calls_things_and_its_values(tmp_path: Path, site: Path, language: str, words: list[str]) -> None:
    limit = "settings = { inside_c = 55.5 }\nwarn_above = { inside_c = 40 }"
    config = with_tables(tmp_path, table("cabinet", limit), table("shelves", 'settings = { shelves = ["jammed"] }'), table("absent"))
    done = posdiag(
        "--check", "--details", "--config", str(config), "--lang", language, PYTHONPATH=f"{ROOT}:{site}", LC_ALL="C.UTF-8", COLUMNS="160"
    )
    said = done.stdout.decode()
    assert [each for each in words if each not in said] == []


@pytest.mark.parametrize(
    ("name", "symptom", "because"),
    [
        ("hangs", "hung", "no result before its deadline"),
        ("hanging_import", "hung", "no result before its deadline"),
        ("raises", "crashed", "ValueError: no \\x1b[2J sensor"),
        ("leaves", "crashed", "SystemExit: 7"),
        ("newer", "unsupported", "the plug-in newer is made for version 2 of the interface, and this posdiag has 1: install one that fits"),
        ("absent", "unsupported", "the plug-in absent is not installed: install its package where posdiag finds it"),
    ],
)
def test_one_that_goes_wrong_is_unknown_and_all_others_go_on(tmp_path: Path, site: Path, name: str, symptom: str, because: str) -> None:
    seen = examined(tmp_path, site, table(name), table("cabinet", WORKS))["checks"]
    check = seen[f"plugin:{name}"]
    assert (check["outcome"], check["symptom"], check["because"]) == ("unknown", symptom, because)
    assert check["facts"]["text"] == because
    assert seen["plugin:cabinet:cabinet-1"]["outcome"] == "pass"
    assert seen["system:memory"]["outcome"] == "pass"


def test_what_it_prints_does_not_get_into_the_document(tmp_path: Path, site: Path) -> None:
    assert examined(tmp_path, site, table("prints"))["checks"]["plugin:prints"]["outcome"] == "pass"


def test_the_service_runs_them_too(tmp_path: Path, site: Path) -> None:
    """Whose own dependencies have stand-ins in the place of modules that plug-ins need."""
    config = with_tables(tmp_path, table("cabinet", WORKS), table("hangs"))
    done = posdiag("run", "--once", "--config", str(config), PYTHONPATH=f"{ROOT}:{site}")
    checks = {check["id"]: check for check in json.loads((tmp_path / "state" / "status.json").read_bytes())["checks"]}
    assert done.returncode in (0, 1, 2, 3)
    assert checks["plugin:cabinet:cabinet-1"]["outcome"] == "pass"
    assert checks["plugin:hangs"]["symptom"] == "hung"


def test_config_check_refuses_one_that_is_not_installed_and_one_that_two_packages_offer(tmp_path: Path, site: Path) -> None:
    config = with_tables(tmp_path, table("absent"), table("cabinet"))
    done = posdiag("config", "check", "--config", str(config), "--lang", "en", PYTHONPATH=f"{ROOT}:{site}", COLUMNS="200")
    said = done.stderr.decode()
    assert (done.returncode, done.stdout) == (3, b"")
    assert "plugin[0].name" in said and "an installed plug-in" in said and '"absent"' in said and "plugin[1]" not in said
    again = tmp_path / "again"
    shutil.copytree(site / "posdiag_example-1.0.dist-info", again / "posdiag_other-2.0.dist-info")
    metadata = again / "posdiag_other-2.0.dist-info" / "METADATA"
    metadata.write_text(metadata.read_text().replace("posdiag-example", "posdiag-other").replace("Version: 1.0", "Version: 2.0"))
    path = f"{ROOT}:{site}:{again}"
    done = posdiag("config", "check", "--config", str(config), "--lang", "en", PYTHONPATH=path, COLUMNS="200")
    assert "plugin[1].name" in done.stderr.decode() and "posdiag-example 1.0 and posdiag-other 2.0" in done.stderr.decode()
    seen = posdiag("--check", "--json", "--config", str(config), PYTHONPATH=path)
    because = {check["id"]: check["because"] for check in json.loads(seen.stdout)["checks"]}["plugin:cabinet"]
    assert because == "several packages offer a plug-in cabinet (posdiag-example 1.0, posdiag-other 2.0): remove all but one"


def test_one_that_is_installed_is_no_fault_of_the_configuration(tmp_path: Path, site: Path) -> None:
    config = with_tables(tmp_path, table("cabinet"))
    done = posdiag("config", "check", "--config", str(config), "--lang", "en", PYTHONPATH=f"{ROOT}:{site}", COLUMNS="200")
    assert (done.returncode, done.stderr) == (0, b"") and b"plug-ins 1" in done.stdout


@pytest.mark.parametrize("command", [["--check", "--json"], ["run", "--once"]], ids=["check", "service"])
def test_without_plugins_nothing_of_this_is_loaded(tmp_path: Path, command: list[str]) -> None:
    config = configured(tmp_path)
    program = f"""
import sys
if {command!r}[0] == "run":
    from agent.daemon import process_memory
    process_memory.shrink()
from agent.cli import run
run([*{command!r}, "--config", {str(config)!r}])
names = ("importlib.metadata", "probes.plugged", "probes.plugin", "probes.edge.entry_points")
print([name for name in names if name in sys.modules], file=sys.stderr)
"""
    argv = [*INSIDE, sys.executable, "-c", program]
    done = subprocess.run(argv, capture_output=True, text=True, env=environment(), timeout=PATIENCE_S, check=False, cwd="/")
    assert done.stderr == "[]\n"


def test_the_packages_launcher_finds_them_where_the_administrator_puts_them(tmp_path: Path, site: Path) -> None:
    lib, places = tmp_path / "lib", {"/opt/posdiag/lib": tmp_path / "lib", "/usr/local/lib/posdiag": site}
    lib.mkdir()
    for source in (*(ROOT / name for name in ("agent", "probes")), *Path(sysconfig.get_path("purelib")).glob("msgspec*")):
        (lib / source.name).symlink_to(source)
    text = (ROOT / "packaging" / "posdiag").read_text()
    assert [place for place in places if place not in text] == []
    for place, here in places.items():
        text = text.replace(place, str(here))
    (tmp_path / "posdiag").write_text(text)
    config = with_tables(tmp_path, table("cabinet"))
    options = text.split("\n", 1)[0].split(" ")[1]
    argv = [*INSIDE, POSDIAG[len(INSIDE)], options, str(tmp_path / "posdiag"), "config", "check", "--config", str(config), "--lang", "en"]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=PATIENCE_S, check=False, cwd="/")
    assert (done.returncode, done.stderr) == (0, "")
