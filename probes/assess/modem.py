"""What a modem tells of itself means for whoever wants data over it; ModemManager's words and the modem's own alike."""

from __future__ import annotations

from probes.assess.assessment import Assessment
from probes.model.devices import ModemState
from probes.model.vocabulary import Outcome, Symptom

WEAK_DBM = -105  # below this, registration and data come and go
_NO_SIM = ("no SIM", "SIM failure", "SIM wrong")
_UNREGISTERED = ("searching", "idle", "unknown", "emergency")


def assess(told: ModemState) -> Assessment:
    """From the SIM card outwards: the first that is missing explains the rest."""
    if told.unusable is not None:
        return Assessment(Outcome.UNKNOWN, because=f"ModemManager cannot use the modem: {told.unusable}")
    if told.settling:
        return Assessment(Outcome.SKIP, because=f"ModemManager is not done with the modem: {told.state}")
    if told.sim in _NO_SIM:
        return Assessment(Outcome.FAIL, Symptom.SIM_MISSING)
    if told.sim not in ("ready", None):
        return Assessment(Outcome.FAIL, Symptom.SIM_LOCKED)
    if told.radio == "off":
        return Assessment(Outcome.FAIL, Symptom.RADIO_OFF)
    if told.registration == "denied":
        return Assessment(Outcome.FAIL, Symptom.REGISTRATION_DENIED)
    if told.registration in _UNREGISTERED:
        return Assessment(Outcome.FAIL, Symptom.NOT_REGISTERED)
    if told.attached is False and told.registration is not None:
        return Assessment(Outcome.FAIL, Symptom.NOT_ATTACHED)
    weak = told.signal_dbm is not None and told.signal_dbm < WEAK_DBM
    return Assessment(Outcome.WARN, Symptom.WEAK_SIGNAL) if weak else Assessment(Outcome.PASS)
