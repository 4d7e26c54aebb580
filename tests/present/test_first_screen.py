"""For every cause there is, in both languages: 80×24 holds the verdict, the cause, how to go on selling and the first two steps; 40×20 the
verdict and the first step. With telephone numbers and without, and with all that a shop may have to go on selling."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from agent.contract.document import Incident
from agent.diagnosis.causes import Cause
from agent.diagnosis.model import CanPay, Diagnosis, State
from agent.present.page import Page
from agent.present.report import Reader, render
from agent.remedy.calling import whom_to_call
from agent.remedy.selling import ways
from agent.remedy.steps import advise, summarise
from agent.settings.model import Settings
from probes.model import Layer
from tests.support.documents import cause, status
from tests.support.remedy_facts import CONFIGURED, OBSERVED, finding

SUBJECTS = {Layer.SERIAL: "printer", Layer.GATEWAY: "acquirer-a", Layer.DNS: "192.0.2.1", Layer.APP: "payapp"}


def screen(code: Cause, settings: Settings, language: str, width: int) -> list[str]:
    """The worst case: nothing is paid, another uplink was tried and would do, a second fault stands beside."""
    nearest = [each.id for each in OBSERVED if each.failed and each.layer is code.layer]
    candidates = (Cause.ACCOUNT_SUSPENDED, Cause.GATEWAY_MISCONFIGURED) if code is Cause.INDETERMINATE else ()
    found = finding(code, *nearest, subject=SUBJECTS.get(code.layer, "eth0"), candidates=candidates)
    diagnosis = Diagnosis(can_pay=CanPay.NO, state=State.OUTAGE, findings=(found,))
    entry = cause(code, evidence=tuple(nearest), summary=summarise(found, OBSERVED, settings), short="K7F2-9Q")
    document = status(CanPay.NO, State.OUTAGE, tuple(OBSERVED), (entry,), steps=advise(diagnosis, OBSERVED, settings))
    before = ({"what": "gateway_certificate", "subject": "acquirer-a", "before": "a", "after": "b", "seconds": 1200, "count": 12},)
    incident = Incident(id="I-1", opened_at=document.since, cause=code, changes_before=before)
    selling, call = ways(diagnosis, OBSERVED, settings), whom_to_call(diagnosis, settings)
    document = replace(document, selling=selling, call=call, incident=incident)
    return render(document, Page(language=language, width=width), Reader())


def end_of(lines: list[str], step: str) -> int:
    """How many lines there are up to the end of a step."""
    begin = next(number for number, line in enumerate(lines) if line.startswith(f"  {step}. "))
    return next((number for number, line in enumerate(lines) if number > begin and not line.startswith("     ")), len(lines))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("settings", [CONFIGURED, Settings()], ids=["configured", "bare"])
@pytest.mark.parametrize("code", Cause)
def test_the_first_screen_holds_what_matters(code: Cause, settings: Settings, language: str) -> None:
    wide = screen(code, settings, language, 80)
    assert wide[0].endswith(("不能", "NO")) and not wide[1] and wide[2]
    assert any(line.startswith("  - ") for line in wide[: end_of(wide, "1")])
    last = "2" if any(line.startswith("  2. ") for line in wide) else "1"
    assert end_of(wide, last) <= 24, "\n".join(wide)
    narrow = screen(code, settings, language, 40)
    assert any("不能" in line or "NO" in line for line in narrow[:2])
    assert end_of(narrow, "1") <= 20, "\n".join(narrow)
    assert all(Page(language=language).measure(line) <= 40 for line in narrow)
