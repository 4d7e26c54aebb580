"""What a modem's own state means: said of the state alone, whoever told it."""

from __future__ import annotations

from typing import Any

import pytest

from probes.assess import no_answer
from probes.assess.modem import WEAK_DBM, assess, refused
from probes.model import Outcome, Symptom
from probes.model.devices import Asked, ModemState
from probes.model.facts import ExchangeFacts


def state(**said: Any) -> ModemState:
    well: dict[str, Any] = {"sim": "ready", "registration": "home", "attached": True}
    return ModemState(asked=Asked.AT, **well | said)


@pytest.mark.parametrize(
    ("told", "outcome", "symptom"),
    [
        (state(), Outcome.PASS, None),
        (state(sim=None, registration=None, attached=None), Outcome.PASS, None),  # what it does not say is no fault
        (state(registration=None, attached=False), Outcome.PASS, None),  # it may do without, where it tells of no network
        (state(signal_dbm=WEAK_DBM), Outcome.PASS, None),
        (state(signal_dbm=WEAK_DBM - 1), Outcome.WARN, Symptom.WEAK_SIGNAL),
        (state(signal_dbm=WEAK_DBM - 1, attached=False), Outcome.FAIL, Symptom.NOT_ATTACHED),
        (state(registration="searching", attached=False), Outcome.FAIL, Symptom.NOT_REGISTERED),
        (state(registration="denied", attached=False), Outcome.FAIL, Symptom.REGISTRATION_DENIED),
        (state(radio="off", registration="denied"), Outcome.FAIL, Symptom.RADIO_OFF),
        (state(sim="SIM PIN", radio="off"), Outcome.FAIL, Symptom.SIM_LOCKED),
        (state(sim="PH-NET PIN"), Outcome.FAIL, Symptom.SIM_LOCKED),
        (state(sim="no SIM", radio="off", registration="idle"), Outcome.FAIL, Symptom.SIM_MISSING),
        (state(sim="SIM failure"), Outcome.FAIL, Symptom.SIM_MISSING),
    ],
)
def test_what_it_means(told: ModemState, outcome: Outcome, symptom: Symptom | None) -> None:
    meant = assess(told)
    assert (meant.outcome, meant.symptom, meant.because) == (outcome, symptom, None)


def test_what_modem_manager_has_not_settled_is_not_judged() -> None:
    settling = assess(ModemState(asked=Asked.MODEM_MANAGER, state="enabling", settling=True))
    assert settling.outcome is Outcome.SKIP and "enabling" in str(settling.because)
    unusable = assess(ModemState(asked=Asked.MODEM_MANAGER, state="failed", unusable="unknown-capabilities"))
    assert unusable.outcome is Outcome.UNKNOWN and "unknown-capabilities" in str(unusable.because)


@pytest.mark.parametrize(
    ("symptom", "dsr", "cts", "meant"),
    [
        (Symptom.NO_REPLY, False, False, Symptom.NO_REPLY_LINES_LOW),
        (Symptom.FLOW_STALLED, False, False, Symptom.NO_REPLY_LINES_LOW),
        (Symptom.NO_REPLY, None, None, Symptom.NO_REPLY),
        (Symptom.NO_REPLY, True, False, Symptom.NO_REPLY),
        (Symptom.FLOW_STALLED, False, True, Symptom.FLOW_STALLED),
        (Symptom.GARBLED, False, False, Symptom.GARBLED),  # it speaks
    ],
)
def test_a_device_that_gave_no_answer(symptom: Symptom, dsr: bool | None, cts: bool | None, meant: Symptom) -> None:
    seen = no_answer.assess(symptom, ExchangeFacts(dsr=dsr, cts=cts))
    assert (seen.outcome, seen.symptom) == (Outcome.FAIL, meant)


@pytest.mark.parametrize(
    ("words", "against"),
    [
        ("PDN reject: #27 missing or unknown APN", "apn"),
        ("missing-or-unknown-apn", "apn"),
        ("User authentication failed", "apn"),
        ("PDP type IPv4 only allowed", "apn"),
        ("Requested service option not subscribed", "plan"),
        ("operator-determined-barring", "plan"),
        ("8", "plan"),
        ("33", "plan"),
        ("Network failure", None),
        ("Call cleared 16", None),
    ],
)
def test_what_a_refusal_of_the_network_speaks_against(words: str, against: str | None) -> None:
    assert refused(words) == against
