"""What it means that a device was asked, and gave no answer of its protocol."""

from __future__ import annotations

from probes.assess.assessment import Assessment
from probes.model.facts import ExchangeFacts
from probes.model.vocabulary import Outcome, Symptom

_SILENCE = (Symptom.NO_REPLY, Symptom.FLOW_STALLED)


def assess(symptom: Symptom, seen: ExchangeFacts) -> Assessment:
    """A device that says nothing and raises neither of its modem lines is more than silent: nothing there has power."""
    dead = symptom in _SILENCE and seen.dsr is False and seen.cts is False
    return Assessment(Outcome.FAIL, Symptom.NO_REPLY_LINES_LOW if dead else symptom)
