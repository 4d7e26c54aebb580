"""The rules and the dashboard that go with the metrics: well formed, of metrics that there are, and the watch's own silence is noticed."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

from agent.fleet.watching.groups import Group
from agent.fleet.watching.metrics import metrics
from agent.fleet.watching.own import about, stopped
from tests.support.fleet_answers import answer, fault

FLEET = Path(__file__).resolve().parents[3] / "config/fleet"
RULES, DASHBOARD = FLEET / "prometheus-rules.yml", FLEET / "grafana.json"
EVERY_S = 60
SILENT, FAILING, WATCHDOG = "PosdiagFleetWatchSilent", "PosdiagFleetLookFailing", "PosdiagFleetWatchdog"


def everything() -> str:
    group = Group(attribute="region", value="south", terminals=9, cannot_pay=1, silent=2)
    return metrics(answer(fault()), [group], about(every_s=EVERY_S, took_s=2.5))


def promtool(*argv: str) -> str:
    done = subprocess.run(["promtool", *argv], capture_output=True, text=True, check=False, timeout=120)
    return done.stdout + done.stderr if done.returncode else ""


def test_promtool_finds_nothing_in_the_rules() -> None:
    assert promtool("check", "rules", str(RULES)) == ""


def test_promtool_finds_nothing_in_what_the_watch_tells_of_itself() -> None:
    for text in (everything(), stopped()):
        done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False, timeout=60)
        assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_rules_and_dashboard_ask_for_what_there_is() -> None:
    there = set(re.findall(r"^(\w+)[ {]", everything(), re.MULTILINE))
    for path in (RULES, DASHBOARD):
        asked = set(re.findall(r"posdiag_fleet_\w+", path.read_text(encoding="utf-8")))
        assert asked
        assert asked <= there
    board = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"]) > 5


def test_every_question_of_the_dashboard_is_one_that_prometheus_understands(tmp_path: Path) -> None:
    board = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    asked = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    rules = [{"record": f"asked:{number}", "expr": expression} for number, expression in enumerate(asked)]
    path = tmp_path / "asked.yml"
    path.write_text(json.dumps({"groups": [{"name": "asked", "rules": rules}]}), encoding="utf-8")
    assert len(asked) > 12
    assert promtool("check", "rules", str(path)) == ""


def test_whoever_is_told_nothing_any_more_is_told_that(tmp_path: Path) -> None:
    """Played by Prometheus' own rule engine: well for 10 minutes; then the file stands still; then an orderly stop; then no file."""
    lines = [line for line in everything().splitlines() if not line.startswith("#")]
    still = [series(line, "x200") for line in lines if "generated_timestamp" not in line]
    fresh = {"series": "posdiag_fleet_generated_timestamp_seconds", "values": "0+60x10 600x190"}
    assert alerts(tmp_path, [*still, fresh], ["9m", "12m", "20m"]) == {"9m": [], "12m": [], "20m": [SILENT]}
    ended = [{"series": "posdiag_fleet_up", "values": "1x5 0x60"}]
    assert alerts(tmp_path, ended, ["4m", "9m"]) == {"4m": [], "9m": [SILENT]}
    assert alerts(tmp_path, [], ["1m", "3m"]) == {"1m": [], "3m": [SILENT]}
    failing = [
        {"series": name, "values": values} for name, values in (("posdiag_fleet_up", "1x60"), ("posdiag_fleet_look_failing", "1x60"))
    ]
    assert alerts(tmp_path, failing, ["4m", "6m"]) == {"4m": [], "6m": [FAILING]}


def series(line: str, times: str) -> dict[str, str]:
    name, _, value = line.rpartition(" ")
    return {"series": name, "values": f"{value}{times}"}


def alerts(folder: Path, input_series: list[dict[str, str]], moments: list[str]) -> dict[str, list[str]]:
    """Which of the critical ones fire at each moment: those with which promtool's test passes."""
    found: dict[str, list[str]] = {}
    names = re.findall(r"- alert: (\w+)", RULES.read_text(encoding="utf-8"))
    critical = [name for name in names if name in (SILENT, FAILING)]
    for moment in moments:
        quiet = [{"eval_time": moment, "alertname": name, "exp_alerts": []} for name in critical]
        found[moment] = [name for test, name in zip(quiet, critical, strict=True) if not plays(folder, input_series, test)]
    assert not plays(folder, input_series, {"eval_time": moments[0], "alertname": WATCHDOG, "exp_alerts": []})
    return found


def plays(folder: Path, input_series: list[dict[str, str]], expected: dict[str, Any]) -> bool:
    test = {
        "rule_files": [str(RULES)],
        "evaluation_interval": "1m",
        "tests": [{"interval": "1m", "input_series": input_series, "alert_rule_test": [expected]}],
    }
    path = folder / "test.yml"
    path.write_text(json.dumps(test), encoding="utf-8")  # JSON is YAML
    return promtool("test", "rules", str(path)) == ""
