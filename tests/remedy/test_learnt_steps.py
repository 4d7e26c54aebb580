"""Steps of a verdict, as experience has them: their ids, their order, their record."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from agent.contract.document import Step, StepRecord
from agent.contract.experience import Experience, Tally
from agent.contract.trace import Trace
from agent.diagnosis.causes import Cause, Severity
from agent.diagnosis.model import CanPay, Diagnosis, State
from agent.remedy.steps import advise
from agent.settings.model import Settings
from probes.model import Check, Facts, Outcome, Symptom
from tests.support.remedy_facts import check, finding

CABLE, DOUBT = Cause.CABLE_UNPLUGGED, Cause.INDETERMINATE
TRIED = {"plug_cable": Tally(12, 0), "plug_other_end": Tally(12, 1), "replace_cable": Tally(11, 11)}
HERE = Experience(here={CABLE: TRIED})


def steps(experience: Experience | None, *checks: Check[Facts], can_pay: CanPay = CanPay.NO, **more: Any) -> tuple[Step, ...]:
    found = finding(more.pop("code", CABLE), *[each.id for each in checks], **more)
    return advise(Diagnosis(can_pay=can_pay, state=State.OUTAGE, findings=(found,)), checks, Settings(), experience=experience)


def ids(*given: Any, **more: Any) -> list[str]:
    return [step.id for step in steps(*given, **more)]


def test_without_experience_steps_stand_as_in_the_catalogue_and_have_no_record() -> None:
    told = steps(None)
    assert [step.id for step in told][:2] == ["plug_cable", "power_switch"]
    assert {step.record for step in told} == {None}
    assert told == steps(Experience()) == steps(Experience(here={Cause.SLOW: {"plug_cable": Tally(9, 9)}}))


def test_what_helped_here_stands_first_with_its_record_and_numbers_follow() -> None:
    told = steps(HERE)
    assert told[0].id == "replace_cable"
    assert told[0].record == StepRecord(tried=11, helped=11, source="here")
    assert [step.step for step in told] == list(range(1, len(told) + 1))
    assert told[-1].id == "call_technician"


@pytest.mark.parametrize("can_pay", [CanPay.YES, CanPay.UNKNOWN])
def test_while_payments_may_work_nothing_that_interrupts_them_moves_forward(can_pay: CanPay) -> None:
    told = steps(HERE, can_pay=can_pay)
    firsts = [step.interrupts_payment for step in told if step.id != "call_technician"]
    assert firsts == sorted(firsts)


def test_a_notice_about_the_path_still_interrupts_nothing() -> None:
    told = steps(HERE, severity=Severity.NOTICE, can_pay=CanPay.YES)
    assert not any(step.interrupts_payment for step in told)


def test_a_doubt_borrows_the_first_steps_that_helped_for_its_candidates() -> None:
    served = check("serial:pinpad", Outcome.FAIL, Symptom.REFUSED, port="/dev/ttyUSB0")
    doubt: dict[str, Any] = {"code": DOUBT, "candidates": (Cause.DEVICE_NOT_RESPONDING, Cause.SERIAL_MISCONFIGURED)}
    assert ids(None, served, **doubt)[:2] == ["system.device_not_responding:look_at_lamps", "system.device_not_responding:push_data_cable"]
    learnt = Experience(here={Cause.DEVICE_NOT_RESPONDING: {"restart_device": Tally(9, 9), "look_at_lamps": Tally(9, 0)}})
    told = steps(learnt, served, **doubt)
    assert told[0].id == "system.device_not_responding:restart_device"
    assert told[0].record == StepRecord(tried=9, helped=9, source="here")
    assert len({step.id for step in told}) == len(told)
    assert {step.cause for step in told} == {DOUBT}


def test_what_left_one_trace_moves_all_steps_that_leave_it_and_is_said_at_the_first() -> None:
    """A router that hangs: restarting it helped, and the cable that the catalogue has between did not."""
    restarted = Experience(traces={Cause.ROUTER_UNREACHABLE: {"router_restarted": Tally(9, 9), "link_replugged": Tally(9, 0)}})
    usual, told = (steps(each, code=Cause.ROUTER_UNREACHABLE) for each in (None, restarted))
    assert [step.id for step in usual][:2] == ["power_router", "push_cable"]
    assert [step.id for step in told][:2] == ["power_router", "restart_router"]
    several = StepRecord(tried=9, helped=9, source="here", trace=Trace.ROUTER_RESTARTED)
    assert (told[0].record, told[1].record) == (several, None)
    assert next(step for step in told if step.id == "push_cable").record == replace(several, helped=0, trace=Trace.LINK_REPLUGGED)
