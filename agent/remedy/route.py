"""The steps of a status document as a way to walk: which there are, which comes after which, and which is the same in another document.
Pure."""

from __future__ import annotations

from agent.contract.checks import check_from
from agent.contract.document import CauseEntry, Status, Step
from agent.diagnosis.causes import Severity
from agent.diagnosis.model import CanPay, State
from agent.remedy.catalogue import CatalogueError, entry
from probes.model import Check, Facts


def lasting(status: Status) -> list[CauseEntry]:
    """What is wrong, without notices."""
    return [each for each in status.causes if each.severity is not Severity.NOTICE]


def well(status: Status) -> bool:
    return not lasting(status) and (status.state is State.OK or status.can_pay is CanPay.YES)


def route(status: Status) -> list[Step]:
    """The steps against all that is wrong, in the order of the causes."""
    codes = dict.fromkeys(each.code for each in lasting(status))
    return [step for code in codes for step in status.remediation if step.cause == code]


def key_of(step: Step) -> tuple[str, str, str]:
    """The same step in another document: its number and its words may differ."""
    return step.cause.value, step.id or str(step.step), step.verify


def told_as(step: Step) -> str:
    return step.id if ":" in step.id else f"{step.cause.value}:{step.id}"


def incident_of(status: Status) -> str:
    return status.incident.id if status.incident else ""


def interrupts(step: Step, status: Status) -> bool:
    return step.interrupts_payment and status.can_pay is not CanPay.NO


def idle(step: Step) -> bool:
    """It ends nothing by itself, as the catalogue has it: how to go on selling meanwhile."""
    try:
        templates = entry(step.cause).steps
    except CatalogueError:
        return False
    return any(each.id == step.id and each.prior == 0 for each in templates)


def check_in(status: Status, check_id: str) -> Check[Facts] | None:
    """None where the document has no such check."""
    return next((check_from(each) for each in status.checks if each.id == check_id), None)
