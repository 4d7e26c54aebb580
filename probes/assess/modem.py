"""What a modem tells of itself means for whoever wants data over it; ModemManager's words and the modem's own alike."""

from __future__ import annotations

import re

from probes.assess.assessment import Assessment
from probes.model.devices import UNREADABLE, ModemState
from probes.model.vocabulary import Outcome, Symptom

WEAK_DBM = -105  # below this, registration and data come and go
_NO_SIM = ("no SIM", "SIM failure", "SIM wrong")
_UNREGISTERED = ("searching", "idle", "unknown", "emergency")


# reasons of 3GPP TS 24.008 section 10.5.6.6 and TS 24.301 section 9.9.4.4, by number and in the words of modems and of ModemManager
_OF_APN = re.compile(
    r"#?\b(27|28|29|50|51|66)\b|unknown[- _]?apn|missing or unknown apn|\bapn\b|unknown pdp|pdp type|user[- _]?auth|authenti|access point",
    re.IGNORECASE,
)
_OF_PLAN = re.compile(r"#?\b(8|32|33)\b|barring|barred|not[- _]subscribed|option[- _]not[- _]supported|insufficient credit", re.IGNORECASE)


def refused(words: str) -> str | None:
    """What the network's words speak against: the APN and its login, or the subscription. None where they speak against neither."""
    if _OF_PLAN.search(words) and not re.search(r"\bapn\b", words, re.IGNORECASE):
        return "plan"
    return "apn" if _OF_APN.search(words) else None


def assess(told: ModemState) -> Assessment:
    """From the SIM card outwards: the first that is missing explains the rest."""
    if told.unusable is not None:
        return Assessment(Outcome.UNKNOWN, because=f"ModemManager cannot use the modem: {told.unusable}")
    if told.settling:
        return Assessment(Outcome.SKIP, because=f"ModemManager is not done with the modem: {told.state}")
    if told.sim in _NO_SIM:
        return Assessment(Outcome.FAIL, Symptom.SIM_MISSING)
    if told.sim not in ("ready", UNREADABLE, None):
        return Assessment(Outcome.FAIL, Symptom.SIM_LOCKED)
    if told.radio == "off":
        return Assessment(Outcome.FAIL, Symptom.RADIO_OFF)
    if told.registration == "denied":
        return Assessment(Outcome.FAIL, Symptom.REGISTRATION_DENIED)
    if told.registration in _UNREGISTERED or (told.registration is None and told.sim == UNREADABLE):
        return Assessment(Outcome.FAIL, Symptom.NOT_REGISTERED)
    if told.attached is False and told.registration is not None:
        return Assessment(Outcome.FAIL, Symptom.NOT_ATTACHED)
    weak = told.signal_dbm is not None and told.signal_dbm < WEAK_DBM
    return Assessment(Outcome.WARN, Symptom.WEAK_SIGNAL) if weak else Assessment(Outcome.PASS)
