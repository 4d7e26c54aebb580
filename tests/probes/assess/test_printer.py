"""What a printer's own status means: said of the status alone, without a printer."""

from __future__ import annotations

from typing import Any

import pytest

from probes.assess.printer import assess
from probes.model import Outcome, Symptom
from probes.model.devices import Paper, PrinterError, PrinterStatus

CUTTER, UNRECOVERABLE, RECOVERABLE = PrinterError.CUTTER, PrinterError.UNRECOVERABLE, PrinterError.RECOVERABLE


def status(**said: Any) -> PrinterStatus:
    well: dict[str, Any] = {"online": True, "cover_open": False, "feed_key": False, "stopped": False, "paper": Paper.ADEQUATE, "errors": ()}
    return PrinterStatus(status={}, **well | said)


@pytest.mark.parametrize(
    ("told", "outcome", "symptom"),
    [
        (status(), Outcome.PASS, None),
        (status(online=None, paper=Paper.UNKNOWN), Outcome.PASS, None),  # what it does not say is no fault
        (status(paper=Paper.LOW), Outcome.WARN, Symptom.PAPER_LOW),
        (status(paper=Paper.OUT, online=False), Outcome.FAIL, Symptom.PAPER_OUT),
        (status(paper=Paper.OUT, cover_open=True, online=False, errors=(CUTTER,)), Outcome.FAIL, Symptom.COVER_OPEN),
        (status(paper=Paper.OUT, errors=(CUTTER,)), Outcome.FAIL, Symptom.PAPER_OUT),
        (status(paper=Paper.LOW, errors=(RECOVERABLE, UNRECOVERABLE)), Outcome.FAIL, Symptom.PRINTER_FAULT),
        (status(paper=Paper.LOW, errors=(RECOVERABLE,), online=False), Outcome.WARN, Symptom.PRINTER_OFFLINE),
        (status(online=False), Outcome.FAIL, Symptom.PRINTER_OFFLINE),
        (status(online=False, feed_key=True), Outcome.WARN, Symptom.PRINTER_OFFLINE),
        (status(stopped=True), Outcome.FAIL, Symptom.PRINTER_OFFLINE),
        (status(feed_key=True), Outcome.PASS, None),
    ],
)
def test_what_it_means(told: PrinterStatus, outcome: Outcome, symptom: Symptom | None) -> None:
    meant = assess(told)
    assert (meant.outcome, meant.symptom, meant.because) == (outcome, symptom, None)
