"""What the status of a receipt printer means for whoever wants a receipt."""

from __future__ import annotations

from probes.assess.assessment import Assessment
from probes.model.devices import Paper, PrinterError, PrinterStatus
from probes.model.vocabulary import Outcome, Symptom

_FAULTS = (PrinterError.CUTTER, PrinterError.UNRECOVERABLE)


def assess(told: PrinterStatus) -> Assessment:
    """The cover first: with it open the paper is off its sensor, and what is said of the paper means nothing."""
    if told.cover_open:
        return Assessment(Outcome.FAIL, Symptom.COVER_OPEN)
    if told.paper is Paper.OUT:
        return Assessment(Outcome.FAIL, Symptom.PAPER_OUT)
    if any(error in _FAULTS for error in told.errors):
        return Assessment(Outcome.FAIL, Symptom.PRINTER_FAULT)
    if told.online is False or told.stopped or told.errors:
        passing = bool(told.errors) or told.feed_key  # a hot head cools down, a key is let go
        return Assessment(Outcome.WARN if passing else Outcome.FAIL, Symptom.PRINTER_OFFLINE)
    return Assessment(Outcome.WARN, Symptom.PAPER_LOW) if told.paper is Paper.LOW else Assessment(Outcome.PASS)
