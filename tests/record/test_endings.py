"""Which trace can end which cause: one row for every cause, of traces that can be seen there."""

from __future__ import annotations

import pytest

from agent.contract.trace import ELSEWHERE, Trace
from agent.diagnosis.causes import Cause, Owner
from agent.record.endings import CAN_END, SAID_BY_THE_HOST, takes_s
from agent.remedy.catalogue import entry
from probes.model import Layer

OF_A_DEVICE = {Trace.PAPER_LOADED, Trace.COVER_CLOSED, Trace.DEVICE_RESTARTED}


def test_every_cause_has_a_row() -> None:
    assert list(CAN_END) == sorted(Cause, key=list(CAN_END).index) == list(Cause)


@pytest.mark.parametrize("cause", Cause)
def test_a_row_names_each_trace_once_and_all_that_the_steps_against_it_leave(cause: Cause) -> None:
    row = CAN_END[cause]
    assert row
    assert len(set(row)) == len(row)
    assert {step.trace for step in entry(cause).steps if step.trace} - set(row) == set()


def test_every_trace_ends_something() -> None:
    assert {trace for row in CAN_END.values() for trace in row} == set(Trace)


def test_what_is_done_to_a_device_ends_what_a_device_has() -> None:
    wrong = [cause for cause, row in CAN_END.items() if OF_A_DEVICE & set(row) and cause.layer is not Layer.SERIAL]
    assert wrong == []


def test_a_host_recovers_from_what_its_owner_has_to_mend() -> None:
    assert [cause for cause, row in CAN_END.items() if cause.owner is Owner.ACQUIRER and Trace.HOST_RECOVERED not in row] == []
    assert all(any(trace in ELSEWHERE for trace in CAN_END[cause]) for cause in SAID_BY_THE_HOST)


def test_every_trace_has_its_time() -> None:
    assert all(60 <= takes_s(trace) <= 1800 for trace in Trace)
