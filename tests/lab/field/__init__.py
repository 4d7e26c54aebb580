"""Worlds rebuilt from public reports, in batches, and what the code said of each at first contact."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from tests.lab.field.entry import Report

BATCHES: dict[int, tuple[Report, ...]] = {
    int(path.stem.removeprefix("batch_")): import_module(f"tests.lab.field.{path.stem}").REPORTS
    for path in sorted(Path(__file__).parent.glob("batch_*.py"))
}
REPORTS: tuple[Report, ...] = tuple(report for reports in BATCHES.values() for report in reports)
SCENARIOS = tuple(report.scenario for report in REPORTS)
ERRATA = {report.name: report.erratum for report in REPORTS if report.erratum}
